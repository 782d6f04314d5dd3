// The published schema holds every rendered document, and refuses wrong ones.

package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"middlebrick/report"
)

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.SchemaJSON))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readDocument(t testing.TB, text []byte) any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestRenderedJSONIsValidAndTheReportItself(t *testing.T) {
	schema := compiled(t)
	for _, name := range fixtures {
		want := fixture(t, name)
		text, err := JSON(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(readDocument(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got report.Report
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s changed on the way through JSON (-want +got):\n%s", name, diff)
		}
	}
}

func TestEscapedJSONIsTheSameDocument(t *testing.T) {
	base := fixture(t, "good")
	rapid.Check(t, func(t *rapid.T) {
		base.ErrorMessage = strings.ToValidUTF8(anyText(t, "text"), "?")
		text, err := JSON(base)
		if err != nil {
			t.Fatal(err)
		}
		var got report.Report
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
		if got.ErrorMessage != base.ErrorMessage {
			t.Fatalf("%q became %q", base.ErrorMessage, got.ErrorMessage)
		}
	})
}

// A mutation makes one document wrong; at is the path that is changed.
type mutation struct {
	name string
	at   []any
	to   any // nil: the member is taken away
}

type null struct{}

var mutations = []mutation{
	{"another schema", []any{"schema"}, "middlebrick.scan/2.0"},
	{"no schema", []any{"schema"}, nil},
	{"a status of its own", []any{"status"}, "done"},
	{"an unsafe method", []any{"method"}, "POST"},
	{"a URL of another scheme", []any{"apiUrl"}, "file:///etc/passwd"},
	{"a time that is none", []any{"createdAt"}, "yesterday"},
	{"a score above 100", []any{"overall"}, 101},
	{"a score that is text", []any{"overall"}, "8"},
	{"a score with a fraction", []any{"overall"}, 7.5},
	{"a score without its letter", []any{"letterGrade"}, null{}},
	{"a letter without its score", []any{"overall"}, null{}},
	{"a letter E", []any{"letterGrade"}, "E"},
	{"no cap, where null is meant", []any{"cappedBy"}, nil},
	{"findings that are null", []any{"findings"}, null{}},
	{"passed that is null", []any{"passed"}, null{}},
	{"notTested that is null", []any{"notTested"}, null{}},
	{"an answer of its own", []any{"attack", "answer"}, "maybe"},
	{"a path without a state", []any{"attack", "paths", 0, "holds"}, nil},
	{"a path that holds partly", []any{"attack", "paths", 0, "holds"}, "partly"},
	{"paths that are null", []any{"attack", "paths"}, null{}},
	{"a check that is missing", []any{"categories", "SSRF"}, nil},
	{"a check's score that is text", []any{"categories", "Encryption"}, "8"},
	{"a check that was not assessed with a score", []any{"checks", 0, "score"}, 100},
	{"a check that was assessed without a score", []any{"checks", 7, "score"}, null{}},
	{"a check by another name", []any{"checks", 7, "name"}, "TLS"},
	{"arithmetic that is null", []any{"checks", 7, "arithmetic"}, null{}},
	{"a severity of its own", []any{"findings", 0, "severity"}, "severe"},
	{"a fingerprint cut short", []any{"findings", 0, "id"}, "9c1f"},
	{"a finding without a rule", []any{"findings", 0, "rule"}, nil},
	{"a finding without evidence", []any{"findings", 0, "evidence"}, nil},
	{"evidence that is null", []any{"findings", 0, "evidence"}, null{}},
	{"a reference to a script", []any{"findings", 0, "references", 0, "url"}, "javascript:alert(1)"},
	{"a risk of another list", []any{"findings", 0, "owasp"}, "A01:2021"},
	{"new that is text", []any{"findings", 0, "new"}, "yes"},
	{"a reason of its own", []any{"notTested", 0, "reason"}, "tired"},
	{"a step that mends nothing", []any{"road", 0, "fix"}, []any{}},
	{"an answer of the wire of its own", []any{"tls", "versions", "SSLv3", "result"}, "no"},
	{"a port beyond 65535", []any{"target", "port"}, 65536},
	{"addresses that are null", []any{"target", "addresses"}, null{}},
	{"a letter of its own", []any{"labs", "grade"}, "A++"},
	{"a letter of another guide", []any{"labs", "guide"}, "2009q"},
	{"caps that are null", []any{"labs", "caps"}, null{}},
	{"a policy that passes partly", []any{"policies", 0, "outcome"}, "partly"},
	{"an item without a wish", []any{"policies", 0, "items", 0, "want"}, nil},
	{"a client that perhaps connects", []any{"clients", 0, "outcome"}, "perhaps"},
	{"a client known by hearsay", []any{"clients", 0, "basis"}, "hearsay"},
	{"suites of a client that are null", []any{"clients", 2, "suites"}, null{}},
	{"negative cost", []any{"cost", "connections"}, -1},
	{"a failed scan with findings", []any{"status"}, "failed"},
}

func TestWrongDocumentsAreRefused(t *testing.T) {
	schema := compiled(t)
	text, err := JSON(fixture(t, "flask"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		doc := readDocument(t, text)
		change(t, doc, m)
		if schema.Validate(doc) == nil {
			t.Errorf("the schema accepts %s (%v)", m.name, m.at)
		}
	}
}

func TestWrongOffersAreRefused(t *testing.T) {
	schema := compiled(t)
	text, err := JSON(fixture(t, "tls"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []mutation{
		{"an answer to a fallback of its own", []any{"tls", "fallback", "answer", "result"}, "maybe"},
		{"a protocol without its name", []any{"tls", "protocols", "asked", 0, "protocol"}, nil},
		{"signatures of no version", []any{"tls", "signatures", "versions"}, nil},
		{"tolerance without an answer", []any{"tls", "tolerance", "long"}, nil},
		{"a version of the future as a number", []any{"tls", "tolerance", "future", 0, "offered"}, 773},
		{"sameness not told", []any{"tls", "nameless", "same"}, nil},
	} {
		doc := readDocument(t, text)
		change(t, doc, m)
		if schema.Validate(doc) == nil {
			t.Errorf("the schema accepts %s (%v)", m.name, m.at)
		}
	}
}

func change(t *testing.T, doc any, m mutation) {
	t.Helper()
	for _, step := range m.at[:len(m.at)-1] {
		doc = child(t, doc, step)
	}
	last := m.at[len(m.at)-1]
	parent := doc.(map[string]any)
	key := last.(string)
	if _, ok := parent[key]; !ok {
		t.Fatalf("%s: there is no %v to change", m.name, m.at)
	}
	switch m.to.(type) {
	case nil:
		delete(parent, key)
	case null:
		parent[key] = nil
	default:
		parent[key] = m.to
	}
}

func child(t *testing.T, doc, step any) any {
	t.Helper()
	switch s := step.(type) {
	case string:
		return doc.(map[string]any)[s]
	case int:
		return doc.([]any)[s]
	}
	t.Fatalf("step %v is neither a name nor a number", step)
	return nil
}

func TestOnlyOptionalMembersCanBeTakenAway(t *testing.T) {
	schema := compiled(t)
	text, err := JSON(fixture(t, "flask"))
	if err != nil {
		t.Fatal(err)
	}
	optional := map[string]bool{"errorMessage": true, "withheld": true}
	for key := range readDocument(t, text).(map[string]any) {
		doc := readDocument(t, text).(map[string]any)
		delete(doc, key)
		if err := schema.Validate(doc); (err == nil) != optional[key] {
			t.Errorf("without %s: %v", key, err)
		}
	}
}

func TestAddedMembersAreAllowed(t *testing.T) {
	doc := readDocument(t, must(JSON(fixture(t, "flask")))).(map[string]any)
	doc["later"] = "added"
	doc["target"].(map[string]any)["later"] = true
	if err := compiled(t).Validate(doc); err != nil {
		t.Error(err)
	}
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}
