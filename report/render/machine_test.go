// What holds for every format for programs: hostile text leaves it well-formed and
// harmless. Each is parsed back by a strict reader.

package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/report"
	"middlebrick/rule"
)

// book is the pages of rules, small enough for goldens.
func book(id string) (rule.Meta, rule.Doc, bool) {
	titles := map[string]string{"encryption.plainhttp": "Plain HTTP serves the content", "encryption.certadhoc": "The certificate is Werkzeug's for development"}
	title, known := titles[id]
	meta := rule.Meta{
		ID: id, Title: title, Severity: rule.Critical, CWE: []rule.CWE{319}, OWASP: rule.API8,
		Cites: []rule.Cite{{Text: "RFC 9110 section 4.2.2", URL: "https://www.rfc-editor.org/rfc/rfc9110#section-4.2.2"}},
	}
	doc := rule.Doc{
		Opening: "Anyone on the path reads it.", Why: "Nothing is encrypted.",
		Fixes: map[string]string{"Flask": "Refuse:\n\n```python app\nabort(403)\n```", "Elsewhere": "End TLS at a proxy."},
	}
	return meta, doc, known
}

// programs are the formats that no person reads as they are.
var programs = []string{"sarif", "junit", "markdown", "gitlab-codequality", "gitlab-dast", "csv"}

func inFormat(t testing.TB, format string, r report.Report, o Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, format, r, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func machineOptions() Options {
	return Options{Gate: failing(), Explain: book, Place: Place{File: ".middlebrick.yaml", Line: 3}}
}

func TestMachineGoldens(t *testing.T) {
	for _, format := range programs {
		golden(t, "flask."+format, inFormat(t, format, fixture(t, "flask"), Options{Gate: failing(), Explain: book}))
	}
}

// The screen changes nothing in what programs read.
func TestFormatsForProgramsAreTheSameOnEveryScreen(t *testing.T) {
	for _, format := range programs {
		for _, name := range fixtures {
			o := machineOptions()
			want := inFormat(t, format, fixture(t, name), o)
			o.Screen, o.All = Screen{Width: 40, Color: true, ASCII: true, Actions: true}, true
			if diff := cmp.Diff(string(want), string(inFormat(t, format, fixture(t, name), o))); diff != "" {
				t.Errorf("%s of %s (-want +got):\n%s", format, name, diff)
			}
		}
	}
}

// strings are all texts of a document.
func texts(node any) []string {
	var out []string
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			out = append(append(out, key), texts(value)...)
		}
	case []any:
		for _, value := range n {
			out = append(out, texts(value)...)
		}
	case string:
		out = append(out, n)
	}
	return out
}

// strictly reads a document by the strict reader of its format and gives the texts
// that somebody would see.
func strictly(t testing.TB, format string, document []byte) []string {
	t.Helper()
	switch format {
	case "junit":
		return xmlTexts(t, document)
	case "csv":
		return csvTexts(t, document)
	case "markdown":
		return markdownTexts(t, document)
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(document))
	if err := decoder.Decode(&tree); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("%s: something follows the document", format)
	}
	return texts(tree)
}

func xmlTexts(t testing.TB, document []byte) []string {
	t.Helper()
	var out []string
	decoder := xml.NewDecoder(bytes.NewReader(document))
	decoder.Strict = true
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%v in:\n%s", err, document)
		}
		switch x := token.(type) {
		case xml.StartElement:
			for _, attribute := range x.Attr {
				out = append(out, attribute.Value)
			}
		case xml.CharData:
			out = append(out, string(x))
		case xml.Comment, xml.Directive:
			t.Fatalf("the document holds %T %s", x, x)
		}
	}
}

func csvTexts(t testing.TB, document []byte) []string {
	t.Helper()
	for piece := range strings.FieldsFuncSeq(string(document), func(r rune) bool { return strings.ContainsRune(";,\t\r\n", r) }) {
		if begins := strings.TrimLeft(piece, ` "`); begins != "" && strings.ContainsRune("=+-@", rune(begins[0])) {
			t.Fatalf("a spreadsheet with other separators would run %q", piece)
		}
	}
	reader := csv.NewReader(bytes.NewReader(document))
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range rows {
		for _, text := range row {
			if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
				t.Fatalf("a spreadsheet would run %q", text)
			}
			out = append(out, text)
		}
	}
	return out
}

// hostileReport has the same hostile text in every string of the report.
func hostileReport(t *rapid.T, base report.Report) report.Report {
	r := poison(t, base)
	r.Status = rapid.SampledFrom([]report.Status{report.Completed, report.Failed, report.Interrupted}).Draw(t, "status")
	bad := anyText(t, "detail") + rapid.SampledFrom(markdownTraps).Draw(t, "trap") + rapid.SampledFrom([]string{"", "=1", ";=1", ",@x", "]]>", "\x0b", "\ufffe", "&x;", "{0}"}).Draw(t, "cell")
	for i := range r.Findings {
		r.Findings[i].Description += bad
		r.Findings[i].Where = bad
	}
	for i := range 3 {
		r.NotTested = append(r.NotTested, report.NotTested{Rule: "encryption.rule" + strings.Repeat("x", i) + bad, Reason: "timeout", Detail: bad})
	}
	if rapid.Bool().Draw(t, "same id") && len(r.Findings) > 1 {
		r.Findings[1].ID, r.Findings[0].Where = r.Findings[0].ID, bad
	}
	return r
}

func TestHostileTextLeavesEveryFormatWellFormed(t *testing.T) {
	base := fixture(t, "flask")
	rapid.Check(t, func(rt *rapid.T) {
		r := hostileReport(rt, base)
		for _, format := range programs {
			document := inFormat(t, format, r, machineOptions())
			lines := strings.ReplaceAll(string(document), "\r\n", "\n")
			if found := obeyed(lines, Screen{Actions: true}); found != "" {
				rt.Fatalf("%s holds %q:\n%s", format, found, lines)
			}
			for _, text := range strictly(t, format, document) {
				if found := obeyed(strings.ReplaceAll(text, "\n", " "), Screen{}); found != "" && format != "markdown" {
					rt.Fatalf("%s leads to %q in %q", format, found, text)
				}
			}
		}
	})
}

func TestNoLineOfXMLIsACommandOfTheRunner(t *testing.T) {
	document := "<a>\n  ::error::x ##[error]y</a>"
	got := runnerSafe([]byte(document))
	if command.Match(got) {
		t.Errorf("the runner would obey %s", got)
	}
	var before, after string
	if err := errors.Join(xml.Unmarshal([]byte(document), &before), xml.Unmarshal(got, &after)); err != nil || before != after {
		t.Errorf("%q became %q: %v", before, after, err)
	}
}
