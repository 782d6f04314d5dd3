// Package tlsgroups enumerates the key exchange groups that the target accepts.
package tlsgroups

import (
	"cmp"
	"context"
	"slices"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe offers all groups and strikes out the one that was chosen: at TLS 1.3 by
// the HelloRetryRequest that an empty key share provokes (RFC 8446 section
// 4.2.8), at TLS 1.2 and below by the curve of the ServerKeyExchange.
var Probe = probe.Probe{
	Name:  "tlsgroups",
	Needs: []string{observe.TLSVersions.Name()},
	Fills: []string{observe.TLSGroups.Name()},
	Most:  probe.Budget{Connections: worst(), Bytes: 1 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	asked, known := asked(versions)
	if !known {
		observe.Miss(rec, observe.TLSGroups, observe.Gap{Why: observe.Unasked, Detail: "no protocol version was found to be accepted"})
		return
	}
	found := observe.Groups{Absent: len(asked) == 0, Versions: map[tlshello.Version]observe.GroupList{}}
	lists, from := make([]observe.GroupList, len(asked)), make([][]observe.Ref, len(asked))
	questions := []func(){}
	for i, version := range asked {
		questions = append(questions, func() { lists[i], from[i] = enumerate(ctx, w, version) })
	}
	probe.Beside(questions...)
	refs := []observe.Ref{}
	for i, version := range asked {
		found.Versions[version] = lists[i]
		refs = append(refs, from[i]...)
	}
	observe.Put(rec, observe.TLSGroups, found, refs...)
}

// asked are TLS 1.3 and the newest older version that has groups: they do not
// differ between the older ones. Nothing is known when no version was accepted
// and the port is not proven to hold no TLS.
func asked(versions observe.Versions) (asked []tlshello.Version, known bool) {
	known = true
	older := tlshello.Version(0)
	for version, answer := range versions {
		known = known && answer.Absent()
		switch {
		case !answer.Accepted() || version < tlshello.TLS10:
		case version == tlshello.TLS13:
			asked = append(asked, version)
		default:
			older = max(older, version)
		}
	}
	if older != 0 {
		asked = append(asked, older)
	}
	return asked, known || len(asked) > 0
}

// offer is all suites of TLS 1.3, and below it those with an ephemeral elliptic
// curve key exchange.
func offer(version tlshello.Version) []tlshello.Suite {
	return slices.DeleteFunc(tlshello.Suites(version), func(s tlshello.Suite) bool {
		info, known := s.Info()
		return version != tlshello.TLS13 && (!known || info.KeyExchange != "ECDHE")
	})
}

// worst is a target that accepts every group of two versions: one connection a
// group, one refusal a hand, and as much again for a curve that its key needs.
func worst() int { return 2 * 2 * (len(tlshello.Groups()) + lanes) }

// lanes is how many hands the groups are dealt into, each walked beside the
// others: the usual ones fall to different hands.
const lanes = 3

// enumerate walks one version, all hands side by side; the list is in the order
// of the groups' numbers.
func enumerate(ctx context.Context, w *wire.Wire, version tlshello.Version) (observe.GroupList, []observe.Ref) {
	hands := make([]*hand, lanes)
	for i := range hands {
		hands[i] = &hand{}
	}
	for i, group := range tlshello.Groups() {
		hands[i%lanes].left = append(hands[i%lanes].left, group)
	}
	questions := []func(){}
	for _, h := range hands {
		questions = append(questions, func() { h.walk(ctx, w, version) })
	}
	probe.Beside(questions...)
	if rest, signed := remainder(hands); signed && version != tlshello.TLS13 {
		rest.walk(ctx, w, version)
		hands = append(hands, rest)
	}
	sum, refs := observe.GroupList{Groups: []observe.GroupSeen{}, Complete: true}, []observe.Ref{}
	for _, h := range hands {
		sum.Groups, refs = append(sum.Groups, h.list.Groups...), append(refs, h.refs...)
		if !h.list.Complete && sum.Complete {
			sum.Complete, sum.Why, sum.Detail = false, h.list.Why, h.list.Detail
		}
	}
	slices.SortFunc(sum.Groups, func(a, b observe.GroupSeen) int { return cmp.Compare(a.Group, b.Group) })
	return sum, refs
}

// A hand is some of the groups, and what became of them.
type hand struct {
	left   []tlshello.Group
	behind []tlshello.Group // known to be accepted, and offered too, after the others
	signed bool             // a suite was chosen whose certificate holds a curve itself
	list   observe.GroupList
	refs   []observe.Ref
}

// remainder is a hand of all that the others did not see accepted, with what they
// did see behind it. Up to TLS 1.2 the curve of an ECDSA certificate must be among
// the groups of the hello (RFC 8422 section 5.1): without it a refusal says nothing
// of those that were offered.
func remainder(hands []*hand) (rest *hand, signed bool) {
	rest = &hand{}
	for _, h := range hands {
		rest.left, signed = append(rest.left, h.left...), signed || h.signed
		for _, seen := range h.list.Groups {
			rest.behind = append(rest.behind, seen.Group)
		}
	}
	slices.Sort(rest.left)
	return rest, signed
}

// walk offers what is left, strikes out the chosen group, and offers the rest
// until it is refused or one of those behind it is taken instead.
func (h *hand) walk(ctx context.Context, w *wire.Wire, version tlshello.Version) {
	h.list = observe.GroupList{Groups: []observe.GroupSeen{}}
	until := tlshello.UntilServerHello
	if version != tlshello.TLS13 {
		until = tlshello.UntilDone
	}
	for len(h.left) > 0 {
		hello := w.Hello(version, offer(version))
		hello.Groups, hello.EmptyKeyShare = slices.Concat(h.left, h.behind), version == tlshello.TLS13
		reply := w.Ask(ctx, w.Target().HTTPSPort, hello, until)
		if reply.Ref != "" {
			h.refs = append(h.refs, reply.Ref)
		}
		accepted := reply.Result == observe.Accepted
		if !accepted || !slices.Contains(h.left, reply.Group) {
			known := accepted && slices.Contains(h.behind, reply.Group)
			h.list.Complete, h.list.Why, h.list.Detail = known || reply.Result == observe.Denied, reply.Why, reply.Detail
			return
		}
		info, _ := reply.Suite.Info()
		h.signed = h.signed || info.Authentication == "ECDSA"
		h.list.Groups = append(h.list.Groups, observe.GroupSeen{Group: reply.Group, Ref: reply.Ref})
		h.left = slices.DeleteFunc(h.left, func(g tlshello.Group) bool { return g == reply.Group })
	}
	h.list.Complete = true
}
