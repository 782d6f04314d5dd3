// The document's part about TLS: versions with their suites, certificates, the SSL
// Labs letter, clients and policies; and what the scan cost.

package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"middlebrick/clients"
	"middlebrick/observe"
	"middlebrick/policy"
	"middlebrick/report/render/document"
	"middlebrick/tlshello"
)

func (v view) tlsSection() document.Section {
	s := document.Section{ID: "tls", Title: "TLS as seen"}
	if !v.seesTLS() {
		return s
	}
	table := &document.Table{Name: "Versions", Head: []string{"Version", "Answer", "What it said"}}
	var folds []document.Block
	for _, version := range slices.Backward(tlshello.Versions()) {
		answer, asked := v.TLS.Versions[version]
		if !asked {
			continue
		}
		detail := answer.Detail
		if answer.Accepted() {
			detail = sentence(strings.TrimPrefix(v.order(version), "; "))
			folds = append(folds, v.versionFold(version)...)
		}
		word := string(answer.Result)
		if answer.Result == observe.Silent {
			word = "no answer"
		}
		table.Rows = append(table.Rows, document.Cells(version.String(), word, cmp.Or(detail, "–")))
	}
	s.Blocks = append([]document.Block{{Table: table}}, folds...)
	var pairs []document.Pair
	for _, line := range []namedList{{"ALPN", v.alpn()}, {"Fallback", v.fallback()}, {"Hellos", v.tolerance()}, {"No name", v.nameless()}} {
		if line.says != "" {
			pairs = append(pairs, says(line.name, sentence(line.says)))
		}
	}
	if len(pairs) > 0 {
		s.Blocks = append(s.Blocks, document.Block{Pairs: pairs})
	}
	return s
}

func (v view) versionFold(version tlshello.Version) []document.Block {
	suites := v.suiteLines(version)
	fold := &document.Fold{Title: version.String() + ": suites, groups, signatures", Aside: amount(len(suites), "suite")}
	if len(suites) > 0 {
		table := &document.Table{Name: "Suites of " + version.String(), Head: []string{"Suite", "Key exchange", "Cipher", "OpenSSL's name"}}
		for _, line := range suites {
			table.Rows = append(table.Rows, document.Cells(line.name, cmp.Or(line.exchange, "–"), cmp.Or(line.bits, "–"), cmp.Or(line.openssl, "–")))
		}
		fold.Blocks = append(fold.Blocks, document.Block{Table: table})
	}
	var pairs []document.Pair
	for _, list := range v.lists(version) {
		pairs = append(pairs, says(sentence(list.name), list.says))
	}
	if len(pairs) > 0 {
		fold.Blocks = append(fold.Blocks, document.Block{Pairs: pairs})
	}
	if len(fold.Blocks) == 0 {
		return nil
	}
	return []document.Block{{Fold: fold}}
}

func (v view) certificateSection() document.Section {
	s := document.Section{ID: "certificates", Title: "Certificates as sent"}
	if !v.seesTLS() || v.TLS.Certificates == nil || len(v.TLS.Certificates.Certificates) == 0 {
		return s
	}
	for i, c := range v.TLS.Certificates.Certificates {
		s.Blocks = append(s.Blocks, document.Block{Fold: certificateFold(i, c)})
	}
	var list [][]document.Span
	for _, store := range v.TLS.Certificates.Trust {
		text, tone := "trusted", document.Good
		if !store.Trusted {
			text, tone = "not trusted: "+store.Reason, document.Bad
		}
		list = append(list, []document.Span{{Text: "By the " + store.Name + " roots: "}, {Text: text, Tone: tone}})
	}
	for _, line := range v.standing() {
		list = append(list, document.Say(sentence(line)))
	}
	if len(list) > 0 {
		s.Blocks = append(s.Blocks, document.Block{List: list})
	}
	return s
}

func certificateFold(i int, c observe.Certificate) *document.Fold {
	const day = "2006-01-02"
	names := append(append([]string{}, c.DNSNames...), c.Addresses...)
	carries := strings.Join(names[:min(len(names), maxNames)], ", ")
	if more := max(c.Names, len(names)) - maxNames; more > 0 {
		carries += fmt.Sprintf(" and %d more", more)
	}
	pairs := []document.Pair{}
	for _, one := range []namedList{
		{"Issuer", c.Issuer}, {"Valid", c.NotBefore.Format(day) + " to " + c.NotAfter.Format(day)},
		{"Key", strings.TrimSpace(fmt.Sprintf("%s %d bit %s", c.KeyAlgorithm, c.KeyBits, c.KeyCurve))},
		{"Signature", c.Signature}, {"Names", carries}, {"Serial", c.Serial}, {"SHA-256", c.SHA256}, {"Not readable", c.Unparsed},
	} {
		if one.says != "" {
			pairs = append(pairs, document.Pair{Name: one.name, Says: document.Say(one.says)})
		}
	}
	return &document.Fold{Title: fmt.Sprintf("%d. %s", i+1, cmp.Or(c.Subject, "no subject")), Open: i == 0, Blocks: []document.Block{{Pairs: pairs}}}
}

func (v view) letterSection() document.Section {
	s := document.Section{ID: "ssllabs", Title: "The SSL Labs letter"}
	if v.Labs == nil {
		return s
	}
	l := v.Labs
	table := &document.Table{Name: "Arithmetic of the letter", Head: []string{"Part", "Score"}}
	for _, part := range []struct {
		name  string
		score *int
	}{{"Protocol, 30 %", l.Protocol}, {"Key exchange, 30 %", l.KeyExchange}, {"Cipher strength, 40 %", l.Cipher}, {"Total", l.Total}} {
		cell := document.Cell{Spans: document.Say("not known")}
		if part.score != nil {
			cell = document.Cell{Bar: part.score}
		}
		table.Rows = append(table.Rows, []document.Cell{{Spans: document.Say(part.name)}, cell})
	}
	var pairs []document.Pair
	for _, c := range l.Caps {
		pairs = append(pairs, says("At most "+c.To, c.Because))
	}
	for _, list := range []struct {
		label string
		texts []string
	}{{"Warning", l.Warnings}, {"For an A+", l.ForPlus}, {"Not known", l.Unknown}} {
		for _, text := range list.texts {
			pairs = append(pairs, says(list.label, text))
		}
	}
	s.Blocks = []document.Block{{Text: document.Say(sentence(v.letterSays()))}, {Table: table}}
	if len(pairs) > 0 {
		s.Blocks = append(s.Blocks, document.Block{Pairs: pairs})
	}
	return s
}

func (v view) clientSection() document.Section {
	s := document.Section{ID: "clients", Title: "What clients would get"}
	if len(v.Clients) == 0 {
		return s
	}
	table := &document.Table{Name: "Clients", Head: []string{"Client", "Version", "Suite, or why not", "Group", "Forward secrecy"}}
	for _, one := range v.Clients {
		connects := one.Outcome == clients.Connects
		version, suite, tone := one.Version.String(), suiteWords(one), document.Plain
		if !connects {
			version, suite, tone = string(one.Outcome), one.Because, map[clients.Outcome]document.Tone{clients.Fails: document.Bad, clients.Unknown: document.Unsure}[one.Outcome]
		}
		group := "–"
		if one.Group != 0 {
			group = one.Group.String()
		}
		name := strings.TrimSuffix(one.Client+" ("+one.On+")", " ()")
		row := document.Cells(name, version, suite, group, cmp.Or(one.ForwardSecrecy, "–"))
		row[1].Spans[0].Tone = tone
		table.Rows = append(table.Rows, row)
	}
	s.Blocks = []document.Block{{Text: document.Say("Predicted from what was seen; trust in the certificate is left out.")}, {Table: table}}
	return s
}

var policyTones = map[policy.Outcome]document.Tone{policy.Pass: document.Good, policy.Fail: document.Bad, policy.Unknown: document.Unsure}

func (v view) policySection() document.Section {
	s := document.Section{ID: "policies", Title: "Policies"}
	for _, p := range v.Policies {
		counts := map[policy.Outcome]int{}
		table := &document.Table{Name: p.Title, Head: []string{"Outcome", "Demand", "Saw", "Wanted", "Source"}}
		for _, i := range p.Items {
			counts[i.Outcome]++
			word := document.Cell{Spans: []document.Span{{Text: policyWords[i.Outcome], Strong: true, Tone: policyTones[i.Outcome]}}}
			table.Rows = append(table.Rows, append([]document.Cell{word}, document.Cells(i.Text+" ("+i.ID+")", cmp.Or(i.Saw, "–"), cmp.Or(i.Want, "–"), cmp.Or(i.Cite, "–"))...))
		}
		title := fmt.Sprintf("%s: %s %s", policyWords[p.Outcome], p.Title, p.Version)
		aside := fmt.Sprintf("%d pass, %d fail, %d unknown", counts[policy.Pass], counts[policy.Fail], counts[policy.Unknown])
		s.Blocks = append(s.Blocks, document.Block{Fold: &document.Fold{Title: title, Aside: aside, Open: p.Outcome == policy.Fail, Blocks: []document.Block{{Table: table}}}})
	}
	return s
}

// scanSection is what was asked, by what, and what it cost the target.
func (v view) scanSection() document.Section {
	took := time.Duration(v.Cost.DurationMS) * time.Millisecond
	pairs := []document.Pair{
		says("Scan", v.ID), says("Engine", fmt.Sprintf("middlebrick %s, %s, score model %s", v.Engine.Version, amount(v.Engine.Rules, "rule"), v.Engine.ScoreModel)),
		says("Begun", v.CreatedAt.UTC().Format("2006-01-02 15:04:05 UTC")),
		says("Cost", fmt.Sprintf("%.1f s, %s, %s, %d bytes sent, %d received", took.Seconds(), amount(v.Cost.Connections, "connection"), amount(v.Cost.Requests, "request"), v.Cost.BytesSent, v.Cost.BytesReceived)),
	}
	for _, part := range v.Target.Stack {
		pairs = append(pairs, says("Recognised", fmt.Sprintf("%s (%s): %s", strings.TrimSpace(part.Name+" "+part.Version), part.Confidence, part.Because)))
	}
	for _, list := range v.Data {
		pairs = append(pairs, says("List", list.Says))
	}
	return document.Section{ID: "scan", Title: "The scan, and what it cost", Blocks: []document.Block{{Pairs: pairs}}}
}
