// What to ask next.

package strategy

import (
	"slices"
	"strings"

	"middlebrick/tlshello"
)

// Next is a question that may be asked now; ok is false when there is none until
// an answer comes in, or none at all.
func (w *Walk) Next() (q Question, ok bool) {
	if q, ok = w.pick(); ok {
		w.flying++
		w.ranking = w.ranking || q.suites == nil && q.OfSuites()
	}
	return q, ok
}

func (w *Walk) pick() (Question, bool) {
	if w.rival != 0 && !w.ranked {
		w.ranked = true
		q := Question{Suites: []tlshello.Suite{w.rival, w.first}}
		w.besideSuites(&q)
		return q, true
	}
	if one, waits := w.suites.next(!w.ranking); waits {
		return w.askSuites(one), true
	}
	if w.groupsReady() {
		if one, waits := w.groups.next(w.suites.done()); waits {
			return w.askGroups(one), true
		}
	}
	for w.schemes != nil {
		one, waits := w.schemes.next(w.schemesReady())
		if !waits {
			break
		}
		if q := w.askSchemes(one); len(q.Suites) > 0 {
			return q, true
		}
		w.schemes.close(one, false) // no suite goes with it, as far as these are known
		w.schemes.doubt(w.suites.gap)
	}
	return w.askRanking()
}

// putBack undoes pick.
func (w *Walk) putBack(q Question) {
	switch {
	case q.suites != nil:
		q.suites.asked = false
	case q.groups != nil:
		q.groups.asked = false
	case q.schemes != nil:
		q.schemes.asked = false
	default:
		w.ranked = false
	}
}

// askSuites offers a hand of suites; beside it, as long as that tells something,
// what is not known yet of groups and schemes, first in order.
func (w *Walk) askSuites(one *hand[tlshello.Suite]) Question {
	q := Question{Suites: slices.Clone(one.left), Signed: w.version != tlshello.TLS13, suites: one}
	if one.plain {
		return q
	}
	w.besideSuites(&q)
	return q
}

func (w *Walk) besideSuites(q *Question) {
	if w.groups != nil && !w.dryGroups {
		q.Groups, q.newGroups = w.groupsBeside()
	}
	w.beside(q)
}

// groupsBeside are the groups in a question about suites: those that every client
// has and that are not told yet, and behind them, at TLS 1.3, none but those that are
// known. A server that likes a less usual one best would ask for its key, whatever
// key is sent along.
func (w *Walk) groupsBeside() (all []tlshello.Group, fresh int) {
	usual, left := tlshello.Modern("").Groups, w.groups.left()
	among := func(set []tlshello.Group) []tlshello.Group {
		return slices.DeleteFunc(slices.Clone(usual), func(g tlshello.Group) bool { return !slices.Contains(set, g) })
	}
	untold, known := among(left), among(w.groups.members())
	if len(known) == 0 {
		known = w.groups.members()
	}
	switch {
	case len(untold) == 0:
		return nil, 0
	case w.version != tlshello.TLS13 || len(known) == 0:
		return w.groups.newFirst(w.rotation, usual)
	}
	turn := w.rotation % len(untold)
	return slices.Concat(untold[turn:], untold[:turn], known), len(untold)
}

// beside puts the schemes into a question about something else.
func (w *Walk) beside(q *Question) {
	if w.schemes != nil && !w.plain && !w.drySchemes && !w.schemes.done() {
		q.Schemes, q.newSchemes = w.schemes.newFirst(w.rotation, tlshello.Modern("").SignatureSchemes)
		q.Signed = true
	}
	w.rotation++
}

// newFirst is the whole set, what is not found yet first, and how many these are.
// The likely ones come before the others, above all those that wait to be told this
// way; the rotation makes questions that are on their way together begin with
// different ones.
func (h *hunt[T]) newFirst(rotation int, usual []T) (all []T, fresh int) {
	left, awaited := h.left(), h.late()
	likely := slices.DeleteFunc(slices.Clone(usual), func(member T) bool { return !slices.Contains(awaited, member) })
	if len(likely) == 0 {
		likely = slices.DeleteFunc(slices.Clone(usual), func(member T) bool { return !slices.Contains(left, member) })
	}
	rest := slices.DeleteFunc(slices.Clone(left), func(member T) bool { return slices.Contains(likely, member) })
	if len(likely) > 0 {
		turn := rotation % len(likely)
		likely = slices.Concat(likely[turn:], likely[:turn])
	}
	behind := slices.DeleteFunc(slices.Clone(h.all), func(member T) bool { return slices.Contains(left, member) })
	return slices.Concat(likely, rest, behind), len(left)
}

// groupsReady is true once a suite with a curve was accepted. A server whose only
// such suites have an ECDSA certificate must be known as such before.
func (w *Walk) groupsReady() bool {
	switch {
	case w.groups == nil || w.groups.done():
		return false
	case w.version == tlshello.TLS13:
		return true
	case w.suites.done():
		if !w.curves(nil) {
			w.groups.none(w.suites.gap) // nothing that was accepted has a group
		}
		return !w.groups.done()
	}
	return w.curves(freed)
}

// curves is true when a suite with a curve was accepted (for which is holds).
func (w *Walk) curves(is func(tlshello.Info) bool) bool {
	return slices.ContainsFunc(w.suites.members(), func(s tlshello.Suite) bool {
		info, _ := s.Info()
		return curved(w.version, s) && (is == nil || is(info))
	})
}

// freed is true for suites whose curve may be any, whatever the certificate's.
func freed(info tlshello.Info) bool { return info.Authentication != "ECDSA" }

func (w *Walk) askGroups(one *hand[tlshello.Group]) Question {
	q := Question{Groups: slices.Clone(one.left), Signed: w.version != tlshello.TLS13, groups: one}
	q.newGroups = len(q.Groups)
	slices.SortStableFunc(q.Groups, func(a, b tlshello.Group) int { return dearness(a) - dearness(b) })
	q.NoShare = w.version == tlshello.TLS13 && (w.plain || dearness(q.Groups[0]) > 1)
	for _, suite := range slices.Concat(w.suites.left(), w.suites.members()) {
		if curved(w.version, suite) {
			q.Suites = append(q.Suites, suite)
		}
	}
	switch {
	case q.NoShare && !w.retries:
		q.Groups = append(q.Groups, w.groups.members()...) // some answer to a hello without a key share
	case one.plain:
		q.Groups = append(q.Groups, w.anchor)
	}
	if !q.NoShare {
		w.beside(&q)
	}
	return q
}

// dearness is what a key of a group costs: little on the usual curves, more for a
// lattice, and too much where it is a large number, or cannot be computed here.
func dearness(g tlshello.Group) int {
	if cost, cheap := cheapKeys[g]; cheap {
		return cost
	}
	return 2
}

var cheapKeys = costsOfKeys()

func costsOfKeys() map[tlshello.Group]int {
	costs := map[tlshello.Group]int{}
	for _, g := range tlshello.KeyShareGroups() {
		if info, _ := g.Info(); info.Kind != "FF" {
			costs[g] = 1
		}
	}
	for _, g := range tlshello.Modern("").Groups {
		costs[g] = 0
	}
	return costs
}

// schemesReady is true when suites and groups tell no new schemes any more.
func (w *Walk) schemesReady() bool {
	ready := w.schemes != nil && !w.schemes.done() && w.suites.done() && (w.groups == nil || w.groups.done())
	if ready && len(w.signing()) == 0 {
		w.schemes.none(w.suites.gap) // nothing that was accepted is signed
		return false
	}
	return ready
}

// askSchemes offers a hand of schemes with the suites that go with them.
func (w *Walk) askSchemes(one *hand[tlshello.SignatureScheme]) Question {
	q := Question{Schemes: slices.Clone(one.left), Signed: true, schemes: one}
	q.newSchemes = len(q.Schemes)
	for _, suite := range w.suites.members() {
		info, _ := suite.Info()
		if w.version == tlshello.TLS13 || signs(w.version, suite) && info.Authentication == kindOf(q.Schemes[0]) {
			q.Suites = append(q.Suites, suite)
		}
	}
	return q
}

// askRanking offers what was accepted with the suite last that was chosen at first.
// ChaCha20 does not come first: servers that choose by their own order take it all
// the same from a client that likes it best.
func (w *Walk) askRanking() (Question, bool) {
	if w.rival != 0 && w.beaten && w.suites.done() && !w.has(w.rival) {
		w.rival, w.beaten, w.ranked = 0, false, false // which says nothing
	}
	if w.ranked || !w.suites.done() {
		return Question{}, false
	}
	var known, late []tlshello.Suite
	for _, suite := range w.suites.members() {
		info, _ := suite.Info()
		switch {
		case suite == w.first || !slices.Contains(w.offered, suite):
		case strings.HasPrefix(info.Cipher, "CHACHA20"):
			late = append(late, suite)
		default:
			known = append(known, suite)
		}
	}
	if len(known) == 0 {
		return Question{}, false
	}
	w.ranked = true
	slices.Reverse(known)
	return Question{Suites: slices.Concat(known, late, []tlshello.Suite{w.first})}, true
}

func (w *Walk) has(suite tlshello.Suite) bool { _, found := w.suites.found[suite]; return found }

// Bound is how many questions a walk asks at the most, for a server that accepts
// so many suites, groups and schemes: one for each, one or two for each hand that
// is refused (a hand is split after so many hits), and two for the order of suites.
func Bound(version tlshello.Version, plain bool, room, suites, groups, schemes int) int {
	hands := 3 + max(2, parts(len(tlshello.Suites(version)), room))
	side, last := 6, 3
	if plain {
		side, last = max(side, parts(len(groupsOf(version)), few)), parts(len(tlshello.SignatureSchemes()), few)
	}
	return suites + 2*(hands+suites/split) + groups + 2*(side+groups/split) + schemes + last + schemes/split + 2
}

// parts is into how many hands of so many a set is dealt.
func parts(members, room int) int { return (members + room - 1) / max(1, room) }
