// The report for programs: one JSON document, or a stream of JSON lines.

package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"middlebrick/report"
)

// JSON is the report as it is, indented. Characters that a terminal or a CI log
// would obey are written as \u escapes: it is the same document to every parser.
func JSON(r report.Report) ([]byte, error) { return Value(r) }

// Value is any other document as JSON, made harmless in the same way.
func Value(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return harmless(out.Bytes()), nil
}

// harmless escapes what is not printable. Outside of strings JSON is printable
// ASCII, so that only characters of strings are touched.
func harmless(document []byte) []byte {
	out := make([]byte, 0, len(document))
	for len(document) > 0 {
		r, size := utf8.DecodeRune(document)
		switch {
		case r == '\n' || r >= 0x20 && r < 0x7f:
			out = append(out, byte(r))
		case unicode.IsPrint(r) && !unicode.Is(invisible, r) && r != utf8.RuneError:
			out = append(out, document[:size]...)
		default:
			out = append(out, jsonEscape(r)...)
		}
		document = document[size:]
	}
	// The runner of GitHub Actions obeys "##[" anywhere in a line.
	return bytes.ReplaceAll(out, []byte("##["), []byte(`#\u0023[`))
}

func jsonEscape(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	high, low := utf16.EncodeRune(r)
	return fmt.Sprintf(`\u%04x\u%04x`, high, low)
}

// StreamSchema is the version that a stream's first line names.
const StreamSchema = "middlebrick.stream/1"

// A Stream writes one JSON object a line, each with a type: "start", any number
// of "progress", then "check" for every rule, "finding" for every finding, and
// "end". A stream without "end" was cut short.
type Stream struct{ out io.Writer }

// NewStream writes the first line.
func NewStream(out io.Writer, engine, apiURL, method string) (*Stream, error) {
	s := &Stream{out}
	return s, s.line(struct {
		Type   string `json:"type"`
		Schema string `json:"schema"`
		Engine string `json:"engine"`
		APIURL string `json:"apiUrl"`
		Method string `json:"method"`
	}{"start", StreamSchema, engine, apiURL, method})
}

// Progress is one line of a scan that runs.
func (s *Stream) Progress(kind, name, text string, done, total int) error {
	return s.line(struct {
		Type  string `json:"type"`
		Kind  string `json:"kind"`
		Name  string `json:"name"`
		Text  string `json:"text"`
		Done  int    `json:"done"`
		Total int    `json:"total"`
	}{"progress", kind, name, text, done, total})
}

type streamCheck struct {
	Type   string `json:"type"`
	Rule   string `json:"rule"`
	Status string `json:"status"` // as rule.Outcome has it
	Detail string `json:"detail,omitempty"`
}

// End writes what was judged and the last line.
func (s *Stream) End(r report.Report, gate *Gate) error {
	for _, c := range streamChecks(r) {
		if err := s.line(c); err != nil {
			return err
		}
	}
	for _, f := range r.Findings {
		type line struct {
			Type string `json:"type"`
			report.Finding
		}
		if err := s.line(line{"finding", f}); err != nil {
			return err
		}
	}
	return s.line(struct {
		Type         string          `json:"type"`
		Status       report.Status   `json:"status"`
		ScanID       string          `json:"scanId"`
		Answer       string          `json:"answer"`
		Overall      *int            `json:"overall"`
		LetterGrade  *string         `json:"letterGrade"`
		Withheld     string          `json:"withheld,omitempty"`
		ErrorMessage string          `json:"errorMessage,omitempty"`
		Coverage     report.Coverage `json:"coverage"`
		Categories   map[string]*int `json:"categories"`
		Gate         *Gate           `json:"gate,omitempty"`
		Exit         int             `json:"exit"`
	}{"end", r.Status, r.ID, r.Attack.Answer, r.Overall, r.LetterGrade, r.Withheld, r.ErrorMessage, r.Coverage, r.Categories, gate, gate.exit()})
}

func (g *Gate) exit() int {
	if g == nil {
		return 0
	}
	return g.Exit
}

// streamChecks has one line a rule: failed rules in the order of the findings,
// then what was not tested, passed and does not apply.
func streamChecks(r report.Report) []streamCheck {
	var all []streamCheck
	seen := map[string]bool{}
	for _, f := range r.Findings {
		if !seen[f.Rule] {
			seen[f.Rule] = true
			all = append(all, streamCheck{"check", f.Rule, "fail", ""})
		}
	}
	for _, n := range r.NotTested {
		all = append(all, streamCheck{"check", n.Rule, "inconclusive", strings.TrimSpace(n.Detail)})
	}
	for _, id := range r.Passed {
		all = append(all, streamCheck{"check", id, "pass", ""})
	}
	for _, id := range r.NotApplicable {
		all = append(all, streamCheck{"check", id, "not-applicable", ""})
	}
	return all
}

func (s *Stream) line(v any) error {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := s.out.Write(harmless(out.Bytes()))
	return err
}

// ndjson is the whole stream of a finished report.
func ndjson(r report.Report, o Options) ([]byte, error) {
	var out bytes.Buffer
	s, err := NewStream(&out, r.Engine.Version, r.APIURL, r.Method)
	if err != nil {
		return nil, err
	}
	err = s.End(r, o.Gate)
	return out.Bytes(), err
}
