// Outputs, summaries, annotations: no text ends early or becomes a command.

package ci

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/report"
)

// hostile is text of a target, with what the runner would obey in it.
func hostile() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"\n", "\r\n", "outcome<<x", "outcome=passed", "middlebrick-", "x\n", "::error::", "::stop-commands::x", "##[error]", "%0A", "%", ":", ",", "\x1b[31m", "\u202e", "é", "a"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(piece, rapid.String()), 0, 12).Draw(t, "pieces"), "")
	})
}

// readBack reads an output file as the runner does.
func readBack(t *rapid.T, text string) (all []Output) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		name, mark, ok := strings.Cut(lines[i], "<<")
		if !ok {
			t.Fatalf("no output begins with %q", lines[i])
		}
		var value []string
		for i++; lines[i] != mark; i++ {
			value = append(value, lines[i])
		}
		all = append(all, Output{name, strings.Join(value, "\n")})
	}
	return all
}

func TestOutputsAreReadBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		want := []Output{{"result", hostile().Draw(t, "result")}, {"outcome", "failed"}}
		path := filepath.Join(dir, "output")
		_ = os.Remove(path)
		random := bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "dice"))
		if err := WriteOutputs(path, random, want...); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, readBack(t, string(text))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOutputsNeedAFileThatCanBeWrittenAndChance(t *testing.T) {
	if err := WriteOutputs(filepath.Join(t.TempDir(), "no/such"), strings.NewReader(strings.Repeat("x", 16)), Output{"a", "b"}); err == nil {
		t.Error("a folder that is not there")
	}
	if err := WriteOutputs(filepath.Join(t.TempDir(), "out"), strings.NewReader("short"), Output{"a", "b"}); err == nil {
		t.Error("no chance, no line that nobody can guess")
	}
	if err := WriteOutputs("", nil, Output{"a", "b"}); err != nil {
		t.Errorf("outside of Actions: %v", err)
	}
}

var command3 = regexp.MustCompile(`^::(error|warning|notice) title=([^:,\n\r]*)::([^\n\r]*)$`)

func TestAnnotationsAreOneCommandWhateverTheySay(t *testing.T) {
	decode := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	rapid.Check(t, func(t *rapid.T) {
		title, message := hostile().Draw(t, "title"), hostile().Draw(t, "message")
		line := command(Warning, title, message)
		found := command3.FindStringSubmatch(line)
		if found == nil || strings.Contains(line, "##[") {
			t.Fatalf("not one command: %q", line)
		}
		if decode.Replace(found[2]) != harmless(title, 200) || decode.Replace(found[3]) != harmless(message, mostAnnotation) {
			t.Errorf("read back otherwise: %q", line)
		}
	})
}

func TestTheEleventhAnnotationOfAKindIsNotTold(t *testing.T) {
	var out bytes.Buffer
	notes := Annotations{Out: &out}
	told := 0
	for range 15 {
		if ok, err := notes.Say(Error, "a", "b"); ok && err == nil {
			told++
		}
	}
	if ok, _ := notes.Say(Notice, "a", "b"); told != 10 || !ok || strings.Count(out.String(), "\n") != 11 {
		t.Errorf("told %d errors: %s", told, out.String())
	}
}

func TestMasksHideEveryLineOfASecret(t *testing.T) {
	var out bytes.Buffer
	if err := Mask(&out, "first line\r\nno\nsecond%line\n"); err != nil {
		t.Fatal(err)
	}
	if want := "::add-mask::first line\n::add-mask::second%25line\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
}

func TestSummaryThatDoesNotFitIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	if err := WriteSummary(path, strings.Repeat("x", 1<<19)); err != nil {
		t.Fatal(err)
	}
	room := SummaryRoom(path)
	if room >= 1<<19 || WriteSummary(path, strings.Repeat("x", room)) == nil {
		t.Errorf("there was room for %d", room)
	}
	if err := WriteSummary(path, strings.Repeat("x", room-1)); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 1<<20 {
		t.Errorf("%v", info.Size())
	}
}

func TestResultThatIsTooLargeIsCutAndStaysAReport(t *testing.T) {
	finding := report.Finding{Rule: "encryption.tls10", Evidence: []report.Evidence{{Received: strings.Repeat("x", 900)}}, Fixes: []report.Fix{{Text: strings.Repeat("y", 900)}}, Reproduce: []string{"curl"}}
	for _, c := range []struct {
		findings, left  int
		whole, evidence bool
	}{{0, 0, true, false}, {20, 20, true, true}, {300, 300, false, false}, {2000, 300, false, false}} {
		r := report.Report{Schema: report.Schema}
		for range c.findings {
			r.Findings = append(r.Findings, finding)
		}
		text, whole := Result([]report.Report{r})
		if len(text) > mostResult || whole != c.whole || strings.Count(text, `"rule":"encryption.tls10"`) != c.left || strings.Contains(text, "xxx") != c.evidence {
			t.Errorf("%d findings: %d bytes, whole %v", c.findings, len(text), whole)
		}
		if len(r.Findings) > 0 && len(r.Findings[0].Evidence) == 0 {
			t.Error("the report itself was cut")
		}
	}
}

func TestSlugsAreNamesOfFilesAndTellTargetsApart(t *testing.T) {
	seen := map[string]string{}
	for _, url := range []string{"https://a.test/", "https://a.test/?x=1", "http://a.test/", "https://a.test:8443/../../etc", "https://[::1]/", "https://a.test/" + strings.Repeat("x/", 500)} {
		slug := Slug(report.Report{Method: "GET", APIURL: url})
		if !regexp.MustCompile(`^[A-Za-z0-9.-]{9,80}$`).MatchString(slug) || strings.HasPrefix(slug, ".") {
			t.Errorf("%s: %q is no name of a file", url, slug)
		}
		if seen[slug] != "" {
			t.Errorf("%s and %s are both %s", seen[slug], url, slug)
		}
		seen[slug] = url
	}
}

func TestMarkersCannotBeEndedByAName(t *testing.T) {
	job := Job{Workflow: "x --> <script>", Name: "scan\n-->"}
	marker := job.Marker(report.Report{Method: "GET", APIURL: "https://a.test/"})
	if strings.Count(marker, "-->") != 1 || !strings.HasSuffix(marker, "-->") || strings.Contains(marker, "\n") {
		t.Errorf("%q", marker)
	}
	if other := job.Marker(report.Report{Method: "GET", APIURL: "https://b.test/"}); other == marker {
		t.Error("two targets have one marker")
	}
}
