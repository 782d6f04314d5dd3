// A scan's findings by the requirements of others, and what of those no scan can
// cover.

package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"middlebrick/report"
	"middlebrick/rule"
)

// Compliance is one scan held against three lists of requirements.
type Compliance struct {
	Scan, Method, URL string
	At                Moment
	Frameworks        []Framework
}

func (Compliance) file() string    { return "compliance" }
func (c Compliance) title() string { return "Compliance of " + c.URL }

// A Framework is one of the lists.
type Framework struct {
	ID, Name, Says string
	Rows           []Requirement
}

// A Requirement is one line of it.
type Requirement struct {
	ID, Title string
	Status    string // "found", "clear", "partial", "unseen", "uncovered"
	Why       string
	Findings  []Early
}

// requirementStates are the words for a requirement; none of them is "compliant".
var requirementStates = map[string]State{
	"found": {"■", "Findings", "bad"}, "clear": {"●", "Nothing found", "good"}, "partial": {"◆", "Seen in part", "unsure"},
	"unseen": {"?", "Not looked at", "unsure"}, "uncovered": {"○", "Not covered", "faint"},
}

// State is how it stands.
func (r Requirement) State() State { return requirementStates[r.Status] }

// a demand is one requirement as it is asked of a report.
type demand struct {
	id, title string
	covers    func(rule.Meta) bool // nil: no scan from outside can tell
	why       string
}

// Complies holds a report against the requirements that the rules name.
func Complies(scan string, r report.Report, rules []rule.Meta) Compliance {
	c := Compliance{Scan: scan, Method: r.Method, URL: r.APIURL}
	for _, f := range []struct {
		id, name string
		demands  []demand
	}{{"owasp", "OWASP API Security Top 10, 2023", owaspDemands()}, {"pci", "PCI DSS 4.0.1", pciDemands(rules)}, {"soc2", "SOC 2, Trust Services Criteria", soc2Demands()}} {
		frame := Framework{ID: f.id, Name: f.name}
		seen := 0
		for _, d := range f.demands {
			row := d.hold(r, rules)
			if row.Status != "unseen" && row.Status != "uncovered" {
				seen++
			}
			frame.Rows = append(frame.Rows, row)
		}
		frame.Says = fmt.Sprintf("%d of %d looked at", seen, len(frame.Rows))
		c.Frameworks = append(c.Frameworks, frame)
	}
	return c
}

func (d demand) hold(r report.Report, rules []rule.Meta) Requirement {
	row := Requirement{ID: d.id, Title: d.title, Status: "uncovered", Why: d.why}
	if d.covers == nil {
		return row
	}
	covered := map[string]bool{}
	for _, m := range rules {
		covered[m.ID] = d.covers(m)
	}
	has := map[string]bool{}
	for _, f := range r.Findings {
		if covered[f.Rule] && !has[f.Rule] && f.State != report.Accepted {
			row.Findings = append(row.Findings, Early{f.Rule, string(f.Severity), f.Title})
		}
		has[f.Rule] = true
	}
	passed := slices.DeleteFunc(slices.Clone(r.Passed), func(id string) bool { return !covered[id] })
	doubt := 0
	for _, n := range r.NotTested {
		if covered[n.Rule] {
			doubt++
		}
	}
	row.Status, row.Why = standing(len(row.Findings), len(passed), doubt, r)
	return row
}

// standing never calls something clear that was not looked at in full.
func standing(found, passed, doubt int, r report.Report) (status, why string) {
	switch {
	case found > 0:
		return "found", ""
	case r.Status == report.Failed:
		return "unseen", "The target could not be reached."
	case passed == 0 && doubt == 0:
		return "uncovered", "No rule about this applied in this scan."
	case passed == 0:
		return "unseen", amount(doubt, "rule") + " got no answer."
	case doubt > 0:
		return "partial", fmt.Sprintf("%s passed, %d got no answer.", amount(passed, "rule"), doubt)
	}
	return "clear", amount(passed, "rule") + " passed."
}

func owaspDemands() []demand {
	var all []demand
	for n := 1; n <= 10; n++ {
		risk := rule.OWASP(fmt.Sprintf("API%d:2023", n))
		title, _ := risk.Title()
		all = append(all, demand{id: string(risk), title: title, covers: func(m rule.Meta) bool { return m.OWASP == risk }})
	}
	return all
}

// pciDemands are the requirements that some rule names, and those next to them that
// none can.
func pciDemands(rules []rule.Meta) []demand {
	var ids []rule.PCI
	for _, m := range rules {
		ids = append(ids, m.PCI...)
	}
	slices.SortFunc(ids, byNumber)
	var all []demand
	for _, id := range slices.Compact(ids) {
		title, _ := id.Title()
		all = append(all, demand{id: string(id), title: title, covers: func(m rule.Meta) bool { return slices.Contains(m.PCI, id) }})
	}
	return append(all, demand{id: "11.3", title: "Vulnerabilities are regularly identified", why: "Quarterly scans by an Approved Scanning Vendor are asked for; this is none."},
		demand{id: "Others", title: "The rest of the standard", why: "Storage, access, logging, processes and people cannot be seen from outside."})
}

func byNumber(a, b rule.PCI) int {
	x, y := strings.Split(string(a), "."), strings.Split(string(b), ".")
	for i := range min(len(x), len(y)) {
		if c := cmp.Or(cmp.Compare(len(x[i]), len(y[i])), cmp.Compare(x[i], y[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}

// soc2Demands are the common criteria of the Trust Services Criteria (AICPA TSP
// section 100) that bear on an API, each with the checks that say something of it.
func soc2Demands() []demand {
	of := func(checks ...string) func(rule.Meta) bool {
		return func(m rule.Meta) bool { return slices.Contains(checks, m.Check()) }
	}
	return []demand{
		{"CC6.1", "Logical access to information assets is restricted", of("authentication", "bola", "bfla", "property"), ""},
		{"CC6.6", "Threats from outside the system's boundaries are kept out", of("encryption", "ssrf", "inventory", "input", "ratelimit"), ""},
		{"CC6.7", "Information is protected while it is transmitted", of("encryption"), ""},
		{"CC6.8", "Unauthorised software is prevented or detected", nil, "What runs on the machines cannot be seen from outside."},
		{"CC7.1", "New vulnerabilities are detected", nil, "Monitors are evidence that you look; that you act on them is a process."},
		{"CC8.1", "Changes are authorised, tested and approved", nil, "A process."},
		{"A1.1", "Capacity is managed to meet the demand", of("ratelimit"), ""},
		{"C1.1", "Confidential information is identified and protected", of("exposure", "property"), ""},
		{"Others", "The remaining criteria", nil, "Organisation, people, processes and contracts cannot be seen from outside."},
	}
}
