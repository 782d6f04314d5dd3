// The SSL Labs letter, policies and the clients' predictions on a screen.

package render

import (
	"fmt"
	"strings"

	"middlebrick/clients"
	"middlebrick/policy"
)

// letter is one line: the letter that others know, and why.
func (v view) letter() block {
	if v.Labs == nil {
		return nil
	}
	return v.labelled("SSL Labs", bold, 1, 10, v.letterSays())
}

func (v view) letterSays() string {
	l := v.Labs
	says := "letter (" + l.Guide + "): "
	switch {
	case l.Grade == "" && l.IfTrusted != "":
		return says + "withheld (" + l.IfTrusted + " if trust is ignored); " + l.Withheld + "."
	case l.Grade == "":
		return says + "withheld; " + l.Withheld + "."
	case l.Grade != l.IfTrusted && l.IfTrusted != "":
		says += l.Grade + " (" + l.IfTrusted + " if trust is ignored)"
	default:
		says += l.Grade
	}
	if why := v.letterWhy(); len(why) > 0 {
		says += ", because " + listed(why)
	}
	return says + "."
}

// letterWhy is what decided: the lowest caps, else the score, else the warnings,
// else what an A+ lacks.
func (v view) letterWhy() []string {
	var why []string
	for _, c := range v.Labs.Caps {
		if c.To == v.Labs.Grade {
			why = append(why, c.Because)
		}
	}
	switch {
	case len(why) > 0:
		return why
	case v.Labs.Grade == "A-":
		return v.Labs.Warnings
	case v.Labs.Grade == "A":
		return v.Labs.ForPlus
	case v.Labs.Grade != "A+" && v.Labs.Total != nil:
		return []string{fmt.Sprintf("its total is %d", *v.Labs.Total)}
	}
	return nil
}

// letterDetail is the arithmetic of the letter, for those who ask for everything.
func (v view) letterDetail() block {
	if v.Labs == nil {
		return nil
	}
	l := v.Labs
	b := block{blank, {{" HOW THE SSL LABS LETTER CAME ABOUT", bold}}}
	for _, part := range []struct {
		name  string
		score *int
	}{{"protocol, 30 %", l.Protocol}, {"key exchange, 30 %", l.KeyExchange}, {"cipher strength, 40 %", l.Cipher}, {"total", l.Total}} {
		score := "not known"
		if part.score != nil {
			score = fmt.Sprint(*part.score)
		}
		b = append(b, v.labelled(part.name, ordinary, 3, 26, score)...)
	}
	for _, c := range l.Caps {
		b = append(b, v.labelled("at most "+c.To, ordinary, 3, 26, c.Because)...)
	}
	for _, list := range []struct {
		label string
		texts []string
	}{{"warning", l.Warnings}, {"for an A+", l.ForPlus}, {"not known", l.Unknown}} {
		for _, says := range list.texts {
			b = append(b, v.labelled(list.label, ordinary, 3, 26, says)...)
		}
	}
	return b
}

var policyStyles = map[policy.Outcome]style{policy.Pass: good, policy.Fail: bad, policy.Unknown: unsure}

var policyWords = map[policy.Outcome]string{policy.Pass: "PASS", policy.Fail: "FAIL", policy.Unknown: "UNKNOWN", policy.NotApplicable: "n/a"}

// policies has one line a policy, and one for each item that does not pass; with
// --all for every item.
func (v view) policies() block {
	var b block
	for _, p := range v.Policies {
		if len(b) == 0 {
			b = block{blank, {{" POLICIES", bold}}}
		}
		counts := map[policy.Outcome]int{}
		for _, i := range p.Items {
			counts[i.Outcome]++
		}
		says := fmt.Sprintf("%s %s: %d pass, %d fail, %d unknown", p.Title, p.Version, counts[policy.Pass], counts[policy.Fail], counts[policy.Unknown])
		b = append(b, v.labelled(policyWords[p.Outcome], policyStyles[p.Outcome], 1, 10, says)...)
		for _, i := range p.Items {
			if v.All || i.Outcome == policy.Fail || i.Outcome == policy.Unknown {
				b = append(b, v.policyItem(i)...)
			}
		}
	}
	return b
}

func (v view) policyItem(i policy.Item) block {
	b := v.labelled(policyWords[i.Outcome], policyStyles[i.Outcome], 3, 12, i.Text+" ("+i.ID+")")
	says := v.few(i.Saw)
	if i.Outcome == policy.Fail {
		says += "; wanted: " + v.few(i.Want)
	}
	if i.Cite != "" {
		says += " [" + i.Cite + "]"
	}
	return append(b, v.labelled("", ordinary, 12, 12, says)...)
}

// few cuts a long list of names, unless everything is asked for.
func (v view) few(names string) string {
	const most = 5
	parts := strings.Split(names, ", ")
	if v.All || len(parts) <= most+1 {
		return names
	}
	return fmt.Sprintf("%s and %d more", strings.Join(parts[:most], ", "), len(parts)-most)
}

// clientColumns are the table's columns; the first is never cut.
var clientColumns = []column{{head: "CLIENT"}, {head: "ON", from: 90}, {head: "VERSION", whole: true}, {head: "SUITE, OR WHY NOT"}, {head: "GROUP", from: 70}, {head: "FS", whole: true, from: 60}}

// clients is the table of predictions.
func (v view) clients() block {
	if len(v.Clients) == 0 {
		return nil
	}
	heads, shown := row{}, []column{}
	for _, c := range clientColumns {
		if v.width() >= c.from {
			heads, shown = append(heads, span{c.head, faint}), append(shown, c)
		}
	}
	var cells []row
	for _, s := range v.Clients {
		r := row{}
		for _, c := range shown {
			r = append(r, clientCell(c.head, s))
		}
		cells = append(cells, r)
	}
	b := block{blank, {{" CLIENTS", bold}}}
	b = append(b, v.labelled("", ordinary, 1, 1, "Predicted from what was seen; trust in the certificate is left out.")...)
	return append(b, v.table(heads, cells, shown, v.width())...)
}

var clientStyles = map[clients.Outcome]style{clients.Fails: bad, clients.Unknown: unsure}

func clientCell(head string, s clients.Simulation) span {
	connects := s.Outcome == clients.Connects
	switch head {
	case "CLIENT":
		return span{s.Client, ordinary}
	case "ON":
		return span{s.On, ordinary}
	case "VERSION":
		if !connects {
			return span{string(s.Outcome), clientStyles[s.Outcome]}
		}
		return span{s.Version.String(), ordinary}
	case "GROUP":
		if s.Group == 0 {
			return span{}
		}
		return span{s.Group.String(), ordinary}
	case "FS":
		return span{s.ForwardSecrecy, ordinary}
	}
	if !connects {
		return span{s.Because, ordinary}
	}
	return span{suiteWords(s), ordinary}
}

func suiteWords(s clients.Simulation) string {
	if s.Suite != 0 {
		return s.Suite.String()
	}
	names := []string{}
	for _, suite := range s.Suites {
		names = append(names, suite.String())
	}
	return fmt.Sprintf("one of %d: %s", len(names), strings.Join(names, ", "))
}

// clientsLine is the one line of the summary: how many connect.
func (v view) clientsLine() block {
	if len(v.Clients) == 0 {
		return nil
	}
	counts := map[clients.Outcome]int{}
	for _, s := range v.Clients {
		counts[s.Outcome]++
	}
	says := fmt.Sprintf("%d of %d would connect", counts[clients.Connects], len(v.Clients))
	if n := counts[clients.Unknown]; n > 0 {
		says += fmt.Sprintf(", %d cannot be told", n)
	}
	return v.labelled("Clients", bold, 1, 10, says+", as predicted (each: --format table).")
}

// Policies is the list of policies by name.
func Policies(all []policy.Policy, s Screen) []byte {
	s, widest := s.laid(), 0
	for _, p := range all {
		widest = max(widest, columns(p.Name))
	}
	b := block{}
	for _, p := range all {
		b = append(b, s.labelled(p.Name, bold, 0, widest+2, strings.TrimSpace(p.Title+" "+p.Version))...)
	}
	b = append(b, blank, text(amount(len(all), "policy file")+". To hold a target against one: middlebrick scan URL --policy NAME"))
	return s.bytes(b)
}
