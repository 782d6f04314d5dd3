// The reports that are drawn, and the drawing.

package document_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"middlebrick/report"
	"middlebrick/report/render"
)

// fixtures: a bad Flask API made by hand and one that is real, good ones, a target
// that could not be reached, and one whose every text is hostile.
var fixtures = []string{"flask", "demo", "good", "tls", "unreached", "hostile"}

func fixture(t fataler, name string) report.Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "reports", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r report.Report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(name, err)
	}
	return r
}

type fataler interface {
	Helper()
	Fatal(...any)
}

// drawn is the report in a format, with a gate that failed.
func drawn(t fataler, format string, r report.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	gate := &render.Gate{Outcome: "fail", Reasons: []string{"score 8 < threshold 80"}, Exit: 1}
	if err := render.Write(&out, format, r, render.Options{Gate: gate}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
