// Tests of the tests of this house, on sources made up here: a wall that cannot
// be hit holds nothing.

package middlebrick_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parsed(t *testing.T, text string) source {
	t.Helper()
	s, err := parseSource("sample/sample.go", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNestingIsCountedAsItSays(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       int
	}{
		{"nothing", `x := 1; _ = x`, 0},
		{"blocks in one another", `for { if a { switch { case b: for {} } } }`, 4},
		{"an else-if stands beside its if", `if a { x() } else if b { y() } else if c { z() } else { for {} }`, 2},
		{"cases add nothing", `switch { case a: x(); case b: if c { y() } }`, 2},
		{"a literal starts again", `for { if a { if b { go func() { for { if c { x() } } }() } } }`, 3},
		{"a literal in a call counts for itself", `run(func() { for { for { for { for {} } } } })`, 4},
		{"a select counts", `select { case <-a: if b { x() } }`, 2},
		{"a literal in a condition counts for itself", `if func() bool { for { for {} } }() { x() }`, 2},
		{"an else counts like its if", `if a { x() } else { for { for {} } }`, 3},
	} {
		s := parsed(t, "package sample\n\nfunc f() {\n"+c.body+"\n}\n")
		if got, _ := deepest(s.functions()[0].Body, 0); got != c.want {
			t.Errorf("%s: %s nests %d deep, want %d", c.name, c.body, got, c.want)
		}
	}
}

func TestWritesToPackageVariablesAreSeen(t *testing.T) {
	s := parsed(t, `package sample

var count, table, list, quiet = 0, map[string]int{}, []int{}, 0

var point struct{ x int }

func f(count2 int) {
	count = 1
	table["a"]++
	list[0] = 2
	point.x = 3
	delete(table, "a")
	elsewhere = 4
	count2 = 5
	quiet := 6
	quiet++
}

func (r *receiver) set() { r.count = 1 }
`)
	own := packageVariables(s.file)
	own["elsewhere"] = nil // as if another file of the package declared it
	var got []string
	for _, f := range s.functions() {
		for _, ident := range written(f) {
			if refersTo(ident, own) {
				got = append(got, ident.Name)
			}
		}
	}
	want := []string{"count", "table", "list", "point", "table", "elsewhere"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

func TestUsesOfImportsAreSeen(t *testing.T) {
	s := parsed(t, `package sample

import (
	clock "time"

	"github.com/spf13/cobra/v2"
	"net"
)

func f(net local) {
	clock.Now()
	net.Dial()
	cobra.Run()
}
`)
	want := []use{{"time", "Now", 11}, {"github.com/spf13/cobra/v2", "Run", 13}}
	if diff := cmp.Diff(want, s.uses(), cmp.AllowUnexported(use{})); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
}

func TestClientsThatAreMadeAreSeen(t *testing.T) {
	s := parsed(t, `package sample

import web "net/http"

type holder struct {
	given *web.Client
	own   web.Client
}

var late web.Transport

func f(handed *web.Client) *web.Client {
	_ = &web.Client{Transport: &web.Transport{}}
	_ = new(web.Client)
	_ = other.Client{}
	_, _ = handed.Transport.(*web.Transport)
	return handed
}
`)
	want := []int{7, 10, 13, 13, 14}
	if diff := cmp.Diff(want, s.made("net/http", "Client", "Transport")); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestChangingTypesAreSeen(t *testing.T) {
	s := parsed(t, `package sample

var (
	lock  sync.Mutex
	cache = sync.Map{}
	flag  atomic.Pointer[int]
	late  = sync.OnceValue(compute)
	plain = 1
)
`)
	got := map[string]bool{}
	for name, spec := range packageVariables(s.file) {
		got[name] = stateful[typeName(spec)]
	}
	want := map[string]bool{"lock": true, "cache": true, "flag": true, "late": false, "plain": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("types that exist to be changed (-want +got):\n%s", diff)
	}
}
