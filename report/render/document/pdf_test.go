// The PDF read back by poppler: its text, its outline, its pages as pictures.

package document_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/report"
)

// poppler gives a PDF to one of poppler's programs; a fault in the file, which they
// tell on stderr, fails the test.
func poppler(t *testing.T, pdf []byte, program string, args ...string) []byte {
	t.Helper()
	bin, err := exec.LookPath(program)
	if err != nil {
		t.Skip("needs Debian package poppler-utils")
	}
	cmd := exec.Command(bin, args...)
	cmd.Stdin = bytes.NewReader(pdf)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Fatalf("%s: %v %s", program, err, complaints.String())
	}
	return out.Bytes()
}

// squeeze takes out all that breaking lines can change.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }

// pdfText is the text of a PDF, without spaces.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	return squeeze(string(poppler(t, pdf, "pdftotext", "-enc", "UTF-8", "-", "-")))
}

func TestPDFSaysWhatTheReportSays(t *testing.T) {
	for _, name := range []string{"flask", "demo", "good", "tls", "unreached"} {
		r := fixture(t, name)
		text := pdfText(t, drawn(t, "pdf", r))
		wanted := append(titles(r), r.Attack.Sentence, r.Method+" "+r.APIURL, r.ErrorMessage, "The scan, and what it cost")
		for _, f := range r.Findings {
			wanted = append(wanted, f.Description, f.Rule)
			wanted = append(wanted, f.Reproduce...)
		}
		wanted = append(append(wanted, r.Passed...), r.NotApplicable...)
		for _, one := range wanted {
			if !strings.Contains(text, squeeze(one)) {
				t.Errorf("%s: the PDF does not say %q", name, one)
			}
		}
	}
}

// outline is what pdftohtml says of a PDF in XML, which it writes to a file only.
func outline(t *testing.T, pdf []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "outline")
	poppler(t, pdf, "pdftohtml", "-q", "-xml", "-i", "-", path)
	text, err := os.ReadFile(path + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var outlineItem = regexp.MustCompile(`<item page="[0-9]+">(.*?)</item>`)

func TestPDFHasBookmarksAndPageNumbers(t *testing.T) {
	r := fixture(t, "flask")
	pdf := drawn(t, "pdf", r)
	var marks []string
	for _, found := range outlineItem.FindAllStringSubmatch(outline(t, pdf), -1) {
		marks = append(marks, found[1])
	}
	for _, wanted := range append(titles(r), r.Attack.Sentence, "What was not tested", "Policies") {
		if !slices.Contains(marks, wanted) {
			t.Errorf("no bookmark %q in %q", wanted, marks)
		}
	}
	pages := bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page "))
	text := pdfText(t, pdf)
	for page := range pages {
		if says := fmt.Sprintf("%d/%d", page+1, pages); !strings.Contains(text, says) {
			t.Errorf("no page says %q", says)
		}
	}
	if pages < 3 {
		t.Errorf("%d pages", pages)
	}
}

// The pictures are there: the ring and the ways in have the colour of the answer.
func TestPDFDrawsItsPictures(t *testing.T) {
	for name, want := range map[string][3]uint32{"flask": {0x9c, 0x26, 0x1e}, "good": {0x00, 0x66, 0x4a}} {
		pdf := drawn(t, "pdf", fixture(t, name))
		for _, page := range []string{"1", "2"} {
			picture, err := png.Decode(bytes.NewReader(poppler(t, pdf, "pdftoppm", "-png", "-r", "50", "-f", page, "-l", page, "-")))
			if err != nil {
				t.Fatal(err)
			}
			if seen := dots(picture, want); seen < 40 {
				t.Errorf("%s: page %s has %d dots in the colour of the answer", name, page, seen)
			}
		}
	}
}

// dots counts the dots of one colour.
func dots(picture image.Image, colour [3]uint32) (n int) {
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			if [3]uint32{r >> 8, g >> 8, b >> 8} == colour {
				n++
			}
		}
	}
	return n
}

// What a viewer would do by itself, or when somebody clicks.
var acts = regexp.MustCompile(`/(?:JavaScript|JS|Launch|EmbeddedFile|SubmitForm|GoToR|RichMedia|XFA)\b`)

var addresses = regexp.MustCompile(`/URI \(([^)]*)\)`)

// objects are the PDF without its streams, in which every byte can stand.
func objects(pdf []byte) string {
	var out bytes.Buffer
	for len(pdf) > 0 {
		before, rest, _ := bytes.Cut(pdf, []byte("stream\n"))
		out.Write(before)
		_, pdf, _ = bytes.Cut(rest, []byte("endstream"))
	}
	return out.String()
}

func TestHostileTextsDoNothingInAPDF(t *testing.T) {
	plain := fixture(t, "flask")
	for _, text := range targetTexts(&plain) {
		*text = "x"
	}
	want := addresses.FindAllString(objects(drawn(t, "pdf", plain)), -1)
	if len(want) == 0 {
		t.Fatal("the references lead nowhere")
	}
	for _, evil := range nasty {
		r := fixture(t, "flask")
		for _, text := range targetTexts(&r) {
			*text = evil
		}
		pdf := drawn(t, "pdf", r)
		if found := acts.FindString(objects(pdf)); found != "" {
			t.Errorf("%q: the PDF has %s", evil, found)
		}
		if diff := cmp.Diff(want, addresses.FindAllString(objects(pdf), -1)); diff != "" {
			t.Errorf("%q: addresses (-with plain texts +with hostile ones):\n%s", evil, diff)
		}
		text := pdfText(t, pdf)
		if strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u202e' }) {
			t.Errorf("%q: the text has a control character", evil)
		}
		for _, sentence := range []string{"The scan, and what it cost", "encryption.plainhttp"} {
			if !strings.Contains(text, squeeze(sentence)) {
				t.Errorf("%q took away %q", evil, sentence)
			}
		}
	}
}

func TestWhatNoFontHasIsWrittenOut(t *testing.T) {
	r := fixture(t, "flask")
	r.Findings[0].Description = "Привет 漢字 \u202e {nb} (a) Tj"
	if text := pdfText(t, drawn(t, "pdf", r)); !strings.Contains(text, "Привет<U+6F22><U+5B57><U+202E>{nb}(a)Tj") {
		t.Errorf("what the fonts have not is not written out: %s", text[:400])
	}
}

func TestSameReportIsTheSamePDF(t *testing.T) {
	r := fixture(t, "tls")
	want := drawn(t, "pdf", r)
	results := make(chan []byte)
	for range 4 {
		go func() { results <- drawn(t, "pdf", r) }()
	}
	for range 4 {
		if !bytes.Equal(want, <-results) {
			t.Error("two PDFs of one report differ")
		}
	}
}

// One long text, and many findings: the pages go on.
func TestLongReportsFillPages(t *testing.T) {
	r := fixture(t, "flask")
	one := r.Findings[0]
	r.Findings = []report.Finding{}
	for i := range 200 {
		f := one
		f.Rule, f.Title = fmt.Sprintf("encryption.rule%d", i), fmt.Sprintf("Number %d", i)
		f.Description = strings.Repeat("long ", 1000)
		r.Findings = append(r.Findings, f)
	}
	text := pdfText(t, drawn(t, "pdf", r))
	for i := range 200 {
		if !strings.Contains(text, fmt.Sprintf("Number%d", i)) {
			t.Errorf("finding %d is not there", i)
		}
	}
}
