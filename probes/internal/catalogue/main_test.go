// Tests of the generator on folders made up in memory.

package main

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestEveryProbeOfEveryFolderIsListed(t *testing.T) {
	tree := fstest.MapFS{
		"all.go":                 file("package probes"),
		"hsts/hsts.go":           file("package hsts\n\nvar Probe = probe.Probe{Name: \"hsts\"}\n\nvar Plain = probe.Probe{}\n\nvar hidden = probe.Probe{}\n"),
		"hsts/hsts_test.go":      file("package hsts\n\nvar InTests = probe.Probe{}\n"),
		"cookies/cookies.go":     file("package cookies\n\nvar (\n\tLimit = 3\n\tProbe = probe.Probe{}\n\tOther = wire.Probe{}\n)\n\nfunc Run() {}\n"),
		"internal/hop/hop.go":    file("package hop\n\nvar Probe = probe.Probe{}\n"),
		"testdata/old/old.go":    file("not Go"),
		"cookies/more/deeper.go": file("package more\n\nvar Probe = probe.Probe{}\n"),
	}
	got, err := probes(tree)
	if err != nil {
		t.Fatal(err)
	}
	want := []found{{"cookies", "Probe"}, {"hsts", "Plain"}, {"hsts", "Probe"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(found{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	source, err := render(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"\"middlebrick/probes/hsts\"\n)", "\tcookies.Probe,\n\thsts.Plain,\n\thsts.Probe,\n"} {
		if !strings.Contains(string(source), part) {
			t.Errorf("the list lacks %q:\n%s", part, source)
		}
	}
}

func TestFolderWithoutAProbeIsAnError(t *testing.T) {
	for name, text := range map[string]string{"no probe": "package cookies\n", "no Go": "packag"} {
		if _, err := probes(fstest.MapFS{"cookies/cookies.go": file(text)}); err == nil || !strings.Contains(err.Error(), "cookies") {
			t.Errorf("%s: error is %v; it must name the folder", name, err)
		}
	}
}
