// What an answer tells.

package strategy

import (
	"slices"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// Learn takes the answer to a question in.
func (w *Walk) Learn(q Question, o Outcome) {
	w.flying--
	w.ranking = w.ranking && !(q.suites == nil && q.OfSuites())
	accepted := o.Result == observe.Accepted
	if accepted && !slices.Contains(q.Suites, o.Suite) {
		o.Result, o.Why, o.Detail = observe.Silent, observe.Garbled, "chose "+o.Suite.String()+", which was not offered"
		accepted = false
	}
	if accepted {
		w.reads = w.reads || q.suites != nil && q.odd()
		w.retries = w.retries || q.NoShare
	}
	switch {
	case q.suites != nil:
		w.learnSuites(q, o, accepted)
	case q.groups != nil:
		w.learnGroups(q, o, accepted)
	case q.schemes != nil:
		w.learnSchemes(q, o, accepted)
	case accepted:
		w.learnRanking(q, o)
	case w.rival != 0:
		w.rival, w.ranked = 0, false // it is asked for when the suites are known
	}
}

func (w *Walk) learnSuites(q Question, o Outcome, accepted bool) {
	one := q.suites
	if accepted {
		w.note(o)
		w.dryGroups = w.dryGroups || q.Groups != nil && o.Group != 0 && !slices.Contains(q.Groups[:q.newGroups], o.Group)
		w.wither(q, o)
		w.suites.hit(one)
		return
	}
	if q.odd() && !w.reads {
		one.plain, one.asked = true, false // it may have stumbled over the form
		return
	}
	if o.Result == observe.Denied {
		w.suites.close(one, o.Soft)
		return
	}
	w.suites.lose(one, o.gap())
}

// wither notes when the answers to questions about something else tell no new
// scheme any more.
func (w *Walk) wither(q Question, o Outcome) {
	w.drySchemes = w.drySchemes || q.Schemes != nil && o.Scheme != 0 && !slices.Contains(q.Schemes[:q.newSchemes], o.Scheme)
}

func (w *Walk) learnGroups(q Question, o Outcome, accepted bool) {
	one := q.groups
	if accepted {
		w.wither(q, o)
	}
	switch {
	case accepted && slices.Contains(q.Groups[:q.newGroups], o.Group):
		w.note(o)
		w.groups.hit(one)
	case accepted && slices.Contains(q.Groups[q.newGroups:], o.Group):
		w.note(o)
		w.behind(q, one)
	case accepted:
		w.groups.lose(one, &observe.Gap{Why: observe.Garbled, Detail: "chose the group " + o.Group.String() + ", which was not offered"})
	case o.Result != observe.Denied:
		w.groups.lose(one, o.gap())
	case q.NoShare && !w.retries:
		w.groups.lose(one, &observe.Gap{Why: observe.Refused, Detail: "refuses hellos without a key share, which ask for its groups"})
	case w.anchored(one):
		one.plain, one.asked = true, false
	default:
		w.groups.close(one, o.Soft)
	}
}

// behind judges an answer that took a group which had been put behind those that
// are asked for. A curve that every client of the certificate must offer, and that
// the server takes before all that is left, leaves those out of reach.
func (w *Walk) behind(q Question, one *hand[tlshello.Group]) {
	if q.NoShare {
		one.asked = false // so it answers hellos without a key share: ask in earnest
		return
	}
	w.groups.close(one, false)
}

// anchored is true when a refusal says nothing, because the curve of the server's
// only certificate was not among the groups.
func (w *Walk) anchored(one *hand[tlshello.Group]) bool {
	return w.version != tlshello.TLS13 && w.anchor != 0 && !one.plain && !slices.Contains(one.left, w.anchor) && !w.curves(freed)
}

func (w *Walk) learnSchemes(q Question, o Outcome, accepted bool) {
	one := q.schemes
	switch {
	case accepted && o.Scheme == 0 && o.Alerted:
		w.schemes.close(one, false) // Go says no only after its certificate
	case accepted && o.Scheme == 0:
		w.note(o)
		w.schemes.lose(one, o.gap())
	case accepted && !slices.Contains(q.Schemes, o.Scheme):
		w.note(o)
		w.schemes.lose(one, &observe.Gap{Why: observe.Garbled, Detail: "signed with " + o.Scheme.String() + ", which was not offered"})
	case accepted:
		w.note(o)
		w.schemes.hit(one)
	case o.Result == observe.Denied:
		w.schemes.close(one, o.Soft)
	default:
		w.schemes.lose(one, o.gap())
	}
}

// learnRanking: who goes by the client's order takes the first; who takes another
// has an order of its own.
func (w *Walk) learnRanking(q Question, o Outcome) {
	w.note(o)
	w.wither(q, o)
	switch {
	case o.Suite == q.Suites[0]:
		w.preference = observe.ByClient
		return
	case !w.has(q.Suites[0]):
		w.beaten = true
		return
	}
	w.preference, w.preferred = observe.ByServer, o.Suite
}
