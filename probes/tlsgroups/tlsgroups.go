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
	Most:  probe.Budget{Connections: 60, Bytes: 1 << 20},
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

// lanes is how many hands the groups are dealt into, each walked beside the
// others: the usual ones fall to different hands.
const lanes = 3

// enumerate walks one version, all hands side by side; the list is in the order
// of the groups' numbers.
func enumerate(ctx context.Context, w *wire.Wire, version tlshello.Version) (observe.GroupList, []observe.Ref) {
	hands := make([][]tlshello.Group, lanes)
	for i, group := range tlshello.Groups() {
		hands[i%lanes] = append(hands[i%lanes], group)
	}
	lists, from := make([]observe.GroupList, lanes), make([][]observe.Ref, lanes)
	questions := []func(){}
	for i, hand := range hands {
		questions = append(questions, func() { lists[i], from[i] = walk(ctx, w, version, hand) })
	}
	probe.Beside(questions...)
	sum := observe.GroupList{Groups: []observe.GroupSeen{}, Complete: true}
	for _, list := range lists {
		sum.Groups = append(sum.Groups, list.Groups...)
		if !list.Complete && sum.Complete {
			sum.Complete, sum.Why, sum.Detail = false, list.Why, list.Detail
		}
	}
	slices.SortFunc(sum.Groups, func(a, b observe.GroupSeen) int { return cmp.Compare(a.Group, b.Group) })
	return sum, slices.Concat(from...)
}

// walk offers those groups, strikes out the chosen one, and offers the rest until
// it is refused.
func walk(ctx context.Context, w *wire.Wire, version tlshello.Version, left []tlshello.Group) (observe.GroupList, []observe.Ref) {
	list := observe.GroupList{Groups: []observe.GroupSeen{}}
	var refs []observe.Ref
	until := tlshello.UntilServerHello
	if version != tlshello.TLS13 {
		until = tlshello.UntilDone
	}
	for len(left) > 0 {
		hello := w.Hello(version, offer(version))
		hello.Groups, hello.EmptyKeyShare = left, version == tlshello.TLS13
		reply := w.Ask(ctx, w.Target().HTTPSPort, hello, until)
		if reply.Ref != "" {
			refs = append(refs, reply.Ref)
		}
		if reply.Result != observe.Accepted || !slices.Contains(left, reply.Group) {
			list.Complete, list.Why, list.Detail = reply.Result == observe.Denied, reply.Why, reply.Detail
			return list, refs
		}
		list.Groups = append(list.Groups, observe.GroupSeen{Group: reply.Group, Ref: reply.Ref})
		left = slices.DeleteFunc(left, func(g tlshello.Group) bool { return g == reply.Group })
	}
	list.Complete = true
	return list, refs
}
