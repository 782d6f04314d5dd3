// The page read back: nothing of a target's texts becomes an element, an attribute
// or an address.

package document_test

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"middlebrick/report"
	"middlebrick/report/render/page"
)

// tags are the start tags of a page in their order, each with its attributes' names.
func tags(t fataler, text []byte) (all []string, nodes []*html.Node) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Fatal("the page has a comment: " + n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		says := n.Data
		for _, a := range n.Attr {
			says += " " + a.Key
		}
		all, nodes = append(all, says), append(nodes, n)
	}
	return all, nodes
}

// known are the elements of a page with the attributes that each may have.
var known = map[string]string{
	"html": "lang", "head": "", "meta": "charset http-equiv content name", "title": "", "style": "", "body": "", "header": "", "main": "id tabindex",
	"nav": "aria-labelledby", "footer": "", "section": "aria-labelledby class", "div": "class", "p": "class", "span": "class aria-hidden", "b": "",
	"h1": "", "h2": "id", "h3": "", "h4": "", "h5": "", "ul": "class aria-label", "ol": "", "li": "", "dl": "", "dt": "", "dd": "", "a": "href class rel",
	"code": "", "strong": "class", "pre": "", "figure": "", "figcaption": "", "details": "id class open", "summary": "",
	"table": "role", "caption": "", "thead": "role", "tbody": "role", "tr": "role", "th": "role scope", "td": "role data-head",
	"svg": "class viewBox role aria-label aria-hidden focusable preserveAspectRatio", "line": "class x1 y1 x2 y2 stroke-width", "polygon": "class points",
	"rect": "class x y width height rx", "circle": "class cx cy r stroke-width", "path": "class d stroke-width", "text": "class x y font-size text-anchor",
}

// once are the elements of which a page has exactly one.
var once = []string{"html", "head", "title", "style", "body", "header", "main", "nav", "footer", "h1"}

func checkPage(t fataler, text []byte) {
	t.Helper()
	_, nodes := tags(t, text)
	count := map[string]int{}
	for _, n := range nodes {
		count[n.Data]++
		allowed, ok := known[n.Data]
		if !ok {
			t.Fatal("an element that no page has: " + n.Data)
		}
		for _, a := range n.Attr {
			if !slices.Contains(strings.Fields(allowed), a.Key) {
				t.Fatal("an attribute that no page has: " + n.Data + " " + a.Key)
			}
			if a.Key == "href" && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") {
				t.Fatal("a link to " + a.Val)
			}
			if a.Key == "http-equiv" && n.Attr[1].Val != page.Policy() {
				t.Fatal("the policy is " + n.Attr[1].Val)
			}
		}
	}
	for _, name := range once {
		if count[name] != 1 {
			t.Fatal("the page has " + strconv.Itoa(count[name]) + " of " + name)
		}
	}
	if strings.ContainsFunc(string(text), func(r rune) bool { return r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 }) {
		t.Fatal("the page has a control character")
	}
}

// nasty are texts that would do something where they are not escaped.
var nasty = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "'><svg/onload=alert(1)>", "</style><b>", "</title><script>", "<!-- ", "-->", "]]>", "javascript:alert(1)",
	"[click](https://evil.example/)", "<https://evil.example/>", "**strong**", "`code`", "```\nx\n```", "# head", "{{.}}", "&lt;b&gt;", "&#x3c;script&#x3e;", "\x00\x1b[2J", "\u202eexe",
	"</details></section></main>", `" autofocus onfocus="x`, "\xff\xfe", "{nb}", "(a) Tj", `\`, "endstream endobj", "%PDF-1.7", "\u00ad\u200b", "𝕏😀漢字",
}

// targetTexts are the places of a report where a target's words stand.
func targetTexts(r *report.Report) []*string {
	all := []*string{&r.APIURL, &r.ErrorMessage, &r.Target.Host, &r.Target.Pinned, &r.Target.Because}
	for i := range r.Target.Stack {
		all = append(all, &r.Target.Stack[i].Name, &r.Target.Stack[i].Version, &r.Target.Stack[i].Because)
	}
	for i := range r.Attack.Paths {
		all = append(all, &r.Attack.Paths[i].Because)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		all = append(all, &f.Description, &f.Where)
		for j := range f.Evidence {
			all = append(all, &f.Evidence[j].About, &f.Evidence[j].Sent, &f.Evidence[j].Received)
		}
		for j := range f.Reproduce {
			all = append(all, &f.Reproduce[j])
		}
	}
	for i := range r.NotTested {
		all = append(all, &r.NotTested[i].Detail)
	}
	if r.TLS != nil && r.TLS.Certificates != nil {
		for i := range r.TLS.Certificates.Certificates {
			c := &r.TLS.Certificates.Certificates[i]
			all = append(all, &c.Subject, &c.Issuer, &c.Serial, &c.Signature)
			for j := range c.DNSNames {
				all = append(all, &c.DNSNames[j])
			}
		}
	}
	for i := range r.Clients {
		all = append(all, &r.Clients[i].Because)
	}
	return all
}

func TestTextsOfATargetDrawNothing(t *testing.T) {
	for _, name := range []string{"flask", "tls", "unreached"} {
		plain := fixture(t, name)
		for _, text := range targetTexts(&plain) {
			*text = "x"
		}
		want, _ := tags(t, drawn(t, "html", plain))
		rapid.Check(t, func(t *rapid.T) {
			r := fixture(t, name)
			for _, text := range targetTexts(&r) {
				*text = "x" + rapid.OneOf(rapid.SampledFrom(nasty), rapid.String()).Draw(t, "text")
			}
			text := drawn(t, "html", r)
			checkPage(t, text)
			got, _ := tags(t, text)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: elements (-with plain texts +with hostile ones):\n%s", name, diff)
			}
		})
	}
}

// A report can come from a file: then every text of it may be anything, our own
// among them.
func TestReportsOfAnyTextsAreWellFormedPages(t *testing.T) {
	for _, name := range []string{"flask", "tls", "unreached"} {
		rapid.Check(t, func(t *rapid.T) {
			r := fixture(t, name)
			replace(reflect.ValueOf(&r), func(old string) string {
				if rapid.IntRange(0, 2).Draw(t, "keep") == 0 {
					return old
				}
				return old + rapid.SampledFrom(nasty).Draw(t, "text")
			})
			checkPage(t, drawn(t, "html", r))
		})
	}
}

// replace gives every text below a value another one.
func replace(v reflect.Value, with func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(with(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			replace(v.Elem(), with)
		}
	case reflect.Slice:
		for i := range v.Len() {
			replace(v.Index(i), with)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				replace(v.Field(i), with)
			}
		}
	}
}

func TestHeadingsAreInOrderAndLinksLeadSomewhere(t *testing.T) {
	for _, name := range fixtures {
		text := drawn(t, "html", fixture(t, name))
		checkPage(t, text)
		_, nodes := tags(t, text)
		level := 0
		for _, n := range nodes {
			now, heading := headingLevel(n.Data)
			if heading && now > level+1 {
				t.Errorf("%s: a heading of level %d follows one of level %d", name, now, level)
			}
			if heading {
				level = now
			}
		}
		ids := map[string]int{}
		for _, id := range attributes(nodes, "id") {
			ids[id]++
		}
		for id, n := range ids {
			if n != 1 {
				t.Errorf("%s: %d elements are called %s", name, n, id)
			}
		}
		for _, address := range attributes(nodes, "href") {
			if id, inside := strings.CutPrefix(address, "#"); inside && ids[id] == 0 {
				t.Errorf("%s: a link leads to #%s, which is nowhere", name, id)
			}
		}
	}
}

// headingLevel is 1 to 6 of a heading.
func headingLevel(tag string) (level int, heading bool) {
	if len(tag) != 2 || tag[0] != 'h' || tag[1] < '1' || tag[1] > '6' {
		return 0, false
	}
	return int(tag[1] - '0'), true
}

func attributes(nodes []*html.Node, key string) (all []string) {
	for _, n := range nodes {
		for _, a := range n.Attr {
			if a.Key == key {
				all = append(all, a.Val)
			}
		}
	}
	return all
}
