// The oracle: what Chromium does with every page of the corpus must be what
// Read says of it.

package webpage_test

import (
	"bufio"
	"fmt"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"middlebrick/webpage"
)

// batch is how many pages are opened at once, each in a frame.
const batch = 30

// verdict is what becomes of one address, in words that both sides share.
type verdict struct {
	url, class, outcome string
}

func (v verdict) String() string { return v.class + " " + v.outcome + " " + v.url }

func TestChromiumAgrees(t *testing.T) {
	s := newSite(t)
	samples := append(grid(), handwritten(t)...)
	slices.SortFunc(samples, func(a, b sample) int { return strings.Compare(a.name, b.name) })
	b := newTab(t, startBrowser(t, s))
	witnessed := witness(t, s, b, samples)

	loads, theirs, agreed, known := 0, 0, 0, 0
	for i, p := range samples {
		ours := read(p, i)
		diff := compare(p, i, ours, witnessed[i])
		if diff != explained[p.name].diff {
			// A busy browser puts things off: look once more, at this page alone.
			diff = compare(p, i, ours, again(t, s, b, p, i))
		}
		loads += len(ours)
		theirs += len(chromium(witnessed[i]))
		switch want := explained[p.name]; {
		case diff != want.diff:
			t.Errorf("%s\n%s\n got: %s\nwant: %s (%s)", p.name, p.fill("ID/"), diff, want.diff, want.why)
		case diff == "":
			agreed++
		default:
			known++
		}
	}
	if known != len(explained) {
		t.Errorf("%d explained differences were met, of %d in the table", known, len(explained))
	}
	t.Logf("%d pages; loads: ours %d, Chromium's %d; %d pages agree, %d differences explained",
		len(samples), loads, theirs, agreed, known)
}

// pageURL is where sample i is served.
func pageURL(i int) string { return "https://page.test/" + pageID(i) }
func pageID(i int) string  { return fmt.Sprintf("p%d/", i) }

// read is our side.
func read(p sample, i int) []webpage.Load {
	in := webpage.Input{URL: pageURL(i), ContentType: p.kind, Body: []byte(p.fill(pageID(i)))}
	if p.csp != "" {
		in.CSP = []string{p.csp}
	}
	return webpage.Read(in).Loads
}

// witness opens every sample and sorts what was seen by the number in the
// address.
func witness(t *testing.T, s *site, b *tab, samples []sample) map[int][]event {
	t.Helper()
	seen := map[int][]event{}
	var frames []int
	for i, p := range samples {
		kind := p.kind
		if kind == "" {
			kind = "text/html; charset=utf-8"
		}
		s.put("/"+pageID(i), document{Type: kind, CSP: p.csp, Body: p.fill(pageID(i))})
		if !p.top && p.click == "" {
			frames = append(frames, i)
			continue
		}
		collect(t, b, pageURL(i), p.click, seen)
	}
	for group := range slices.Chunk(frames, batch) {
		var all strings.Builder
		all.WriteString("<!doctype html><title>batch</title>")
		for _, i := range group {
			fmt.Fprintf(&all, `<iframe style="width:60px;height:40px" src="%s"></iframe>`, html.EscapeString(pageURL(i)))
		}
		s.put("/batch", document{Type: "text/html", Body: all.String()})
		collect(t, b, "https://page.test/batch", "", seen)
	}
	arrivals(s, 0, seen)
	return seen
}

// again opens one sample by itself.
func again(t *testing.T, s *site, b *tab, p sample, i int) []event {
	t.Helper()
	seen := map[int][]event{}
	before := len(s.arrived())
	collect(t, b, pageURL(i), p.click, seen)
	arrivals(s, before, seen)
	return seen[i]
}

// arrivals files what reached the server after the first from requests.
func arrivals(s *site, from int, seen map[int][]event) {
	for _, a := range s.arrived()[from:] {
		scheme := "https"
		if a.Plain {
			scheme = "http"
		}
		file(seen, event{URL: scheme + "://" + a.Host + a.Path, Kind: "arrived"})
	}
}

func collect(t *testing.T, b *tab, url, click string, seen map[int][]event) {
	t.Helper()
	events, err := b.visit(url, click)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		file(seen, e)
	}
}

var numbered = regexp.MustCompile(`/p(\d+)/`)

// file puts an event to the page whose number its URL carries.
func file(seen map[int][]event, e event) {
	m := numbered.FindStringSubmatch(e.URL)
	if m == nil {
		return
	}
	var i int
	_, _ = fmt.Sscan(m[1], &i)
	if e.URL != pageURL(i) {
		seen[i] = append(seen[i], e)
	}
}

// handwritten reads the pages that no grid would think of.
func handwritten(t *testing.T) []sample {
	t.Helper()
	f, err := os.Open("testdata/oracle/pages.txt")
	if err != nil {
		t.Fatalf("opening the corpus: %v", err)
	}
	defer f.Close()
	var all []sample
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		p := sample{name: line}
		line, p.csp = option(line, "CSP[")
		line, p.click = option(line, "CLICK[")
		p.top = strings.HasPrefix(line, "TOP[]")
		p.text = strings.TrimPrefix(line, "TOP[]")
		if strings.HasPrefix(p.text, "<?xml") {
			p.kind = "image/svg+xml"
		}
		all = append(all, p)
	}
	return all
}

func option(line, name string) (rest, value string) {
	after, ok := strings.CutPrefix(line, name)
	if !ok {
		return line, ""
	}
	value, rest, _ = strings.Cut(after, "]")
	return rest, value
}
