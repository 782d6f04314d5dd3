// Package tlsgroups enumerates the key exchange groups that the target accepts.
package tlsgroups

import (
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
	Needs: []string{observe.TLSVersions.Name(), observe.TLSSuites.Name()},
	Fills: []string{observe.TLSGroups.Name()},
	Most:  probe.Budget{Connections: 60, Bytes: 1 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	suites, _ := observe.Seen(rec, observe.TLSSuites)
	found := observe.Groups{Absent: suites.Absent, Versions: map[tlshello.Version]observe.GroupList{}}
	var refs []observe.Ref
	for _, version := range asked(suites) {
		offer := tlshello.Suites(tlshello.TLS13)
		if version != tlshello.TLS13 {
			offer = ephemeral(suites.Versions[version])
		}
		list, from := enumerate(ctx, w, version, offer)
		found.Versions[version] = list
		refs = append(refs, from...)
	}
	observe.Put(rec, observe.TLSGroups, found, refs...)
}

// asked are TLS 1.3 and the newest older version: groups do not differ between
// the older ones.
func asked(suites observe.Suites) (versions []tlshello.Version) {
	older := tlshello.Version(0)
	for version := range suites.Versions {
		if version == tlshello.TLS13 {
			versions = append(versions, version)
		} else if version >= tlshello.TLS10 {
			older = max(older, version)
		}
	}
	if older != 0 {
		versions = append(versions, older)
	}
	return versions
}

func ephemeral(list observe.SuiteList) (suites []tlshello.Suite) {
	for _, seen := range list.Suites {
		if info, known := seen.Suite.Info(); known && info.KeyExchange == "ECDHE" {
			suites = append(suites, seen.Suite)
		}
	}
	return suites
}

func enumerate(ctx context.Context, w *wire.Wire, version tlshello.Version, offer []tlshello.Suite) (observe.GroupList, []observe.Ref) {
	list := observe.GroupList{Groups: []observe.GroupSeen{}}
	if len(offer) == 0 {
		list.Complete = true
		return list, nil
	}
	var refs []observe.Ref
	left := tlshello.Groups()
	for len(left) > 0 {
		hello := w.Hello(version, offer)
		hello.Groups, hello.EmptyKeyShare = left, version == tlshello.TLS13
		until := tlshello.UntilServerHello
		if version != tlshello.TLS13 {
			until = tlshello.UntilDone
		}
		reply := w.Ask(ctx, w.Target().HTTPSPort, hello, until)
		if reply.Ref != "" {
			refs = append(refs, reply.Ref)
		}
		if reply.Result != observe.Accepted || !slices.Contains(left, reply.Group) {
			list.Complete, list.Why, list.Detail = reply.Result == observe.Denied, reply.Why, reply.Detail
			break
		}
		list.Groups = append(list.Groups, observe.GroupSeen{Group: reply.Group, Ref: reply.Ref})
		left = slices.DeleteFunc(left, func(g tlshello.Group) bool { return g == reply.Group })
	}
	return list, refs
}
