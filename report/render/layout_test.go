// What the layouts promise at every width, and the pieces that they are made of.

package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/report"
	"middlebrick/rule"
)

// kept are the lines that are never broken: code and commands.
func kept(r report.Report) map[string]bool {
	lines := map[string]bool{}
	for _, f := range r.Findings {
		texts := append([]string{f.Remediation}, f.Reproduce...)
		for _, fix := range f.Fixes {
			texts = append(texts, fix.Text)
		}
		for line := range strings.Lines(strings.Join(texts, "\n")) {
			lines[strings.TrimSpace(line)] = true
		}
	}
	return lines
}

// breakable are lines that run over the width although they could have been
// broken: neither one long word, nor code, nor a command.
func breakable(kept map[string]bool, page string, width int) []string {
	var over []string
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		body := strings.TrimSpace(line)
		if _, afterLabel, labelled := strings.Cut(body, "   "); labelled {
			body = strings.TrimSpace(afterLabel)
		}
		if len(line) > width && columns(line) > width && strings.Contains(body, " ") && !kept[body] {
			over = append(over, line)
		}
	}
	return over
}

func TestLinesFitEveryWidthFrom40To200(t *testing.T) {
	for name, step := range map[string]int{"flask": 1, "good": 1, "demo": 7, "tls": 1} {
		r := fixture(t, name)
		kept := kept(r)
		for width := 40; width <= 200; width += step {
			o := Options{Screen: Screen{Width: width}, Gate: failing()}
			over := breakable(kept, string(Summary(r, o)), width)
			o.All = true
			over = append(over, breakable(kept, string(Summary(r, o)), width)...)
			over = append(over, breakable(kept, string(Table(r, o)), width)...)
			if len(over) > 0 {
				t.Errorf("%s at %d: %q", name, width, over)
			}
		}
	}
}

func TestIdsAndURLsStandWholeAtEveryWidth(t *testing.T) {
	r := fixture(t, "flask")
	for width := 40; width <= 200; width++ {
		page := string(Summary(r, Options{Screen: Screen{Width: width}, All: true}))
		for _, f := range r.Findings {
			if !strings.Contains(page, " "+f.Rule) {
				t.Errorf("at %d: %s is cut or missing", width, f.Rule)
			}
		}
		for _, n := range r.NotTested {
			if !strings.Contains(page, n.Rule) {
				t.Errorf("at %d: %s is cut or missing", width, n.Rule)
			}
		}
		if !strings.Contains(page, r.APIURL) {
			t.Errorf("at %d: the URL is cut", width)
		}
	}
}

func TestWrapKeepsWordsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Screen{}
		said := s.Escape(anyText(t, "text"))
		width := rapid.IntRange(1, 90).Draw(t, "width")
		lines := wrap(said, width)
		if diff := cmp.Diff(strings.Fields(said), strings.Fields(strings.Join(lines, " "))); diff != "" {
			t.Fatalf("words changed (-want +got):\n%s", diff)
		}
		for _, line := range lines {
			if columns(line) > width && strings.Contains(line, " ") {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
	})
}

func TestCutFitsAndKeepsWhatFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScreen(t)
		said := s.Escape(anyText(t, "text"))
		to := rapid.IntRange(3, 60).Draw(t, "to")
		got := s.Cut(said, to)
		if columns(got) > to {
			t.Fatalf("cut(%q, %d) = %q is %d wide", said, to, got, columns(got))
		}
		if columns(said) <= to && got != said {
			t.Fatalf("cut(%q, %d) = %q though it fits", said, to, got)
		}
	})
}

func TestMarkdownBecomesText(t *testing.T) {
	source := "One **strong** [link](https://x.example/a) and\nanother <https://y.example> line.\n\n" +
		"* first item that is long enough to be wrapped twice over\n* second\n\n" +
		"```nginx server\nssl_protocols TLSv1.2;\n\tindented `kept` **kept**\n```\n\n\n1. one\n2) two\n\n### Heading\n\n```sh\nls\n```\n"
	want := `One strong link (https://x.example/a)
and another https://y.example line.

- first item that is long enough to be
  wrapped twice over
- second

  nginx, in the server block that ends
  TLS:
    ssl_protocols TLSv1.2;
        indented ` + "`kept`" + ` **kept**

1. one
2) two

Heading

    ls
`
	s := Screen{}
	if diff := cmp.Diff(want, string(s.bytes(s.markdown(source, 40).trim()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("a **b** [c](d)\n\n* e\n\n```sh\nf\n```\n# g\n", 40, false)
	f.Add("``````\n```\n1) \x1b[2J\n   - [x](javascript:y)", 3, true)
	f.Fuzz(func(t *testing.T, source string, width int, ascii bool) {
		s := Screen{ASCII: ascii, Actions: true}
		got := string(s.bytes(s.markdown(source, width)))
		if found := obeyed(got, s); found != "" {
			t.Fatalf("%q becomes %q, which holds %q", source, got, found)
		}
	})
}

func TestAPageStaysAPageWhateverTheTargetSends(t *testing.T) {
	r := fixture(t, "flask")
	flood := strings.Repeat("x ", 500_000) + strings.Repeat("y", 1_000_000)
	r.Attack.Paths[0].Because, r.Findings[0].Description, r.Findings[0].Title, r.NotTested[0].Detail = flood, flood, flood, flood
	for _, all := range []bool{false, true} {
		o := Options{Screen: Screen{Width: 80}, All: all}
		if n := len(Summary(r, o)) + len(Table(r, o)); n > 200_000 {
			t.Errorf("the pages are %d bytes long", n)
		}
	}
}

func TestUnclosedCodeIsStillShown(t *testing.T) {
	s := Screen{}
	got := string(s.bytes(s.markdown("```\na\n\nb", 40)))
	if want := "    a\n\n    b\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFindingsOfOneRuleShareACard(t *testing.T) {
	groups := grouped(report.Report{
		Attack: report.Attack{Paths: []report.Path{
			{Holds: "no", Findings: []string{"a.high"}}, {Holds: "yes", Findings: []string{"a.gone", "a.open"}},
		}},
		Findings: []report.Finding{
			{Rule: "a.low", Severity: rule.Low, Where: "1"}, {Rule: "a.high", Severity: rule.High}, {Rule: "a.open", Severity: rule.High},
			{Rule: "a.low", Severity: rule.Critical, Where: "2"}, {Rule: "a.odd", Severity: "dreadful"},
			{Rule: "a.gone", Severity: rule.Critical, State: "accepted"},
		},
	})
	var got []string
	for _, g := range groups {
		got = append(got, g.rule+" "+string(g.severity))
	}
	if diff := cmp.Diff([]string{"a.low critical", "a.open high", "a.high high", "a.odd dreadful"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRulePageGolden(t *testing.T) {
	m := rule.Meta{ID: "encryption.tls10", Title: "TLS 1.0 is accepted", Severity: rule.High, CWE: []rule.CWE{326},
		OWASP: rule.API8, PCI: []rule.PCI{"4.2.1"}, Cites: []rule.Cite{rule.RFC(8996, "4")}, Formerly: []string{"encryption.tlsv1"}}
	doc := rule.Doc{Opening: "The target accepts TLS 1.0.", Why: "It is from 1999.\n\nIt has no AEAD.",
		Fixes: map[string]string{"Flask": "Not here.", "nginx": "```nginx server\nssl_protocols TLSv1.2 TLSv1.3;\n```"}}
	golden(t, "rule-60.txt", Rule(m, doc, Screen{Width: 60}))
	golden(t, "rules-60.txt", Rules([]rule.Meta{m, {ID: "encryption.rc4", Title: "RC4 suites are accepted, which nobody should do any more", Severity: rule.Medium}}, Screen{Width: 60}))
}
