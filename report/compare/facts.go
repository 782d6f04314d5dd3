// What a report knows of the target beside findings: software, ports, versions,
// suites, the certificate, HSTS, the letter, the ways in.

package compare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/tlshello"
)

// A Fact is something known of the target: one value, or a set where Set is not
// nil.
type Fact struct {
	Name  string   `json:"name"`
	Value string   `json:"value,omitempty"`
	Set   []string `json:"set,omitempty"`
	Many  bool     `json:"many,omitempty"` // it is a set, which may be empty
}

// facts are those that the report knows. What is not known has no fact.
func facts(r report.Report) []Fact {
	all := []Fact{}
	if r.Status == report.Failed {
		return all
	}
	all = append(all, ofTarget(r.Target)...)
	switch {
	case r.TLS != nil:
		all = append(all, ofTLS(*r.TLS)...)
		all = append(all, ofCertificate(r.TLS.Certificates)...)
	case spoken(r.Target.HTTPS) && r.Target.HTTPS != "tls":
		all = append(all, withoutTLS()...)
	}
	all = append(all, ofHSTS(r.HSTS)...)
	if r.Labs != nil && r.Labs.Grade != "" {
		all = append(all, one("SSL Labs letter", r.Labs.Grade))
	}
	for _, p := range r.Attack.Paths {
		if p.Holds != "unknown" {
			all = append(all, one("way in "+p.Name, p.Holds))
		}
	}
	return all
}

func one(name, value string) Fact { return Fact{Name: name, Value: value} }

func set(name string, values []string) Fact {
	values = slices.Clone(values)
	slices.Sort(values)
	return Fact{Name: name, Set: slices.Compact(values), Many: true}
}

// spoken is true when it is known what a port speaks.
func spoken(speaks string) bool { return speaks != "" && speaks != "mute" && speaks != "unknown" }

func ofTarget(t report.Target) []Fact {
	all := []Fact{}
	if t.Pinned != "" {
		all = append(all, one("address", t.Pinned))
	}
	for _, port := range []struct{ name, speaks string }{{"https port", t.HTTPS}, {"http port", t.HTTP}} {
		if spoken(port.speaks) {
			all = append(all, one(port.name, port.speaks))
		}
	}
	if t.Audience != "" {
		all = append(all, one("audience", string(t.Audience)))
	}
	software := []string{}
	for _, part := range t.Stack {
		if part.Confidence != "low" {
			software = append(software, strings.TrimSpace(part.Name+" "+part.Version))
		}
	}
	return append(all, set("software", software))
}

func withoutTLS() []Fact {
	all := []Fact{}
	for _, version := range tlshello.Versions() {
		all = append(all, one(version.String(), "refused"))
	}
	return append(all, one("certificate", "none"))
}

func ofTLS(t report.TLS) []Fact {
	all := []Fact{}
	for _, version := range tlshello.Versions() {
		if answer := t.Versions[version]; answer.Accepted() || answer.Refused() {
			all = append(all, one(version.String(), string(answer.Result)))
		}
	}
	for _, version := range tlshello.Versions() {
		all = append(all, ofSuites(t.Suites, version)...)
		all = append(all, ofGroups(t.Groups, version)...)
	}
	if t.DH != nil && !t.DH.Absent && t.DH.Complete {
		sizes := []string{}
		for _, seen := range t.DH.Seen {
			sizes = append(sizes, fmt.Sprintf("%d bits", seen.Bits))
		}
		all = append(all, set("Diffie-Hellman groups", sizes))
	}
	if t.Protocols != nil && !t.Protocols.Absent {
		chosen := []string{}
		for _, asked := range t.Protocols.Asked {
			if asked.Chosen != "" {
				chosen = append(chosen, asked.Chosen)
			}
		}
		all = append(all, set("application protocols", chosen))
	}
	return all
}

// ofSuites knows a list that was asked to its end alone.
func ofSuites(seen *observe.Suites, version tlshello.Version) []Fact {
	if seen == nil || seen.Absent || !seen.Versions[version].Complete {
		return nil
	}
	list, names := seen.Versions[version], []string{}
	for _, s := range list.Suites {
		names = append(names, s.Suite.String())
	}
	all := []Fact{set(version.String()+" suites", names)}
	if list.Preference != "" {
		all = append(all, one(version.String()+" suite chosen by", string(list.Preference)))
	}
	return all
}

func ofGroups(seen *observe.Groups, version tlshello.Version) []Fact {
	if seen == nil || seen.Absent || !seen.Versions[version].Complete {
		return nil
	}
	names := []string{}
	for _, g := range seen.Versions[version].Groups {
		names = append(names, g.Group.String())
	}
	return []Fact{set(version.String()+" groups", names)}
}

func ofCertificate(chain *observe.Chain) []Fact {
	if chain == nil || chain.Absent {
		return nil
	}
	leaf, sent := chain.Leaf()
	if !sent {
		return []Fact{one("certificate", "none")}
	}
	all := []Fact{one("certificate", leaf.SHA256)}
	if leaf.Unparsed == "" {
		key := strings.TrimSpace(fmt.Sprintf("%s %s", leaf.KeyAlgorithm, leaf.KeyCurve))
		if leaf.KeyBits > 0 {
			key += fmt.Sprintf(" %d bits", leaf.KeyBits)
		}
		all = append(all, one("certificate subject", leaf.Subject), one("certificate issuer", leaf.Issuer),
			one("certificate expires", leaf.NotAfter.UTC().Format(time.DateOnly)), one("certificate key", key),
			one("certificate signature", leaf.Signature), set("certificate names", append(slices.Clone(leaf.DNSNames), leaf.Addresses...)))
	}
	trusted := map[bool]string{true: "yes", false: "no"}
	return append(all, one("chain length", fmt.Sprint(chain.Sent)), one("chain trusted", trusted[chain.Trusted()]), one("OCSP stapled", trusted[chain.Stapled]))
}

// ofHSTS has each wording that was seen, without the header's own text.
func ofHSTS(seen *observe.HSTS) []Fact {
	if seen == nil || seen.Absent != "" || len(seen.Responses) == 0 {
		return nil
	}
	forms := []string{}
	for _, response := range seen.Responses {
		h := response.HSTS
		switch {
		case !h.Present:
			forms = append(forms, "none")
			continue
		case !h.Valid:
			forms = append(forms, "not valid")
			continue
		}
		form := fmt.Sprintf("max-age=%d", h.MaxAgeSeconds)
		if h.IncludeSubDomains {
			form += " includeSubDomains"
		}
		if h.Preload {
			form += " preload"
		}
		forms = append(forms, form)
	}
	slices.Sort(forms)
	return []Fact{one("HSTS", strings.Join(slices.Compact(forms), ", "))}
}

// changes are the facts that both sides know and that differ, in the order in which
// they are written down.
func changes(before, after Snapshot) []Change {
	all := []Change{}
	now := after.known()
	for _, was := range before.Facts {
		is, known := now[was.Name]
		if !known || was.Many != is.Many {
			continue
		}
		if change := (Change{Fact: was.Name, Before: was.Value, After: is.Value, Gained: without(is.Set, was.Set), Lost: without(was.Set, is.Set)}); change.real() {
			all = append(all, change)
		}
	}
	return all
}

func (c Change) real() bool { return c.Before != c.After || len(c.Gained)+len(c.Lost) > 0 }

func (s Snapshot) known() map[string]Fact {
	all := map[string]Fact{}
	for _, f := range s.Facts {
		all[f.Name] = f
	}
	return all
}

func without(values, others []string) (rest []string) {
	for _, value := range values {
		if !slices.Contains(others, value) {
			rest = append(rest, value)
		}
	}
	return rest
}

// lost are the facts that one side knows and the other does not, but for those that
// go with another fact: a version that is refused has no suites, and a target
// without a certificate no subject.
func lost(own, other Snapshot) []Doubt {
	all := []Doubt{}
	there := other.known()
	for _, f := range own.Facts {
		_, known := there[f.Name]
		if known || settledOtherwise(f.Name, there) {
			continue
		}
		why := "not seen"
		if other.Status != report.Completed {
			why = string(other.Status)
		}
		value := f.Value
		if f.Many {
			value = strings.Join(f.Set, ", ")
		}
		all = append(all, Doubt{Kind: "fact", Name: f.Name, Value: value, Why: why})
	}
	return all
}

// settledOtherwise is true of a fact that cannot be known where another one says
// so.
func settledOtherwise(name string, there map[string]Fact) bool {
	for _, version := range tlshello.Versions() {
		if strings.HasPrefix(name, version.String()+" ") && there[version.String()].Value == "refused" {
			return true
		}
	}
	part := strings.HasPrefix(name, "certificate ") || strings.HasPrefix(name, "chain ") || name == "OCSP stapled"
	tls := name == "SSL Labs letter" || name == "Diffie-Hellman groups" || name == "application protocols" || name == "HSTS"
	return (part || tls) && there["certificate"].Value == "none"
}
