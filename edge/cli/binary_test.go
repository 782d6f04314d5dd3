// A PDF and the terminal.

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTerminalIsNotGivenAPDF(t *testing.T) {
	for _, args := range [][]string{{"--format", "pdf"}, {"-o", "pdf"}, {"-o", "pdf=-"}} {
		b := newBench()
		b.OutTTY = true
		got := b.run(append([]string{"scan", "https://a.test"}, args...)...)
		if got != 2 || b.out.Len() > 0 || !strings.Contains(b.err.String(), "-o pdf=report.pdf") {
			t.Errorf("%v: exit %d, stdout %d bytes, stderr %q", args, got, b.out.Len(), b.err.String())
		}
	}
}

func TestPipeAndFileAreGivenWhatTheyAskFor(t *testing.T) {
	dir := t.TempDir()
	pdf, html := filepath.Join(dir, "r.pdf"), filepath.Join(dir, "r.html")
	b := newBench()
	if got := b.run("scan", "https://a.test", "-o", "pdf="+pdf, "-o", "html="+html, "--format", "pdf"); got != 0 {
		t.Fatalf("exit %d: %s", got, b.err.String())
	}
	file, err := os.ReadFile(pdf)
	if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) || !bytes.Equal(file, b.out.Bytes()) {
		t.Errorf("file of %d bytes, stdout of %d (%v)", len(file), b.out.Len(), err)
	}
	page, err := os.ReadFile(html)
	if err != nil || !bytes.Contains(page, []byte("<!DOCTYPE html>")) || !bytes.HasSuffix(page, []byte("</html>\n")) {
		t.Errorf("the page has %d bytes (%v)", len(page), err)
	}
}
