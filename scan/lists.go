// The lists that a scan has at hand, and what its report says of them.

package scan

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"middlebrick/observe"
)

// ListAges is after how long a list is called old.
const ListAges = 90 * 24 * time.Hour

// Take hands the scan an installed list of that kind, unless the caller has given
// one already.
func (r *Request) Take(kind string, date time.Time, entries int, file []byte) error {
	switch kind {
	case "hsts-preload":
		if r.Preload != nil {
			return nil
		}
		list, err := ReadPreloadList(kind+" of "+date.Format(time.DateOnly), bytes.NewReader(file))
		if err != nil {
			return err
		}
		r.Preload = list
	case "ct-logs":
		if r.CTLogs != nil {
			return nil
		}
		logs, _, err := ReadCTLogs(bytes.NewReader(file))
		if err != nil {
			return err
		}
		r.CTLogs = logs
	default:
		return nil
	}
	r.Lists = append(r.Lists, observe.List{Kind: kind, Date: date, Entries: entries})
	return nil
}

// lists writes down which lists were at hand.
func (r Request) lists(rec *observe.Recorder) {
	all := append([]observe.List{}, r.Lists...)
	if r.Preload != nil && !slices.ContainsFunc(all, func(l observe.List) bool { return l.Kind == "hsts-preload" }) {
		all = append(all, observe.List{Kind: "hsts-preload", Date: dateIn(r.Preload.name), Entries: r.Preload.Count()})
	}
	if r.CTLogs != nil && !slices.ContainsFunc(all, func(l observe.List) bool { return l.Kind == "ct-logs" }) {
		all = append(all, observe.List{Kind: "ct-logs"})
	}
	slices.SortFunc(all, func(a, b observe.List) int { return strings.Compare(a.Kind, b.Kind) })
	observe.Put(rec, observe.Lists, all)
}

// dateIn is the date that a file's name holds; zero where it holds none.
func dateIn(name string) time.Time {
	for i := range len(name) {
		if day, err := time.Parse(time.DateOnly, name[i:min(i+len(time.DateOnly), len(name))]); err == nil {
			return day
		}
	}
	return time.Time{}
}
