// Tests that hostile input costs no more than its length: tokens and memory
// are counted, never time.

package webpage

import (
	"runtime"
	"strings"
	"testing"
)

// lure is a text with a middle that is repeated.
type lure struct{ before, unit, after string }

// of returns it at about a size in bytes.
func (l lure) of(size int) []byte {
	return []byte(l.before + strings.Repeat(l.unit, size/len(l.unit)) + l.after)
}

// bait is what has made other readers quadratic. Each is repeated up to a
// megabyte.
var bait = map[string]lure{
	"nesting":              {"", "<div>", ""},
	"svg nesting":          {"<svg>", "<g>", ""},
	"svg in html in svg":   {"", "<svg><foreignObject>", ""},
	"math nesting":         {"<math>", "<mi>", ""},
	"stray ends":           {strings.Repeat("<svg><g>", 300), "</x>", ""},
	"formatting":           {"", "<b><i><a>", ""},
	"tables":               {"", "<table><td>", ""},
	"templates":            {"", "<template>", ""},
	"pictures":             {"", "<picture><source srcset=a>", ""},
	"selects":              {"", "<select><option>", ""},
	"open tags":            {"", "<", ""},
	"open comment":         {"<!--", "-", ""},
	"comments":             {"", "<!-->", ""},
	"open attribute":       {`<a href="`, "x", ""},
	"attributes":           {"<a ", "b=c ", ">"},
	"same attribute":       {"<a ", "b ", ">"},
	"entities":             {"", "&amp", ""},
	"entity in attribute":  {`<a href="`, "&am;", `">`},
	"doctypes":             {"", "<!doctype ", ""},
	"cdata":                {"<svg>", "<![CDATA[", ""},
	"escaped script":       {"<script>", "<!--<script>", ""},
	"raw ends":             {"<textarea>", "</textare", ""},
	"forms":                {"", "<form id=a><input type=password form=a>", ""},
	"images":               {"", "<img src=http://x.test/>", ""},
	"relative images":      {"<base href=https://x.test/" + strings.Repeat("a/", 900) + ">", "<img src=a>", ""},
	"long base":            {"<base href=http://x.test/" + strings.Repeat("a/", 900) + ">", "<img src=a>", ""},
	"srcset":               {`<img srcset="`, "a 1x,", `">`},
	"srcset commas":        {`<img srcset="`, ",", `">`},
	"srcset parentheses":   {`<img srcset="a `, "(", `">`},
	"dots":                 {`<img src="http://x.test/`, "../", `">`},
	"policies":             {"", `<meta http-equiv=content-security-policy content="img-src a b c"><img src=http://x.test/>`, ""},
	"sources":              {`<meta http-equiv=content-security-policy content="img-src `, "a.b.c ", `"><img src=http://x.test/>`},
	"hashes":               {"<meta http-equiv=content-security-policy content=\"script-src 'sha256-x' 'sha512-x'\">", "<script>a</script>", ""},
	"handlers":             {"", "<a onclick='a:b'>", ""},
	"style attributes":     {"", "<a style='a:b(c)'>", ""},
	"relations":            {`<link href="data:text/css,a" rel="`, "stylesheet ", `">`},
	"srcdoc":               {"", "<iframe srcdoc='<iframe srcdoc=x>'>", ""},
	"data frames":          {"", "<iframe src='data:text/html,<p>'>", ""},
	"css blocks":           {"<style>", "a{", "</style>"},
	"css parentheses":      {"<style>a{b:", "c(", "</style>"},
	"css brackets":         {"<style>", "[(", "</style>"},
	"css bad strings":      {"<style>", "\"\n", "</style>"},
	"css bad addresses":    {"<style>a{b:", "url(x y", "</style>"},
	"css hidden addresses": {"<style>a{b:", `u\72l(`, "</style>"},
	"css escapes":          {"<style>", `\`, "</style>"},
	"css comments":         {"<style>", "/*", "</style>"},
	"css imports":          {"<style>", "@import 'a';", "</style>"},
	"css declarations":     {"<style>a{", "background:url(http://x.test/);", "</style>"},
	"js parentheses":       {"<script>", "(", "</script>"},
	"js braces":            {"<script>", "{[", "</script>"},
	"js arrows":            {"<script>", "a=>", "</script>"},
	"js variables":         {"<script>", "var a,", "</script>"},
	"js slashes":           {"<script>", "/a/", "</script>"},
	"js expression bait":   {"<script>/", "(a+)+", "/</script>"},
	"js templates":         {"<script>", "`${", "</script>"},
	"js errors":            {"<script>", "#", "</script>"},
	"js bad numbers":       {"<script>", "1a ", "</script>"},
	"js strings":           {"<script>", "'", "</script>"},
	"js calls":             {"<script>", "fetch('http://x.test/');", "</script>"},
	"js writes":            {"<script>", "document.write('<p>');", "</script>"},
	"import map":           {"<script type=importmap>", `{"imports":`, "</script>"},
}

// cost reads a text and counts.
func cost(body []byte) (tokens int, allocated uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := newReader(Input{URL: "https://page.test/", Body: body})
	r.readMarkup(body, false)
	runtime.ReadMemStats(&after)
	return r.work, after.TotalAlloc - before.TotalAlloc
}

// Four times the input may cost at most a little more than four times the
// tokens and the memory. What is quadratic costs sixteen times.
func TestHostileInputStaysLinear(t *testing.T) {
	for name, l := range bait {
		tokens, memory := cost(l.of(1 << 18))
		tokens4, memory4 := cost(l.of(1 << 20))
		if tokens4 > 1<<20+64 {
			t.Errorf("%s: %d tokens in a megabyte", name, tokens4)
		}
		if tokens4 > tokens*9/2+64 {
			t.Errorf("%s: %d tokens in a quarter of a megabyte, %d in a whole", name, tokens, tokens4)
		}
		if memory4 > memory*6+1<<20 {
			t.Errorf("%s: %d bytes allocated for a quarter of a megabyte, %d for a whole", name, memory, memory4)
		}
	}
}
