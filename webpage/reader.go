// The reader: one document's state, and the judgement of every address that
// it comes across.

package webpage

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"middlebrick/weburl"
)

// reader reads one document. Documents inside it have readers of their own
// that share its page.
type reader struct {
	*shared
	doc      weburl.URL
	base     weburl.URL
	based    bool // a base element has been seen
	secure   bool // an https page: mixed content is a question at all
	scripts  bool // scripts run here
	maybe    bool // the whole document may never come to be
	policies []policy
	sources  int // values in them
	nesting  int
	outer    *place // where a nested document stands in its parent
}

// shared is what a page and the documents inside it have in common.
type shared struct {
	page      Page
	linked    map[string]bool
	fetchable map[string]bool
	work      int // tokens read
	resolved  int // bytes of addresses put together
}

// place is where something was found.
type place struct {
	line    int
	snippet string
}

// found is an address as it stands in the page.
type found struct {
	place
	ref       string
	element   string
	attribute string
	class     string
	to        destination
	certain   bool
	socket    bool        // a WebSocket, the one thing that ws: is for
	own       bool        // refused from any other origin than the page's
	base      *weburl.URL // if not the document's
}

func newReader(in Input) *reader {
	doc, _ := resolve(weburl.URL{}, in.URL)
	r := &reader{
		shared: &shared{
			page:      Page{Loads: []Load{}, Forms: []Form{}, Links: []string{}, Resources: []string{}},
			linked:    map[string]bool{},
			fetchable: map[string]bool{},
		},
		doc:     doc,
		base:    doc,
		secure:  doc.Scheme == "https",
		scripts: true,
	}
	r.page.Truncated = len(in.Body) > maxBody
	for _, value := range in.CSP {
		r.obey(value)
	}
	r.scripts = !sandboxed(r.policies, "allow-scripts")
	return r
}

// obey takes one more policy into account.
func (r *reader) obey(value string) {
	all, used, cut := parsePolicies(value, maxSources-r.sources)
	room := maxPolicies - len(r.policies)
	r.sources += used
	r.page.Truncated = r.page.Truncated || cut || len(all) > room
	// A document inside this one must not share the array.
	r.policies = slices.Concat(r.policies, all[:min(room, len(all))])
}

// inner returns a reader for a document inside this one, or nil if it would
// stand too deep.
func (r *reader) inner(at place) *reader {
	if r.nesting >= maxNesting {
		r.page.Truncated = true
		return nil
	}
	child := *r
	child.nesting++
	child.based = false
	child.outer = &at
	if r.outer != nil {
		child.outer = r.outer
	}
	return &child
}

func (r *reader) finish() Page { return r.page }

// resolve is the package's resolve against the right base, with what was too
// long, or too much, noted: a long base makes short references dear.
func (r *reader) resolve(f found) (weburl.URL, bool) {
	base := r.base
	if f.base != nil {
		base = *f.base
	}
	r.resolved += len(base.Path) + len(f.ref)
	if r.resolved > maxResolved {
		r.page.Truncated = true
		return weburl.URL{}, false
	}
	a, ok := resolve(base, f.ref)
	if !ok && len(f.ref) > maxURL {
		r.page.Truncated = true
	}
	return a, ok
}

// load judges one address.
func (r *reader) load(f found) {
	if r.harmless(f) {
		return
	}
	if len(r.page.Loads) == maxLoads {
		r.page.Truncated = true
		return
	}
	a, ok := r.resolve(f)
	if !ok {
		return
	}
	if f.socket && (a.Scheme == "http" || a.Scheme == "https") {
		a.Scheme = "ws" + strings.TrimPrefix(a.Scheme, "http")
	}
	if !a.Insecure() || (a.Scheme == "ws") != f.socket || a.Scheme == "ftp" {
		return
	}
	if upgrades(r.policies) {
		return
	}
	r.add(f, a, r.outcome(f, a))
}

// harmless says of an address, before it is read in full, that it cannot be an
// insecure one. Most of a page's are relative to a secure base.
func (r *reader) harmless(f found) bool {
	scheme, _, absolute := weburl.CutScheme(f.ref)
	if absolute {
		return scheme != "http" && scheme != "ws"
	}
	if f.base != nil {
		return !f.base.Insecure()
	}
	return !r.base.Insecure()
}

// outcome says what Chromium does with an insecure request of a page.
func (r *reader) outcome(f found, a weburl.URL) string {
	sent := a
	upgraded := f.class == Upgradable && r.secure && !onLocalNetwork(a) && !isIP(a)
	if upgraded {
		sent.Scheme = "https"
	}
	switch {
	case a.User != "", f.own && !sent.SameOrigin(r.doc), !allowed(r.policies, f.to, sent, r.doc):
		return Blocked
	case !r.secure:
		return Loaded
	case upgraded:
		return Upgraded
	case onLocalNetwork(a):
		return Warned
	}
	return Blocked
}

func isIP(a weburl.URL) bool {
	_, ok := a.IP()
	return ok
}

// navigate judges an address that the page sends its visitor to by itself.
// Upgrade-insecure-requests reaches only navigations to the page's own host.
func (r *reader) navigate(f found) {
	a, ok := r.resolve(f)
	if !ok || a.Scheme != "http" || !a.Insecure() {
		return
	}
	if upgrades(r.policies) && a.Host == r.doc.Host {
		return
	}
	f.class = Navigation
	r.add(f, a, Loaded)
}

func (r *reader) add(f found, a weburl.URL, outcome string) {
	if len(r.page.Loads) == maxLoads {
		r.page.Truncated = true
		return
	}
	at := f.place
	if r.outer != nil {
		at = *r.outer
	}
	r.page.Loads = append(r.page.Loads, Load{
		URL: a.String(), Element: f.element, Attribute: f.attribute, Class: f.class,
		Outcome: outcome, Certain: f.certain && !r.maybe, Line: at.line, Snippet: at.snippet,
	})
}

// resource notes a style sheet or script that is worth reading too.
func (r *reader) resource(ref string) {
	if len(r.page.Resources) == maxResources {
		return
	}
	a, ok := r.resolve(found{ref: ref})
	if !ok {
		return
	}
	if a.Scheme == "http" && upgrades(r.policies) {
		a.Scheme = "https"
	}
	a.Fragment = ""
	if a.Scheme != "https" && !a.SameOrigin(r.doc) || !a.Special() {
		return
	}
	r.keep(&r.page.Resources, r.fetchable, maxResources, a.String())
}

// link notes an address that a reader of the page could go to.
func (r *reader) link(ref string) {
	if len(r.page.Links) == maxLinks {
		return
	}
	a, ok := r.resolve(found{ref: ref})
	if !ok || a.Scheme != "http" && a.Scheme != "https" {
		return
	}
	a.Fragment = ""
	r.keep(&r.page.Links, r.linked, maxLinks, a.String())
}

// keep appends once, up to a bound. A list that is full cuts links short
// without harm to the verdict, so it does not set Truncated.
func (r *reader) keep(list *[]string, seen map[string]bool, most int, s string) {
	if len(*list) == most || len(s) > maxURL || seen[s] {
		return
	}
	seen[s] = true
	*list = append(*list, s)
}

// snippet makes at most max bytes of hostile text fit for a report.
func snippet(b []byte, max int) string {
	var out strings.Builder
	for _, c := range string(b[:min(len(b), 4*max)]) {
		switch {
		case c == '\n' || c == '\t' || c == '\r':
			c = ' '
		case !unicode.IsPrint(c):
			c = utf8.RuneError
		}
		if out.Len()+utf8.RuneLen(c) > max {
			break
		}
		out.WriteRune(c)
	}
	return out.String()
}

// resourceFrom notes a sheet that another sheet imports.
func (r *reader) resourceFrom(base weburl.URL, ref string) {
	if a, ok := r.resolve(found{ref: ref, base: &base}); ok && a.Special() {
		r.resource(a.String())
	}
}
