// Package tlsoffer finds out what the target offers in a TLS handshake: protocol
// versions, and of each that is accepted the cipher suites, the groups, the
// signature schemes, the Diffie-Hellman parameters and the extensions. One probe
// does it all, since one answer tells of all.
package tlsoffer

import (
	"context"
	"slices"
	"sync"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/strategy"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe asks for all versions at once, and walks each that is accepted.
var Probe = probe.Probe{
	Name:  "tlsoffer",
	Needs: []string{observe.Ports.Name()},
	Fills: []string{
		observe.TLSVersions.Name(), observe.TLSSuites.Name(), observe.TLSGroups.Name(),
		observe.TLSSignatures.Name(), observe.TLSDH.Name(), observe.TLSFeatures.Name(),
	},
	Most: probe.Budget{Connections: worst(), Bytes: 10 << 20},
	Run:  run,
}

// worst is a target that accepts everything of every version, each of which may be
// asked for in three ways.
func worst() int {
	sum := 0
	for _, version := range tlshello.Versions() {
		suites := len(tlshello.Suites(version))
		if version == tlshello.SSL2 {
			sum += 2
			continue
		}
		groups, schemes := 0, 0
		if version >= tlshello.TLS12 {
			groups, schemes = len(tlshello.Groups()), len(tlshello.SignatureSchemes())
		}
		sum += 3 + strategy.Bound(version, true, wire.LeastRoom, suites, groups, schemes)
	}
	return sum
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	services, _ := observe.Seen(rec, observe.Ports)
	s := services.HTTPS
	switch s.Speaks {
	case "tls", "unknown", "mute":
	default:
		nothing(rec, s)
		return
	}
	r := newReader(w, s.Port)
	questions := []func(){func() { r.settle(ctx, rec) }, func() { r.ask(ctx) }, func() { r.tell(rec) }}
	all := tlshello.Versions()
	for i := range all {
		version := all[len(all)-1-i] // the newest first: it has the most to tell
		questions = append(questions, func() { r.version(ctx, version) })
	}
	probe.Beside(questions...)
	r.finish(rec)
}

// nothing writes down that the port is proven to speak something else.
func nothing(rec *observe.Recorder, s observe.Service) {
	found := observe.Versions{}
	for _, version := range tlshello.Versions() {
		found[version] = observe.Answer{Result: observe.Absent, Detail: absent(s), Ref: s.Ref}
	}
	refs := given(s.Ref)
	observe.Put(rec, observe.TLSVersions, found, refs...)
	observe.Put(rec, observe.TLSSuites, observe.Suites{Absent: true, Versions: map[tlshello.Version]observe.SuiteList{}}, refs...)
	observe.Put(rec, observe.TLSGroups, observe.Groups{Absent: true, Versions: map[tlshello.Version]observe.GroupList{}}, refs...)
	observe.Put(rec, observe.TLSSignatures, observe.Signatures{Absent: true, Versions: map[tlshello.Version]observe.SignatureList{}}, refs...)
	observe.Put(rec, observe.TLSDH, observe.DHParameters{Absent: true, Seen: []observe.DHSeen{}, Complete: true}, refs...)
	observe.Put(rec, observe.TLSFeatures, observe.Features{Absent: true, Versions: map[tlshello.Version]observe.HelloFeatures{}}, refs...)
}

// A reader collects what the versions tell; they are asked side by side.
type reader struct {
	w     *wire.Wire
	port  int
	come  map[tlshello.Version]chan first // the answer about each version
	asked sync.WaitGroup                  // each version has been asked for
	known chan struct{}                   // closed when the versions are settled
	told  sync.WaitGroup                  // of each version, all is known about its suites

	mu         sync.Mutex
	firsts     map[tlshello.Version]first
	suites     observe.Suites
	groups     observe.Groups
	signatures observe.Signatures
	dh         observe.DHParameters
	features   observe.Features
	refs       []observe.Ref
	ofSuites   []observe.Ref // of those, the answers about suites
	listed     map[tlshello.Version]bool
}

func newReader(w *wire.Wire, port int) *reader {
	r := &reader{
		w: w, port: port, listed: map[tlshello.Version]bool{}, come: map[tlshello.Version]chan first{}, known: make(chan struct{}), firsts: map[tlshello.Version]first{},
		suites:     observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{}},
		groups:     observe.Groups{Versions: map[tlshello.Version]observe.GroupList{}},
		signatures: observe.Signatures{Versions: map[tlshello.Version]observe.SignatureList{}},
		dh:         observe.DHParameters{Seen: []observe.DHSeen{}, Complete: true},
		features:   observe.Features{Versions: map[tlshello.Version]observe.HelloFeatures{}},
	}
	for _, version := range tlshello.Versions() {
		r.come[version] = make(chan first, 1)
		r.asked.Add(1)
		r.told.Add(1)
	}
	return r
}

// version asks for one version and walks it. The newest two need not wait for the
// others; of the older ones, only the newest that is accepted has its groups asked
// for, since these do not differ.
func (r *reader) version(ctx context.Context, version tlshello.Version) {
	defer r.list(version, nil)
	f := r.first(version)
	if version < tlshello.TLS12 || !f.answer.Accepted() {
		<-r.known
		f = r.firstOf(version)
	}
	if f.answer.Accepted() {
		r.walk(ctx, version, f)
	}
}

// ask asks for all versions, side by side; the older ones together where TLS 1.3
// was chosen before. Whatever breaks, nobody is left waiting.
func (r *reader) ask(ctx context.Context) {
	defer func() {
		for _, come := range r.come {
			close(come)
		}
	}()
	apart := []tlshello.Version{tlshello.TLS13, tlshello.SSL2}
	_, reply, ok := r.w.First(r.port)
	if !ok || reply.Version != tlshello.TLS13 || !r.w.Full() {
		r.apart(ctx, append(apart, older()...))
		return
	}
	probe.Beside(func() { r.apart(ctx, apart) }, func() { r.together(ctx) })
}

func (r *reader) first(version tlshello.Version) first {
	defer r.asked.Done()
	f := <-r.come[version]
	r.keep(version, f)
	return f
}

func (r *reader) keep(version tlshello.Version, f first) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.firsts[version] = f
}

func (r *reader) firstOf(version tlshello.Version) first {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.firsts[version]
}

// settle asks again for what an unsteady target refused, and writes the versions
// down, for which others wait.
func (r *reader) settle(ctx context.Context, rec *observe.Recorder) {
	defer close(r.known)
	r.asked.Wait()
	found := observe.Versions{}
	var refs []observe.Ref
	for _, version := range tlshello.Versions() {
		f := r.firstOf(version)
		if r.w.Doubtful(f.answer.Result, f.answer.Detail) {
			f = ask(ctx, r.w, r.port, version)
		}
		f = r.smaller(ctx, version, f)
		r.keep(version, f)
		found[version] = f.answer
	}
	unknown(r.w, found)
	for _, answer := range found {
		refs = append(refs, given(answer.Ref)...)
	}
	observe.Put(rec, observe.TLSVersions, found, refs...)
}

// list notes what is known of the suites of a version, once; nil is nothing.
func (r *reader) list(version tlshello.Version, suites *observe.SuiteList) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listed[version] {
		return
	}
	r.listed[version] = true
	if suites != nil {
		r.suites.Versions[version] = *suites
	}
	r.told.Done()
}

// tell writes the suites down as soon as they are known: the questions about faults
// wait for them, and groups and schemes may take longer.
func (r *reader) tell(rec *observe.Recorder) {
	r.told.Wait()
	<-r.known
	r.mu.Lock()
	refs := slices.Compact(slices.Sorted(slices.Values(r.ofSuites)))
	r.mu.Unlock()
	if len(r.suites.Versions) > 0 {
		observe.Put(rec, observe.TLSSuites, r.suites, refs...)
		return
	}
	observe.Miss(rec, observe.TLSSuites, observe.Gap{Why: observe.Unasked, Detail: unaccepted})
}

const unaccepted = "no protocol version was found to be accepted"

// finish writes down what the walks found beside the suites.
func (r *reader) finish(rec *observe.Recorder) {
	if len(r.suites.Versions) == 0 {
		gap := observe.Gap{Why: observe.Unasked, Detail: unaccepted}
		observe.Miss(rec, observe.TLSGroups, gap)
		observe.Miss(rec, observe.TLSSignatures, gap)
		observe.Miss(rec, observe.TLSDH, gap)
		observe.Miss(rec, observe.TLSFeatures, gap)
		return
	}
	r.sort()
	observe.Put(rec, observe.TLSGroups, r.groups, r.refs...)
	observe.Put(rec, observe.TLSSignatures, r.signatures, r.refs...)
	observe.Put(rec, observe.TLSDH, r.dh, r.refs...)
	observe.Put(rec, observe.TLSFeatures, r.features, r.refs...)
}
