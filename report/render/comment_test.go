// The comment: it fits its budget, it is cut between rows, and what a target says
// becomes neither link nor mention, neither image nor HTML, whatever reads it.

package render

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	source "github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"middlebrick/report"
	"middlebrick/report/compare"
)

// ownHTML are the tags that we write ourselves.
var ownHTML = regexp.MustCompile(`^(<details><summary>[^<>]*(<code>[^<>]*</code>)?[^<>]*</summary>|</details>|</?sub>|</?code>|<a href="https?://[^"<>]*">|</a>)\s*$`)

// reference is what GitHub or GitLab would make a link of in a text that was read
// already.
var reference = regexp.MustCompile(`(^|[^\w])(@[A-Za-z0-9]|#[0-9]|![0-9]|%[A-Za-z0-9"]|~[A-Za-z0-9"]|\$[0-9]|&[0-9])|(?i:\bgh-[0-9])|[A-Za-z]://|(?i:\bwww\.[a-z])`)

// markdownTexts reads Markdown as GitHub does and gives its texts. It fails where
// the text of a target became anything but text.
func markdownTexts(t testing.TB, document []byte) []string {
	t.Helper()
	tree := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(source.NewReader(document))
	var out []string
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch x := n.(type) {
		case *ast.Link, *ast.Image, *ast.AutoLink:
			return ast.WalkStop, fmt.Errorf("a %s in:\n%s", n.Kind(), document)
		case *ast.RawHTML:
			return own(string(x.Segments.Value(document)), document)
		case *ast.HTMLBlock:
			return own(string(x.Lines().Value(document)), document)
		case *tables.Table:
			return ast.WalkContinue, even(x)
		case *ast.Text:
			out = append(out, string(x.Value(document)))
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func own(tag string, document []byte) (ast.WalkStatus, error) {
	for line := range strings.Lines(tag) {
		if line = strings.TrimSpace(line); line != "" && !ownHTML.MatchString(line) {
			return ast.WalkStop, fmt.Errorf("HTML that is not ours: %s in:\n%s", line, document)
		}
	}
	return ast.WalkContinue, nil
}

// even is an error where a row has other cells than its head.
func even(table *tables.Table) error {
	want := table.FirstChild().ChildCount()
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		if row.ChildCount() != want {
			return fmt.Errorf("a row of %d cells in a table of %d", row.ChildCount(), want)
		}
	}
	return nil
}

// words are what a reader sees of Markdown, code aside.
func words(t testing.TB, document []byte) string {
	t.Helper()
	var html bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(document, &html); err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`(?s)<code[^>]*>.*?</code>`).ReplaceAllString(html.String(), "")
	shown = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(shown, " ")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&amp;", "&").Replace(shown)
}

var markdownTraps = []string{
	"@team", "cc @org/team", "#1", "!2", "GH-3", "%v1", "~bug", "$4", "&5", "[x](javascript:alert(1))", "![x](http://evil.example/x.png)",
	"https://evil.example/", "www.evil.example", "<img src=x onerror=alert(1)>", "</details>", "<!--", "-->", "`", "``` ", "|", `\|`, `\`, "**", "__", "~~",
	"a@evil.example", "<https://evil.example>", "&lt;b&gt;", "&#64;team", "\n\n# head", "\n- [ ] task", "::error::x", "##[error]x", ":tada:", "$a^2$", "[^1]", "[x]: http://evil.example",
}

func TestNoTextOfATargetIsMarkdown(t *testing.T) {
	base := fixture(t, "flask")
	rapid.Check(t, func(rt *rapid.T) {
		bad := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(markdownTraps), rapid.SampledFrom(hostile)), 1, 5).Draw(rt, "bad"), "")
		r := base
		r.Findings = slices.Clone(base.Findings)
		for i := range r.Findings {
			f := &r.Findings[i]
			f.Rule, f.Title, f.Where, f.Description, f.Means, f.Reproduce = f.Rule+bad, bad+f.Title, bad, bad, bad+" x", []string{bad}
		}
		r.Findings[0].Rule = base.Findings[0].Rule
		r.NotTested = []report.NotTested{{Rule: bad, Reason: "timeout", Detail: bad}}
		r.APIURL, r.Attack.Sentence, r.Engine.Version, r.ID = "https://h/"+bad, bad, bad, bad
		gate := Gate{Outcome: "fail", Reasons: []string{bad}, Exit: 1}
		document := Comment(r, CommentOptions{Gate: &gate, Explain: book, Earlier: bad, Since: &compare.Difference{}, Page: "https://ok.example/?a=1&b=2", Foot: []string{bad}})
		markdownTexts(t, document)
		if found := reference.FindString(words(t, document)); found != "" {
			rt.Fatalf("%q becomes a link in:\n%s", found, document)
		}
	})
}

// What is escaped still reads as it was.
func TestProseReadsAsItWas(t *testing.T) {
	for _, said := range []string{
		"max-age=31536000; includeSubDomains", `leaf: "CN=*,O=Dummy Certificate"`, "a|b", "100 % of 3", "x < y & z", "127.0.0.1:443", "Set-Cookie: a=b; Path=/", "_x_ *y* `z`",
	} {
		document := []byte("Saw " + prose(said, 500))
		if got := strings.TrimSpace(strings.ReplaceAll(words(t, document), "\u200b", "")); got != "Saw "+said {
			t.Errorf("%q reads %q", said, got)
		}
	}
}

func many(t testing.TB, n int) report.Report {
	r := fixture(t, "flask")
	one := r.Findings[0]
	r.Findings = nil
	for i := range n {
		f := one
		f.ID, f.Where = fmt.Sprintf("%064x", i), fmt.Sprintf("https://api.acme.example/v1/%d", i)
		r.Findings = append(r.Findings, f)
	}
	return r
}

func TestCommentIsCutBetweenRowsAndFitsItsBudget(t *testing.T) {
	for _, n := range []int{0, 1, 300, 5000} {
		r := many(t, n)
		for _, budget := range []int{0, 4000, 20_000} {
			document := Comment(r, CommentOptions{Budget: budget, Gate: failing(), Explain: book})
			most := budget
			if most == 0 {
				most = DefaultBudget
			}
			if got := utf8.RuneCount(document); got > most {
				t.Errorf("%d findings in a budget of %d take %d characters", n, most, got)
			}
			markdownTexts(t, document)
			shown := strings.Count(string(document), "| ■ CRITICAL |")
			if told := fmt.Sprintf("%d more are not shown", n-shown); shown < n && !strings.Contains(string(document), told) {
				t.Errorf("%d of %d findings are shown, and it does not say %q", shown, n, told)
			}
			if !strings.HasSuffix(string(document), "</sub>\n") {
				t.Errorf("the last line is cut away:\n%s", document)
			}
		}
	}
}

func TestCommentTellsWhatMoved(t *testing.T) {
	now, before := fixture(t, "flask"), fixture(t, "flask")
	gone := now.Findings[2]
	now.Findings = append(slices.Clone(now.Findings[:2]), now.Findings[3:]...)
	now.Passed = append(now.Passed, gone.Rule)
	before.Findings = before.Findings[1:]
	before.Passed = append(before.Passed, now.Findings[0].Rule)
	d := compare.Of(compare.Take(before), compare.Take(now), nil)
	document := string(Comment(now, CommentOptions{Since: &d, Earlier: "main"}))
	for _, want := range []string{"**1 new** since `main` · 1 fixed · ", "| **NEW** ■ CRITICAL | `encryption.plainhttp`", "<summary>Fixed: 1</summary>"} {
		if !strings.Contains(document, want) {
			t.Errorf("it does not say %q:\n%s", want, document)
		}
	}
}

func TestNoLinkLeadsAnywhereButToTheWeb(t *testing.T) {
	for _, page := range []string{"javascript:alert(1)", "https://x.example/\"onclick=x", "https://user:pw@x.example/", "//x", "https://x.example/<b>", ""} {
		if document := Comment(fixture(t, "good"), CommentOptions{Page: page}); bytes.Contains(document, []byte("<a ")) {
			t.Errorf("%q became a link", page)
		}
	}
}
