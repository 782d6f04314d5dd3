// The built-in policies are sound, and a policy that is not says exactly why.

package policy

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestBuiltInPoliciesAreReadable(t *testing.T) {
	var names []string
	for _, p := range All() {
		names = append(names, p.Name+" "+p.Version)
		if p.Source == "" || p.Title == "" || p.Title == p.Name {
			t.Errorf("%s has no title or no source", p.Name)
		}
	}
	want := []string{"bsi-tr-02102-2 2025-01", "mozilla-intermediate 5.7", "mozilla-modern 5.7", "mozilla-old 5.7", "nist-800-52r2 revision 2", "pci-dss 4.0.1"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("policy.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("policy.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBuiltInPoliciesFitTheirSchema(t *testing.T) {
	s := schema(t)
	entries, err := files.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := files.ReadFile("data/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", entry.Name(), err)
		}
	}
}

var wrongFiles = []struct{ name, text, want string }{
	{"no JSON", "versions: TLS 1.3", `line 1 is no JSON`},
	{"a comma too many", "{\n \"name\": \"a\",\n}", `line 3 is no JSON`},
	{"a misspelt field", "{\n \"version\": \"1\",\n \"verions\": {}}", `line 3: there is no field "verions"; the fields are listed by`},
	{"a misspelt inner field", `{"hsts": {"minimumSecond": 1}}`, `there is no field "minimumSecond"`},
	{"a number for a list", `{"versions": {"allowed": 13}}`, `versions.allowed is a number where a list is wanted`},
	{"text for a number", `{"hsts": {"minimumSeconds": "1 year"}}`, `hsts.minimumSeconds is a string where a whole number is wanted`},
	{"an unknown version", `{"versions": {"allowed": ["TLS 1.3", "TLSv1.2"]}}`, `versions.allowed[1]: "TLSv1.2" is none that is known; write SSLv2,`},
	{"required and not allowed", `{"versions": {"allowed": ["TLS 1.3"], "required": ["TLS 1.2"]}}`, `versions.required: TLS 1.2 is required and not allowed; add it to versions.allowed`},
	{"OpenSSL's name", `{"suites": {"TLS 1.2": {"allowed": ["ECDHE-RSA-AES128-GCM-SHA256"]}}}`, `suites."TLS 1.2".allowed[0]: "ECDHE-RSA-AES128-GCM-SHA256" is none that is known; write the name in IANA's registry`},
	{"a suite of another version", `{"suites": {"TLS 1.3": {"allowed": ["TLS_RSA_WITH_AES_128_CBC_SHA"]}}}`, `cannot be chosen at TLS 1.3; move it`},
	{"suites of no version", `{"suites": {"1.3": {"allowed": []}}}`, `suites: "1.3" is no version; write SSLv2,`},
	{"an unknown group", `{"groups": {"anyOf": ["P-256"]}}`, `groups.anyOf[0]: "P-256" is none that is known`},
	{"an unknown scheme", `{"signatureSchemes": {"allowed": ["sha1"]}}`, `signatureSchemes.allowed[0]: "sha1" is none`},
	{"an unknown kind", `{"strength": {"minimumBits": 128, "forbidden": ["weak"]}}`, `strength.forbidden[0]: "weak" is none that is known; write one of null, anonymous,`},
	{"an unknown order", `{"preference": {"order": "both"}}`, `preference.order: "both" is neither client nor server`},
	{"a slip of a number", `{"finiteField": {"minimumBits": 20480}}`, `finiteField.minimumBits: 20480 is not from 512 to 16384`},
	{"HSTS of nothing", `{"hsts": {}}`, `hsts.minimumSeconds: 0 is not from 1`},
	{"nothing asked", `{"name": "empty"}`, `it asks for nothing; give it at least one section`},
	{"two policies", `{"staple": {}} {"staple": {}}`, `something follows the policy's closing brace`},
	{"a list", `[]`, `it is an array where a JSON object is wanted`},
	{"nothing at all", ``, `it is no JSON object`},
}

func TestWrongPolicyNamesTheFieldAndTheMend(t *testing.T) {
	for _, w := range wrongFiles {
		_, err := Parse("own.json", []byte(w.text))
		if err == nil || !strings.HasPrefix(err.Error(), "reading policy own.json: ") || !strings.Contains(err.Error(), w.want) {
			t.Errorf("%s: %v, want %q", w.name, err, w.want)
		}
	}
}

// What the schema refuses, Parse refuses too; Parse knows names that a schema
// does not list.
func TestSchemaRefusesNothingThatIsSound(t *testing.T) {
	s := schema(t)
	for _, w := range wrongFiles {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(w.text))
		if err != nil || s.Validate(doc) == nil {
			continue
		}
		if _, err := Parse("own.json", []byte(w.text)); err == nil {
			t.Errorf("%s: the schema refuses what is read", w.name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, w := range wrongFiles {
		f.Add([]byte(w.text))
	}
	text, err := files.ReadFile("data/mozilla-old.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse("fuzz", text)
		if err == nil && Check(p, recording(t)).Outcome == Pass {
			t.Error("a policy passes a recording in which nothing was seen")
		}
	})
}
