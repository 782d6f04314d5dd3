// From claims to the stack: the surest claim about each part, what follows from
// it, and the order from the outside to the inside.

package stack

import (
	"cmp"
	"slices"

	"middlebrick/observe"
)

// A finder gathers claims from one target.
type finder struct {
	found   map[string]claim
	guesses map[string]claim // by the order of fields: they count beside other signs alone
	edge    string
	stk     observe.Stack
}

func newFinder() *finder { return &finder{found: map[string]claim{}, guesses: map[string]claim{}} }

// guessed are the parts that orders claims, and what must have been recognised
// beside each: the language that it serves.
var guessed = []struct {
	name     string
	language string
}{{"uWSGI", "Python"}, {"Puma", "Ruby"}, {"waitress", "Python"}, {"eventlet", "Python"}, {"gevent", "Python"}}

var languages = map[string][]string{
	"Python": {"Werkzeug", "Flask", "Django", "Bottle", "Pyramid", "Falcon"},
	"Ruby":   {"Rails", "Sinatra", "Rack"},
}

// add keeps the surest claim about each part, of equals the first that tells a
// version, and what all of them tell of the version.
func (f *finder) add(c claim) {
	old, known := f.found[c.name]
	if !known {
		f.found[c.name] = c
		return
	}
	best, all := old, old.versions.and(c.versions)
	if surer := confidence[c.sure] - confidence[old.sure]; surer > 0 || surer == 0 && old.versions == (versions{}) && c.versions != (versions{}) {
		best = c
	}
	best.versions = all
	f.found[c.name] = best
}

func (f *finder) answer(a answer) {
	for _, sign := range signs {
		for _, c := range sign(a) {
			c.ref = a.ref
			f.add(c)
		}
	}
	for _, c := range orders(a) {
		c.ref = a.ref
		if _, known := f.guesses[c.name]; !known {
			f.guesses[c.name] = c
		}
	}
	if f.edge == "" {
		f.edge = edgeOf(a)
	}
	if name := development(a); name != "" && f.stk.Development == "" {
		f.stk.Development, f.stk.Ref = name, a.ref
	}
}

var shapeConfidence = map[string]string{"high": high, "medium": low, "low": low}

func (f *finder) cookie(c observe.Cookie) {
	if c.Shape.Framework == "" {
		return
	}
	f.add(claim{name: c.Shape.Framework, sure: shapeConfidence[c.Shape.Confidence], because: "cookie " + shown(c.Name) + ": " + c.Shape.Because, ref: c.Ref})
}

// sessionKeys are names in a signed session that one library alone leaves there.
var sessionKeys = map[string]string{
	"_flashes": "Flask", "_permanent": "Flask", "_user_id": "Flask-Login", "_fresh": "Flask-Login", "csrf_token": "Flask-WTF",
}

// session reads what a session shows without its key. A published key that fits
// proves how the signature is made, and only Flask and Quart make it so.
func (f *finder) session(s observe.Session) {
	if s.Kind != "flask-session" {
		return
	}
	if s.KnownKey != "" {
		f.add(claim{name: "Flask", sure: certain, because: "cookie " + shown(s.Cookie) + " is signed as it signs sessions", ref: s.Ref})
	}
	for _, name := range s.Names {
		if owner := sessionKeys[name]; owner != "" {
			f.add(claim{name: owner, sure: certain, because: "the session holds " + name, ref: s.Ref})
		}
	}
}

func (f *finder) debugger(asked observe.DebuggerAnswer) {
	if asked.Found {
		f.add(claim{name: "Werkzeug", sure: certain, because: "its debugger's style sheet is served", ref: asked.Ref})
	}
}

// certificate knows the ones that Werkzeug makes (FLASK.md 1.12). The ad-hoc one
// lives in the memory of the development server alone.
func (f *finder) certificate(chain observe.Chain) {
	leaf, sent := chain.Leaf()
	if !sent || leaf.Werkzeug == "" {
		return
	}
	c := claim{name: "Werkzeug", sure: certain, because: "the certificate is one that its make_ssl_devcert writes", ref: chain.Ref}
	if leaf.Werkzeug == "adhoc" {
		c.because, c.versions = "the certificate is the one that ssl_context='adhoc' makes", adhoc(leaf.DNSNames)
	}
	f.add(c)
	if leaf.Werkzeug == "adhoc" && f.edge == "" {
		f.edge = "Werkzeug"
	}
	if leaf.Werkzeug == "adhoc" && f.edge == "Werkzeug" && f.stk.Development == "" {
		f.stk.Development, f.stk.Ref = werkzeugServer, chain.Ref
	}
}

// adhoc: the names in the certificate came with 1.0 and changed with 3.0.3.
func adhoc(names []string) versions {
	switch {
	case slices.Contains(names, "*.*"):
		return versions{since: "3.0.3"}
	case slices.Contains(names, "*"):
		return versions{since: "1.0", before: "3.0.3"}
	}
	return versions{before: "1.0"}
}

// stack settles what was gathered.
func (f *finder) stack() (observe.Stack, []observe.Ref) {
	f.guess()
	f.imply()
	f.stk.Parts, f.stk.Edge = []observe.Part{}, f.edge
	refs := []observe.Ref{}
	for name, c := range f.found {
		f.stk.Parts = append(f.stk.Parts, observe.Part{
			Name: name, Version: c.versions.String(), Role: f.role(c), Confidence: c.sure, Because: c.because, Ref: c.ref,
		})
		if c.ref != "" {
			refs = append(refs, c.ref)
		}
	}
	slices.SortFunc(f.stk.Parts, f.outsideIn)
	slices.Sort(refs)
	return f.stk, slices.Compact(refs)
}

// role: Werkzeug is the server where its development server answers, and a
// library of the framework elsewhere. Tornado and CherryPy serve other
// frameworks too.
func (f *finder) role(c claim) string {
	switch {
	case c.name == "Werkzeug" && f.edge != "Werkzeug" && f.stk.Development != werkzeugServer:
		return library
	case slices.Contains(alsoServers, c.name) && f.has("Flask", "Werkzeug", "Django", "Bottle", "Pyramid", "Falcon"):
		return server
	}
	return roleOf(c.name)
}

func (f *finder) outsideIn(a, b observe.Part) int {
	return cmp.Or(
		cmp.Compare(roleOrder[a.Role], roleOrder[b.Role]),
		-cmp.Compare(truth(a.Name == f.edge), truth(b.Name == f.edge)),
		-cmp.Compare(confidence[a.Confidence], confidence[b.Confidence]),
		cmp.Compare(a.Name, b.Name),
	)
}

func truth(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

func (f *finder) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, ok := f.found[name]; return ok })
}

// guess takes in the first server that the order of fields speaks for, where the
// language that it serves was recognised and no server named itself.
func (f *finder) guess() {
	for name, c := range f.found {
		if c.sure == certain && name != "Werkzeug" && roleOf(name) == server {
			return
		}
	}
	for _, g := range guessed {
		c, claimed := f.guesses[g.name]
		if claimed && f.has(languages[g.language]...) {
			f.add(c)
			return
		}
	}
}

// imply adds what follows from the parts: an extension's framework, and the
// framework that Werkzeug most often serves.
func (f *finder) imply() {
	for _, name := range flaskExtensions {
		if c, ok := f.found[name]; ok {
			f.add(claim{name: "Flask", sure: high, because: "it carries " + name, ref: c.ref})
		}
	}
	if c, ok := f.found["Werkzeug"]; ok && !f.otherFramework() {
		f.add(claim{name: "Flask", sure: low, because: "Werkzeug answers, and Flask is what most often runs on it", ref: c.ref})
	}
	flask, recognised := f.found["Flask"]
	if hypercorn := f.found["hypercorn"]; recognised && hypercorn.sure == certain {
		delete(f.found, "Flask")
		flask.name, flask.because = "Quart", flask.because+", and hypercorn serves it"
		f.found["Quart"] = flask
	}
}

// otherFramework is true where a framework that is not built on Werkzeug gave
// itself away. Tornado and CherryPy are servers for others as well.
func (f *finder) otherFramework() bool {
	for name, c := range f.found {
		if roleOf(name) == framework && name != "Flask" && !slices.Contains(alsoServers, name) && c.sure != low {
			return true
		}
	}
	return false
}
