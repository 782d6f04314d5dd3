// Every page drawn and read back: nothing hostile comes alive, nothing needs what
// the policy forbids, and everything leads somewhere.

package pages_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"middlebrick/edge/web/pages"
)

func drawn(t fataler, s sample) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := pages.Render(&out, s.shell, s.view); err != nil {
		t.Fatal(s.name, err)
	}
	return out.Bytes()
}

func parsed(t fataler, s sample) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(drawn(t, s)))
	if err != nil {
		t.Fatal(s.name, err)
	}
	return root
}

func attribute(n *html.Node, name string) (string, bool) {
	at := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if at < 0 {
		return "", false
	}
	return n.Attr[at].Val, true
}

// elements are all of them, in their order.
func elements(root *html.Node) (all []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

// each gives every element of every page.
func each(t *testing.T, look func(s sample, n *html.Node)) {
	t.Helper()
	for _, s := range samples(t) {
		for _, n := range elements(parsed(t, s)) {
			look(s, n)
		}
	}
}

func TestNothingInAPageIsInline(t *testing.T) {
	each(t, func(s sample, n *html.Node) {
		src, _ := attribute(n, "src")
		if n.Data == "style" || n.Data == "script" && !strings.HasPrefix(src, "/assets/") {
			t.Errorf("%s: an inline <%s>, which the policy forbids", s.name, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				t.Errorf("%s: <%s %s=%q>, which the policy forbids", s.name, n.Data, a.Key, a.Val)
			}
		}
	})
}

func TestEveryIdIsThereOnce(t *testing.T) {
	seen := map[string]bool{}
	each(t, func(s sample, n *html.Node) {
		id, ok := attribute(n, "id")
		if !ok {
			return
		}
		if id == "" || seen[s.name+" "+id] {
			t.Errorf("%s: <%s id=%q> is there twice, or empty", s.name, n.Data, id)
		}
		seen[s.name+" "+id] = true
	})
	if len(seen) < 100 {
		t.Errorf("only %d ids were seen", len(seen))
	}
}

func TestEveryReferenceLeadsToAnId(t *testing.T) {
	ids := map[string]bool{}
	each(t, func(s sample, n *html.Node) {
		id, _ := attribute(n, "id")
		ids[s.name+" "+id] = true
	})
	each(t, func(s sample, n *html.Node) {
		var refs []string
		for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "popovertarget", "data-copy"} {
			value, _ := attribute(n, name)
			refs = append(refs, strings.Fields(value)...)
		}
		if to, _ := attribute(n, "href"); strings.HasPrefix(to, "#") {
			refs = append(refs, to[1:])
		}
		for _, ref := range refs {
			if !ids[s.name+" "+ref] {
				t.Errorf("%s: <%s> refers to %q, which is not there", s.name, n.Data, ref)
			}
		}
	})
}

func TestEveryInputHasALabel(t *testing.T) {
	for _, s := range samples(t) {
		root := parsed(t, s)
		labelled := map[string]bool{}
		for _, n := range elements(root) {
			if id, ok := attribute(n, "for"); ok && n.Data == "label" {
				labelled[id] = true
			}
		}
		for _, n := range elements(root) {
			kind, _ := attribute(n, "type")
			if !slices.Contains([]string{"input", "select", "textarea"}, n.Data) || kind == "hidden" {
				continue
			}
			id, _ := attribute(n, "id")
			_, named := attribute(n, "aria-label")
			if !labelled[id] && !named && n.Parent.Data != "label" {
				t.Errorf("%s: <%s id=%q> has no label", s.name, n.Data, id)
			}
		}
	}
}

func TestHeadingsGoDownOneStepAtATime(t *testing.T) {
	for _, s := range samples(t) {
		last, ones := 0, 0
		for _, n := range elements(parsed(t, s)) {
			if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
				continue
			}
			level := int(n.Data[1] - '0')
			if level > last+1 {
				t.Errorf("%s: <h%d> after <h%d>", s.name, level, last)
			}
			if level == 1 {
				ones++
			}
			last = level
		}
		if ones != 1 {
			t.Errorf("%s: %d headings of the first level", s.name, ones)
		}
	}
}

// routes answers with the pattern that a request fits; "" for none.
func routes() func(method, address string) string {
	mux := http.NewServeMux()
	for _, pattern := range pages.Routes() {
		mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	}
	return func(method, address string) string {
		_, pattern := mux.Handler(httptest.NewRequest(method, address, nil))
		return pattern
	}
}

func TestEveryLinkAndFormLeadsToAKnownRoute(t *testing.T) {
	match := routes()
	for _, s := range samples(t) {
		for _, n := range elements(parsed(t, s)) {
			method, name := "GET", "href"
			if n.Data == "form" {
				name = "action"
				posts, _ := attribute(n, "method")
				method = strings.ToUpper(posts)
			}
			to, ok := attribute(n, name)
			if !ok || strings.HasPrefix(to, "#") || n.Data == "link" {
				continue
			}
			outside := strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "https://")
			if rel, _ := attribute(n, "rel"); outside && n.Data == "a" && strings.Contains(rel, "noopener") {
				continue
			}
			if match(method, to) == "" {
				t.Errorf("%s: %s %s leads to no known route", s.name, method, to)
			}
		}
	}
}

func TestEveryFormPostsOrAsksAndHasAButton(t *testing.T) {
	each(t, func(s sample, n *html.Node) {
		if n.Data != "form" {
			return
		}
		if method, _ := attribute(n, "method"); method != "post" && method != "get" {
			t.Errorf("%s: a form with the method %q", s.name, method)
		}
		if !slices.ContainsFunc(elements(n), submits) {
			t.Errorf("%s: a form that cannot be sent", s.name)
		}
	})
}

func submits(n *html.Node) bool {
	kind, _ := attribute(n, "type")
	return n.Data == "button" && kind != "button"
}

// nasty is what would do something where it is not escaped.
const nasty = "\"'><script>alert(1)</script><img src=x onerror=alert(1)></title></textarea></option></svg>{{.}}\x1b[2J\u202e\u200b\x00"

// steady are the fields that are this server's own words, never a target's or a
// user's: ids, addresses, states.
var steady = []string{"ID", "Scan", "To", "Status", "Severity", "Role", "Path", "Assets", "Theme", "Before", "After", "Value", "Range", "Latest", "Monitored", "Key", "Kind", "Token"}

// spoil puts the nasty text into every text of a value that comes from elsewhere.
func spoil(v reflect.Value) reflect.Value {
	spoilt := reflect.New(v.Type()).Elem()
	spoilt.Set(v)
	switch v.Kind() {
	case reflect.String:
		spoilt.SetString(nasty)
	case reflect.Pointer:
		if !v.IsNil() {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(spoil(v.Elem()))
			spoilt.Set(p)
		}
	case reflect.Slice:
		spoilt.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			spoilt.Index(i).Set(spoil(v.Index(i)))
		}
	case reflect.Map:
		spoilt.Set(spoilMap(v))
	case reflect.Struct:
		spoilFields(v, spoilt)
	}
	return spoilt
}

func spoilMap(v reflect.Value) reflect.Value {
	if v.IsNil() || v.Type().Elem().Kind() != reflect.String {
		return v
	}
	spoilt := reflect.MakeMap(v.Type())
	for _, key := range v.MapKeys() {
		spoilt.SetMapIndex(key, reflect.ValueOf(nasty))
	}
	return spoilt
}

func spoilFields(v, spoilt reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.IsExported() && !(slices.Contains(steady, f.Name) && f.Type.Kind() != reflect.Struct) {
			spoilt.Field(i).Set(spoil(v.Field(i)))
		}
	}
}

// shape are the elements in their order, each with its attributes' names.
func shape(root *html.Node) (all []string) {
	for _, n := range elements(root) {
		says := n.Data
		for _, a := range n.Attr {
			says += " " + a.Key
		}
		all = append(all, says)
	}
	return all
}

func TestHostileTextsDrawNothing(t *testing.T) {
	for _, s := range samples(t) {
		if strings.HasPrefix(s.name, "report-") || s.name == "finding" || s.name == "compliance" {
			continue // documents, which have tests of their own texts
		}
		bad := s
		bad.view = spoil(reflect.ValueOf(s.view)).Interface().(pages.View)
		bad.shell = spoil(reflect.ValueOf(s.shell)).Interface().(pages.Shell)
		text := drawn(t, bad)
		if bytes.ContainsAny(text, "\x00\x1b\u202e\u200b") {
			t.Errorf("%s: a character that cannot be seen comes through", s.name)
		}
		if !bytes.Contains(text, []byte("&lt;U+202E&gt;")) && !bytes.Contains(text, []byte("&lt;U+202E>")) {
			t.Errorf("%s: no hostile text was drawn", s.name)
		}
		for _, n := range elements(parsed(t, bad)) {
			src, _ := attribute(n, "src")
			if n.Data == "img" || n.Data == "script" && !strings.HasPrefix(src, "/assets/") {
				t.Errorf("%s: hostile text became <%s>", s.name, n.Data)
			}
		}
	}
}

func TestHostileReportDrawsNothing(t *testing.T) {
	want := []string{"script src type"}
	for _, tag := range shape(parsed(t, sample{"hostile", shell("/scans/x"), ended(t, "hostile")})) {
		name, _, _ := strings.Cut(tag, " ")
		if name == "img" || name == "iframe" || name == "style" || name == "script" && !slices.Contains(want, strings.Join(strings.Fields(tag), " ")) && tag != "script type src" {
			t.Errorf("hostile text became <%s>", tag)
		}
	}
}

func TestHugeReportStaysSmall(t *testing.T) {
	for _, s := range samples(t) {
		if text := drawn(t, s); s.name == "report-huge" && len(text) > 4<<20 || bytes.Contains(text, []byte("ZgotmplZ")) {
			t.Errorf("%s: %d bytes, or an address that was refused", s.name, len(text))
		}
	}
}

// The report of a bad target, and one of three hundred findings.
func BenchmarkReport(b *testing.B) {
	for _, name := range []string{"report-demo", "report-huge", "home"} {
		all := samples(b)
		s := all[slices.IndexFunc(all, func(s sample) bool { return s.name == name })]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				drawn(b, s)
			}
		})
	}
}
