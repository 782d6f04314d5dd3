// The walk through one protocol version: what it knows, and what it found.

package strategy

import (
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// Begin says what a walk is to find out.
type Begin struct {
	Version tlshello.Version
	Room    int              // how many suites one hello has room for
	Offered []tlshello.Suite // in the hello that showed the version to be accepted
	First   Outcome          // the answer to it
	Groups  bool             // find the groups too
	Schemes bool             // find the signature schemes too
	Plain   bool             // a server that stumbles over much: no hello but in its usual form
}

// A Walk finds out what one version accepts. It is not safe for use by several at
// once: its caller holds a lock.
type Walk struct {
	version tlshello.Version
	all     []tlshello.Suite
	offered []tlshello.Suite // in the first hello
	first   tlshello.Suite   // what was chosen of them

	suites  *hunt[tlshello.Suite]
	groups  *hunt[tlshello.Group]           // nil: not to be found out
	schemes *hunt[tlshello.SignatureScheme] // nil: not to be found out

	plain      bool // no question tells two things
	flying     int
	reads      bool // an odd hello about suites was accepted: its form does not confuse the server
	retries    bool // a hello without a key share was answered by a request for one
	dryGroups  bool // a suite's answer told no new group: now they are asked for
	drySchemes bool
	anchor     tlshello.Group
	rotation   int
	ranked     bool
	ranking    bool           // the question is on its way
	rival      tlshello.Suite // likely to be accepted too: put before the first in an early question about the order
	beaten     bool           // the first was chosen all the same; that tells the order if the rival is accepted
	preference observe.Preference
	preferred  tlshello.Suite
}

// few is how many groups or schemes a short hello has room for.
const few = 12

// New begins a walk with the answer that showed the version to be accepted.
func New(b Begin) *Walk {
	w := &Walk{version: b.Version, all: tlshello.Suites(b.Version), offered: b.Offered, first: b.First.Suite, plain: b.Plain}
	hands := 2
	if b.Version == tlshello.TLS13 { // of few suites
		hands = 1
	}
	w.suites = newHunt(w.all, likely(b), hands, max(1, b.Room))
	most := 1000
	if b.Plain {
		most = few
		for _, one := range w.suites.open {
			one.plain = true
		}
	}
	if b.Groups {
		w.groups = newHunt(groupsOf(b.Version), nil, 1, most)
		if b.Version == tlshello.TLS13 && !b.Plain {
			w.groups = keyed(len(b.First.Listed) > 0)
		}
	}
	if b.Schemes {
		w.schemes = newHunt(tlshello.SignatureSchemes(), nil, 1, most)
		switch {
		case b.Version != tlshello.TLS13:
			w.schemes = byKind(most)
		case !b.Plain:
			w.schemes = signedLike(b.First.Scheme)
		}
	}
	w.note(b.First)
	w.challenge()
	return w
}

// challenge picks the suite by which the order of a TLS 1.3 server is asked for at
// once. If it is chosen, it need not be asked for by itself. ChaCha20 is none: servers
// that go by their own order take it all the same from a client that likes it best.
func (w *Walk) challenge() {
	if w.version != tlshello.TLS13 || w.plain {
		return
	}
	for _, one := range w.suites.open {
		if info, _ := one.left[0].Info(); len(one.left) == 1 && !strings.HasPrefix(info.Cipher, "CHACHA20") && slices.Contains(w.offered, one.left[0]) {
			w.rival, one.late = one.left[0], true
			return
		}
	}
}

// likely are the suites that a server has most often which chose that one: all of
// TLS 1.3 that clients have, and before it those with an ephemeral key on a curve,
// an AEAD, and the same kind of certificate.
func likely(b Begin) (suites []tlshello.Suite) {
	info, _ := b.First.Suite.Info()
	for _, suite := range tlshello.Modern("").Suites {
		other, _ := suite.Info()
		alike := other.KeyExchange == "ECDHE" && other.Authentication == info.Authentication && suite.AEAD()
		if b.Version == tlshello.TLS13 || b.Version == tlshello.TLS12 && alike {
			suites = append(suites, suite)
		}
	}
	if b.Plain {
		return nil
	}
	return suites
}

// keyed is the hunt for groups at TLS 1.3. Those that every client has come out
// while suites are asked for. Of a server that lists its groups one refusal is
// expected; others accept several that are less usual.
func keyed(listed bool) *hunt[tlshello.Group] {
	hands := 2
	if listed {
		hands = 1
	}
	usual := tlshello.Modern("").Groups
	other := slices.DeleteFunc(groupsOf(tlshello.TLS13), func(g tlshello.Group) bool { return slices.Contains(usual, g) })
	h := newHunt(other, nil, hands, len(other))
	h.all = groupsOf(tlshello.TLS13)
	for _, group := range usual {
		h.open = append(h.open, &hand[tlshello.Group]{left: []tlshello.Group{group}, late: true})
	}
	return h
}

// signedLike is the hunt for signature schemes at TLS 1.3, where an RSA key signs
// with one padding and any of three digests (RFC 8446 section 4.2.3): these come out
// while suites are asked for. Nothing else is likely then, and asked for at once.
func signedLike(first tlshello.SignatureScheme) *hunt[tlshello.SignatureScheme] {
	padded := []tlshello.SignatureScheme{0x0804, 0x0805, 0x0806} // rsa_pss_rsae_sha256, _sha384, _sha512
	all := tlshello.SignatureSchemes()
	if !slices.Contains(padded, first) {
		h := newHunt(all, nil, 1, len(all))
		h.open[0].late = true
		return h
	}
	other := slices.DeleteFunc(tlshello.SignatureSchemes(), func(s tlshello.SignatureScheme) bool { return slices.Contains(padded, s) })
	h := newHunt(other, nil, 1, len(all))
	h.all = all
	h.open = append(h.open, &hand[tlshello.SignatureScheme]{left: padded, late: true})
	return h
}

// groupsOf are the groups that can be chosen at a version. Up to TLS 1.2 these are
// curves: a finite-field group that is offered there would only take the place of
// the server's own (RFC 7919 section 4), which is what must be seen.
func groupsOf(version tlshello.Version) []tlshello.Group {
	return slices.DeleteFunc(tlshello.Groups(), func(g tlshello.Group) bool {
		info, _ := g.Info()
		return version != tlshello.TLS13 && info.Kind != "EC"
	})
}

// note keeps every fact that an accepted answer tells, whatever it was asked for.
func (w *Walk) note(o Outcome) {
	w.suites.find(o.Suite, o.Ref)
	if o.Anchor != 0 {
		w.anchor = o.Anchor
	}
	if w.groups != nil && o.Group != 0 {
		w.groups.find(o.Group, o.Ref)
	}
	for _, group := range o.Listed {
		if w.groups != nil && slices.Contains(w.groups.all, group) {
			w.groups.find(group, o.Ref)
		}
	}
	if w.schemes != nil && o.Scheme != 0 {
		w.schemes.find(o.Scheme, o.Ref)
	}
}

// Done is true when nothing is on its way and nothing is left to ask.
func (w *Walk) Done() bool {
	if w.flying > 0 {
		return false
	}
	q, more := w.pick()
	if more {
		w.putBack(q)
	}
	return !more
}

// SuitesSettled is true when nothing more is to be found out about the suites and
// their order, whatever becomes of the target.
func (w *Walk) SuitesSettled() bool {
	if !w.suites.done() || len(w.suites.soft) > 0 || w.ranking {
		return false
	}
	q, waits := w.askRanking()
	if waits {
		w.putBack(q)
	}
	return !waits
}

// Reopen asks again for what was refused by closing, of a server that was seen
// meanwhile to close on what it accepts.
func (w *Walk) Reopen() {
	w.suites.reopen()
	if w.groups != nil {
		w.groups.reopen()
	}
	if w.schemes != nil {
		w.schemes.reopen()
	}
}

// Suites is what was found of the suites.
func (w *Walk) Suites() observe.SuiteList {
	if w.beaten && w.has(w.rival) {
		w.preference, w.preferred = observe.ByServer, w.first
	}
	list := observe.SuiteList{Suites: []observe.SuiteSeen{}, Preference: w.preference, Preferred: w.preferred}
	for _, suite := range w.suites.members() {
		list.Suites = append(list.Suites, observe.SuiteSeen{Suite: suite, Ref: w.suites.found[suite]})
	}
	list.Complete, list.Why, list.Detail = told(w.suites)
	return list
}

// Groups is what was found of the groups.
func (w *Walk) Groups() observe.GroupList {
	list := observe.GroupList{Groups: []observe.GroupSeen{}}
	for _, group := range w.groups.members() {
		list.Groups = append(list.Groups, observe.GroupSeen{Group: group, Ref: w.groups.found[group]})
	}
	list.Complete, list.Why, list.Detail = w.toldBeside(told(w.groups))
	return list
}

// Schemes is what was found of the signature schemes.
func (w *Walk) Schemes() observe.SignatureList {
	list := observe.SignatureList{Schemes: []observe.SignatureSeen{}, Unsigned: len(w.signing()) == 0}
	for _, scheme := range w.schemes.members() {
		list.Schemes = append(list.Schemes, observe.SignatureSeen{Scheme: scheme, Ref: w.schemes.found[scheme]})
	}
	list.Complete, list.Why, list.Detail = w.toldBeside(told(w.schemes))
	return list
}

// told is whether a hunt came to its end, and why not.
func told[T interface {
	tlshello.Suite | tlshello.Group | tlshello.SignatureScheme
}](h *hunt[T]) (complete bool, why observe.Why, detail string) {
	switch {
	case h.gap != nil:
		return false, h.gap.Why, h.gap.Detail
	case !h.done():
		return false, observe.Unasked, "not everything was asked for"
	}
	return true, "", ""
}

// toldBeside is told of groups or schemes: a suite that is not known could have
// brought others.
func (w *Walk) toldBeside(complete bool, why observe.Why, detail string) (bool, observe.Why, string) {
	if complete && w.suites.gap != nil {
		return told(w.suites)
	}
	return complete, why, detail
}

// signing are the accepted suites whose answers are signed.
func (w *Walk) signing() []tlshello.Suite {
	return slices.DeleteFunc(w.suites.members(), func(s tlshello.Suite) bool { return !signs(w.version, s) })
}

func signs(version tlshello.Version, s tlshello.Suite) bool {
	info, _ := s.Info()
	return version == tlshello.TLS13 ||
		slices.Contains([]string{"ECDHE", "DHE"}, info.KeyExchange) && slices.Contains([]string{"RSA", "ECDSA", "DSS"}, info.Authentication)
}

// byKind is the hunt for schemes up to TLS 1.2, a hand for each kind of key: OpenSSL
// chooses the suite first, and says no where the schemes do not fit its kind, though
// they would fit another suite's.
func byKind(most int) *hunt[tlshello.SignatureScheme] {
	var all []tlshello.SignatureScheme
	sum := &hunt[tlshello.SignatureScheme]{found: map[tlshello.SignatureScheme]observe.Ref{}}
	for _, kind := range []string{"RSA", "ECDSA", "DSS"} {
		own := slices.DeleteFunc(tlshello.SignatureSchemes(), func(s tlshello.SignatureScheme) bool { return kindOf(s) != kind })
		all = append(all, own...)
		for _, one := range newHunt(own, nil, 1, most).open {
			one.late = true
			sum.open = append(sum.open, one)
		}
	}
	sum.all = all
	return sum
}

// kindOf is the kind of key that signs by a scheme, as suites name it: Edwards
// curves go with ECDSA's (RFC 8422 section 5.1.1). Empty: no suite up to TLS 1.2
// goes with it.
func kindOf(s tlshello.SignatureScheme) string {
	info, _ := s.Info()
	kinds := map[string]string{"RSA": "RSA", "RSA-PSS": "RSA", "ECDSA": "ECDSA", "Ed25519": "ECDSA", "Ed448": "ECDSA", "DSA": "DSS"}
	return kinds[info.Signature]
}

func curved(version tlshello.Version, s tlshello.Suite) bool {
	info, _ := s.Info()
	return version == tlshello.TLS13 || info.KeyExchange == "ECDHE"
}
