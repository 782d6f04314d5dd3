// Package tlsnameless asks without a server name, as a client does that knows the
// address alone, and notes which certificate it is shown.
package tlsnameless

import (
	"context"
	"slices"
	"strings"

	"middlebrick/certread"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe says the hello that the certificate chain was asked with, without its
// name; where that is refused for another reason, one with every suite.
var Probe = probe.Probe{
	Name:  "tlsnameless",
	Needs: []string{observe.TLSVersions.Name()},
	After: []string{observe.Certificates.Name()},
	Fills: []string{observe.TLSNameless.Name()},
	Most:  probe.Budget{Connections: 3, Bytes: 1 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	seen := observe.Nameless{AskedFor: w.Target().Host}
	hellos := hellos(w, versions)
	switch {
	case absent(versions):
		seen.Absent = true
		observe.Put(rec, observe.TLSNameless, seen)
		return
	case w.Target().Literal():
		seen.Literal = true
		observe.Put(rec, observe.TLSNameless, seen)
		return
	case len(hellos) == 0:
		observe.Miss(rec, observe.TLSNameless, observe.Gap{Why: observe.Unasked, Detail: "no protocol version with a server name was found to be accepted"})
		return
	}
	reply, refs := ask(ctx, w, hellos)
	if gap := reply.Gap(); gap != nil {
		observe.Miss(rec, observe.TLSNameless, *gap, refs...)
		return
	}
	if reply.Result == observe.Accepted && len(reply.Certificates) == 0 {
		observe.Miss(rec, observe.TLSNameless, unread(reply), refs...)
		return
	}
	seen.Answer = reply.Observed()
	show(rec, &seen, reply)
	observe.Put(rec, observe.TLSNameless, seen, refs...)
}

func absent(versions observe.Versions) bool {
	for _, answer := range versions {
		if !answer.Absent() {
			return false
		}
	}
	return len(versions) > 0
}

// hellos are those without a name. A server name needs an extension, which SSLv3
// has not.
func hellos(w *wire.Wire, versions observe.Versions) (all []tlshello.Client) {
	add := func(hello tlshello.Client) {
		hello.ServerName = ""
		all = append(all, hello)
	}
	if versions[tlshello.TLS13].Accepted() || versions[tlshello.TLS12].Accepted() {
		usual := tlshello.Modern("")
		modern := w.Hello(tlshello.TLS13, usual.Suites)
		modern.Versions, modern.Groups = usual.Versions, usual.Groups
		add(modern)
	}
	for _, version := range slices.Backward(tlshello.Versions()) {
		if version >= tlshello.TLS10 && versions[version].Accepted() {
			add(w.Hello(version, slices.DeleteFunc(tlshello.Suites(version), uncertified)))
			break
		}
	}
	return all
}

// uncertified is true for suites whose handshake holds no certificate.
func uncertified(s tlshello.Suite) bool {
	info, known := s.Info()
	return !known || slices.Contains([]string{"anon", "NULL", "PSK", "SRP", "KRB5", "ECCPWD"}, info.Authentication)
}

// ask says one hello after the other until one is accepted, or refused for want of
// a name. Any other refusal is held against the same hello with its name.
func ask(ctx context.Context, w *wire.Wire, hellos []tlshello.Client) (last wire.Reply, refs []observe.Ref) {
	say := func(hello tlshello.Client) wire.Reply {
		reply := w.Ask(ctx, w.Target().HTTPSPort, hello, tlshello.UntilCertificate)
		if reply.Ref != "" {
			refs = append(refs, reply.Ref)
		}
		return reply
	}
	for _, hello := range hellos {
		last = say(hello)
		if last.Result != observe.Denied || strings.Contains(last.Detail, "unrecognized_name") {
			return last, refs
		}
	}
	named := hellos[len(hellos)-1]
	named.ServerName = w.ServerName()
	if with := say(named); with.Result != observe.Accepted {
		last.Result, last.Why = observe.Silent, observe.Refused
		last.Detail = "refused (" + last.Detail + "), and so was the same hello with a name"
	}
	return last, refs
}

func unread(reply wire.Reply) observe.Gap {
	if reply.Err == nil {
		return observe.Gap{Why: observe.Garbled, Detail: "the answer to a hello without a name held no certificate"}
	}
	return observe.Gap{Why: wire.Classify(reply.Err), Detail: "the answer to a hello without a name held no certificate: " + reply.Err.Error()}
}

// show notes the leaf, and holds it against the one that is sent for the name.
func show(rec *observe.Recorder, seen *observe.Nameless, reply wire.Reply) {
	if reply.Result != observe.Accepted {
		return
	}
	chain := certread.Chain(reply.Certificates, seen.AskedFor, nil, rec.Now().UTC())
	leaf, some := chain.Leaf()
	if !some {
		return
	}
	leaf.Raw = nil
	seen.Certificate, seen.NameMatches = &leaf, chain.NameMatches
	named, gap := observe.Seen(rec, observe.Certificates)
	other, some := named.Leaf()
	if seen.Compared = gap == nil && some; seen.Compared {
		seen.Same = other.SHA256 == leaf.SHA256
	}
}
