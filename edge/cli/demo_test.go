// The demonstration with the real engine: it shows what it was built to show,
// and its report is valid against the published schema.

package cli

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"middlebrick/report"
)

// shown are the rules that the weak API must fail.
var shown = []string{
	"encryption.apilinks", "encryption.basicauth", "encryption.certadhoc", "encryption.cookieonhttp", "encryption.cookiesecure",
	"encryption.devserver", "encryption.forgedhost", "encryption.hstsmissing", "encryption.mixedactive", "encryption.mixedform",
	"encryption.mixedpassive", "encryption.plainhttp", "encryption.proxyscheme", "encryption.secretkey", "encryption.suite3des",
	"encryption.suiterc4", "encryption.suitestatickey", "encryption.tls10", "encryption.tls11",
}

func TestTheDemonstrationShowsWhatItWasBuiltToShow(t *testing.T) {
	b := newBench()
	b.engine = Local()
	b.Now = time.Now
	if exit := b.run("demo", "-q", "--format", "json"); exit != 0 {
		t.Fatalf("exit %d: %s", exit, b.err.String())
	}
	valid(t, b.out.Bytes())
	var r report.Report
	if err := json.Unmarshal(b.out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	var failed, known []string
	for _, f := range r.Findings {
		failed = append(failed, f.Rule)
	}
	for _, m := range b.engine.Rules() {
		known = append(known, m.ID)
	}
	for _, id := range shown {
		if slices.Contains(known, id) && !slices.Contains(failed, id) {
			t.Errorf("%s does not fail", id)
		}
	}
	if r.Attack.Answer != "yes" || r.LetterGrade == nil || *r.LetterGrade != "F" {
		t.Errorf("the answer is %q, the grade %v", r.Attack.Answer, r.LetterGrade)
	}
}

func valid(t *testing.T, text []byte) {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.SchemaJSON))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(doc); err != nil {
		t.Errorf("the report is not valid: %v", err)
	}
}

func TestTheReportOfAnUnreachableTargetIsValid(t *testing.T) {
	b := newBench()
	b.engine = Local()
	b.Now = time.Now
	if exit := b.run("scan", "-q", "--format", "json", "http://127.0.0.1:1"); exit != exitNoVerdict {
		t.Fatalf("exit %d: %s", exit, b.err.String())
	}
	valid(t, b.out.Bytes())
}
