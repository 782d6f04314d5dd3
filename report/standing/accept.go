// Package standing says what of a report's findings is known already: accepted
// for a while, with a reason, or there before, in a baseline.
package standing

import (
	"strings"
	"time"

	"middlebrick/report"
	"middlebrick/target"
)

// An Entry accepts findings: those of a rule, at one target where it names one, or
// a single one by its fingerprint.
type Entry struct {
	Rule        string
	Fingerprint string    // "": every finding of the rule
	Target      string    // a URL, or "" for every target
	Until       time.Time // the first moment that is past
	Reason      string
	By          string
	From        string // file and line
}

// Day is how the last day of an acceptance is written.
const Day = time.DateOnly

// Ends is when an acceptance with that last day is past: at that day's end, in UTC.
func Ends(day string) (time.Time, error) {
	at, err := time.Parse(Day, day)
	return at.Add(24 * time.Hour), err
}

// Past is true when the entry accepts nothing any more.
func (e Entry) Past(now time.Time) bool { return !now.Before(e.Until) }

func (e Entry) acceptance() report.Acceptance {
	return report.Acceptance{Until: e.Until.Add(-24 * time.Hour).Format(Day), Reason: e.Reason, By: e.By, From: e.From}
}

// Accept marks the findings that an entry accepts, and notes those that an entry
// accepted once and no longer does. It says of each entry whether it fits any
// finding.
func Accept(r *report.Report, entries []Entry, now time.Time) (fits []bool) {
	fits = make([]bool, len(entries))
	for i := range r.Findings {
		f := &r.Findings[i]
		var live, past *Entry
		for n := range entries {
			e := &entries[n]
			if !e.fits(*f, r.APIURL) {
				continue
			}
			fits[n] = true
			if e.Past(now) {
				past = later(past, e)
				continue
			}
			live = later(live, e)
		}
		switch {
		case live != nil:
			why := live.acceptance()
			f.State, f.Acceptance = report.Accepted, &why
		case past != nil:
			r.Expired = append(r.Expired, report.Expiry{Rule: f.Rule, Finding: f.ID, Acceptance: past.acceptance()})
		}
	}
	return fits
}

// later is the entry that lasts longer; the first of two that last as long.
func later(a, b *Entry) *Entry {
	if a == nil || b.Until.After(a.Until) {
		return b
	}
	return a
}

func (e Entry) fits(f report.Finding, apiURL string) bool {
	if e.Fingerprint != "" && !strings.EqualFold(e.Fingerprint, f.ID) || e.Rule != "" && e.Rule != f.Rule {
		return false
	}
	return (e.Rule != "" || e.Fingerprint != "") && (e.Target == "" || Covers(e.Target, apiURL))
}

// Covers is true when the scanned URL is the named one, or lies on the host and
// port that it names without a path.
func Covers(named, scanned string) bool {
	a, err := target.Parse(named)
	b, other := target.Parse(scanned)
	if err != nil || other != nil {
		return false
	}
	path := plain(a.Path)
	return a.Scheme == b.Scheme && a.Host == b.Host && a.Port == b.Port && (path == "/" || path == plain(b.Path))
}

// plain is the path without its query, as fingerprints have it.
func plain(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}
