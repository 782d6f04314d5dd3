// The scanner of JSON against encoding/json.

package cookieshape

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

var jsonTexts = []string{
	`{}`, `[]`, `""`, `0`, `-0`, `-1.5e+3`, `1E9`, `01`, `1.`, `.5`, `-`, `1e`, `+1`, `true`, `nul`, `"a`, `"\x"`, `"\u12"`, `"\u00e9\n"`,
	"\"\t\"", `{"a":1,"a":2}`, `{"a":1,}`, `[1,]`, `{a:1}`, `{"a" : [ 1 , {"b":null} ] }`, ` 1 `, `1 2`, `[[[[[]]]]]`, `{" t":[1]}`, "",
}

func TestScannerTakesWhatJSONIs(t *testing.T) {
	for _, text := range jsonTexts {
		if _, ok := scanJSON([]byte(text)); ok != json.Valid([]byte(text)) {
			t.Errorf("%q: scanned %v", text, ok)
		}
	}
	for text, want := range map[string]bool{
		`{"a":NaN,"b":[Infinity,-Infinity]}`: true, `nan`: false, `-NaN`: false, `[` + strings.Repeat("[", 63) + strings.Repeat("]", 64): true,
		strings.Repeat("[", 66) + strings.Repeat("]", 66): false,
	} {
		if _, ok := scanJSON([]byte(text)); ok != want {
			t.Errorf("%q: scanned %v", text, ok)
		}
	}
}

func FuzzScanJSON(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, ok := scanJSON(data)
		pythonic := strings.Contains(string(data), "NaN") || strings.Contains(string(data), "Infinity")
		deep := strings.Count(string(data), "[")+strings.Count(string(data), "{") > maxDepth
		if valid := json.Valid(data) && utf8.Valid(data); ok != valid && !pythonic && !deep {
			t.Fatalf("scanned %v, encoding/json says %v", ok, valid)
		}
		if !ok || doc.kind != '{' || pythonic {
			return
		}
		var names map[string]json.RawMessage
		if err := json.Unmarshal(data, &names); err != nil {
			t.Fatal(err)
		}
		if len(doc.keys) > len(names) {
			t.Fatalf("%q of %d names", doc.keys, len(names))
		}
	})
}
