// Hostile answers: nothing breaks, nothing swells, nothing is repeated that a
// terminal would obey.

package stack

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"middlebrick/httphead"
	"middlebrick/observe"
)

func FuzzAnswer(f *testing.F) {
	files, err := filepath.Glob("testdata/answers/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range request.Split(string(text), -1) {
			f.Add([]byte(part), "https://app.test/users")
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, url string) {
		in := bufio.NewReader(bytes.NewReader(raw))
		head, err := httphead.ReadHead(in)
		if err != nil && head.Status == 0 {
			return
		}
		body, _ := io.ReadAll(in)
		s := stackOf([]answer{{url: url, head: head, body: body, ref: "x/1"}})
		if len(s.Parts) > 60 {
			t.Errorf("%d parts of one answer", len(s.Parts))
		}
		for _, part := range s.Parts {
			holdPart(t, part)
		}
	})
}

func holdPart(t *testing.T, part observe.Part) {
	t.Helper()
	for _, text := range []string{part.Name, part.Version, part.Because} {
		if len(text) > 400 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("%q", text)
		}
	}
	if part.Name == "" || part.Because == "" || confidence[part.Confidence] == 0 {
		t.Errorf("%+v", part)
	}
}

// BenchmarkBigPages is the worst that a scan reads: every page a megabyte.
func BenchmarkBigPages(b *testing.B) {
	a := answer{url: "https://app.test/x", head: httphead.Head{Proto: "HTTP/1.1", Status: 404, Reason: "NOT FOUND"}, body: bytes.Repeat([]byte(formField+"<html><title>"), 1<<20/66)}
	for b.Loop() {
		newFinder().answer(a)
	}
}
