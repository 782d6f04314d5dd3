// What to ask next.

package strategy

import (
	"slices"

	"middlebrick/tlshello"
)

// Next is a question that may be asked now; ok is false when there is none until
// an answer comes in, or none at all.
func (w *Walk) Next() (q Question, ok bool) {
	if q, ok = w.pick(); ok {
		w.flying++
	}
	return q, ok
}

func (w *Walk) pick() (Question, bool) {
	if one, waits := w.suites.next(); waits {
		return w.askSuites(one), true
	}
	if w.groupsReady() {
		if one, waits := w.groups.next(); waits {
			return w.askGroups(one), true
		}
	}
	if w.schemesReady() {
		if one, waits := w.schemes.next(); waits {
			return w.askSchemes(one), true
		}
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
	if w.groups != nil && !w.dryGroups && !w.groups.done() {
		q.Groups = w.groups.newFirst(w.rotation)
		q.NoShare = w.version == tlshello.TLS13
	}
	if w.schemes != nil && !w.drySchemes && !w.schemes.done() && w.version != tlshello.TLS13 {
		q.Schemes = w.schemes.newFirst(w.rotation)
	}
	w.rotation++
	return q
}

// newFirst is the whole set, what is not found yet first. The rotation makes
// questions that are on their way together begin differently.
func (h *hunt[T]) newFirst(rotation int) []T {
	left := h.left()
	turn := rotation % 3 * len(left) / 3
	return slices.Concat(left[turn:], left[:turn], h.members())
}

// groupsReady is true when suites tell no new groups any more. A server whose only
// suites with curves have an ECDSA certificate must be known as such before.
func (w *Walk) groupsReady() bool {
	switch {
	case w.groups == nil || w.groups.done():
		return false
	case w.version == tlshello.TLS13:
		return w.dryGroups || w.suites.done()
	case w.suites.done():
		if !w.curves(nil) {
			w.groups.none(w.suites.gap) // nothing that was accepted has a group
		}
		return !w.groups.done()
	}
	return w.dryGroups && w.curves(freed)
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
	q := Question{Groups: slices.Clone(one.left), Signed: w.version != tlshello.TLS13, NoShare: w.version == tlshello.TLS13, groups: one}
	q.fresh = len(q.Groups)
	for _, suite := range w.all {
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
	return q
}

// schemesReady is true when suites tell no new schemes any more.
func (w *Walk) schemesReady() bool {
	switch {
	case w.schemes == nil || w.schemes.done():
		return false
	case w.version == tlshello.TLS13:
		return true
	case w.suites.done():
		if len(w.signing()) == 0 {
			w.schemes.none(w.suites.gap) // nothing that was accepted is signed
		}
		return !w.schemes.done()
	}
	return w.drySchemes && len(w.signing()) > 0
}

func (w *Walk) askSchemes(one *hand[tlshello.SignatureScheme]) Question {
	q := Question{Schemes: slices.Clone(one.left), Signed: true, schemes: one}
	q.fresh = len(q.Schemes)
	for _, suite := range w.all {
		if signs(w.version, suite) {
			q.Suites = append(q.Suites, suite)
		}
	}
	return q
}

// askRanking offers what was accepted with the suite last that was chosen at first:
// a server that chooses it again goes by an order of its own.
func (w *Walk) askRanking() (Question, bool) {
	if w.ranked || !w.suites.done() {
		return Question{}, false
	}
	known := w.suites.members()
	slices.Reverse(known)
	known = slices.DeleteFunc(known, func(s tlshello.Suite) bool { return s == w.first || !slices.Contains(w.offered, s) })
	if len(known) == 0 {
		return Question{}, false
	}
	w.ranked = true
	return Question{Suites: append(known, w.first)}, true
}

// Bound is how many questions a walk asks at the most, for a server that accepts
// so many suites, groups and schemes: one for each, one or two for each hand that
// is refused (a hand is split after three suites, or two of the others), and one
// for the order of suites.
func Bound(version tlshello.Version, room, suites, groups, schemes int) int {
	hands := max(2, (len(tlshello.Suites(version))+room-1)/max(1, room))
	return suites + 2*(hands+suites/3) + groups + 2*(1+groups/2) + schemes + 1 + schemes/2 + 1
}
