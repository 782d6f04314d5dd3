// Package certchain fetches the certificates that a modern client is shown, and
// has them read and verified.
package certchain

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"middlebrick/certread"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe says a modern hello and reads the certificate message, decrypting it at
// TLS 1.3; where that fails, it asks for the versions that were accepted.
var Probe = probe.Probe{
	Name:  "certchain",
	Needs: []string{observe.TLSVersions.Name()},
	Fills: []string{observe.Certificates.Name(), observe.CertTimestamps.Name(), observe.CertLint.Name()},
	Most:  probe.Budget{Connections: 8, Bytes: 3 << 20},
	Run:   run,
	Early: func(_ context.Context, w *wire.Wire, _ *observe.Recorder) {
		_, _ = stores(w.CAFiles()) // reading them takes longest, and can be done while others wait for answers
	},
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	stores, err := stores(w.CAFiles())
	if err != nil {
		miss(rec, observe.Gap{Why: observe.Fault, Detail: err.Error()})
		return
	}
	hellos := hellos(w, versions)
	if len(hellos) == 0 {
		settle(rec, versions)
		return
	}
	if hello, reply, ok := w.First(w.Target().HTTPSPort); ok && hello.StatusRequest && len(reply.Certificates) > 0 && reply.Version >= tlshello.TLS12 {
		keep(ctx, w, rec, hello, reply, stores)
		return
	}
	var refs []observe.Ref
	var last wire.Reply
	name := ""
	for _, hello := range hellos {
		name = hello.ServerName
		last = w.Ask(ctx, w.Target().HTTPSPort, hello, tlshello.UntilDone)
		if last.Ref != "" {
			refs = append(refs, last.Ref)
		}
		if last.Result == observe.Accepted && len(last.Certificates) > 0 {
			keep(ctx, w, rec, hello, last, stores)
			return
		}
		if errors.Is(last.Err, tlshello.ErrTooLarge) {
			break // it is as large in every version
		}
	}
	switch {
	case errors.Is(last.Err, tlshello.ErrTooLarge):
		chain := tooLarge(last)
		chain.ServerName, chain.AskedFor, chain.At = name, w.Target().Host, rec.Now().UTC()
		put(rec, chain, refs...)
	case last.Result == observe.Denied && onlyAnonymous(versions):
		put(rec, none("what is accepted goes without a certificate, and every suite with one is refused"), refs...)
	default:
		miss(rec, missed(last), refs...)
	}
}

// settle says that there is no certificate where the port is proven to hold no
// TLS, and a gap where nothing is known.
func settle(rec *observe.Recorder, versions observe.Versions) {
	known := tlshello.Versions()
	for i := len(known) - 1; i >= 0; i-- {
		answer := versions[known[i]]
		if answer.Absent() {
			continue
		}
		gap := observe.Gap{Why: answer.Why, Detail: fmt.Sprintf("no certificate could be asked for: %s: %s", known[i], answer.Detail)}
		if gap.Why == "" {
			gap.Why = observe.Unasked
		}
		miss(rec, gap)
		return
	}
	put(rec, none(versions[tlshello.TLS12].Detail))
}

// hellos are what to say, the most usual first: what a modern client says, then
// one for each accepted version from the newest down. Suites without a
// certificate are left out, for a server may like them better.
func hellos(w *wire.Wire, versions observe.Versions) (all []tlshello.Client) {
	if versions[tlshello.TLS13].Accepted() || versions[tlshello.TLS12].Accepted() {
		modern := w.Hello(tlshello.TLS13, tlshello.Modern("").Suites)
		modern.Versions, modern.Groups = tlshello.Modern("").Versions, tlshello.Modern("").Groups
		all = append(all, modern)
	}
	known := tlshello.Versions()
	for i := len(known) - 1; i >= 0; i-- {
		if versions[known[i]].Accepted() {
			all = append(all, w.Hello(known[i], slices.DeleteFunc(tlshello.Suites(known[i]), uncertified)))
		}
	}
	return all
}

func keep(ctx context.Context, w *wire.Wire, rec *observe.Recorder, hello tlshello.Client, reply wire.Reply, stores []*certread.Store) {
	at := rec.Now().UTC()
	chain := certread.Chain(reply.Certificates, w.Target().Host, stores, at)
	chain.ServerName = hello.ServerName
	chain.Bytes = size(reply.Certificates)
	chain.Stapled, chain.StapleAsked = len(reply.Staple) > 0, hello.StatusRequest
	chain.Ref = reply.Ref
	if chain.Stapled {
		chain.Staple = staple(chain, reply, at)
	}
	refs := []observe.Ref{reply.Ref}
	if chain.Incomplete && w.MayConsult() {
		chain.Completed = complete(ctx, w, &chain, reply.Certificates, stores)
		if chain.Completed.Ref != "" {
			refs = append(refs, chain.Completed.Ref)
		}
	}
	observe.Put(rec, observe.Certificates, chain, refs...)
	observe.Put(rec, observe.CertTimestamps, timestamps(w, chain, reply), reply.Ref)
	observe.Put(rec, observe.CertLint, lint(chain, reply), reply.Ref)
}

// size is the length of the certificate message up to TLS 1.2 (RFC 5246 section
// 7.4.2), in bytes: three of length for each certificate and for the list.
func size(certificates [][]byte) int {
	bytes := 3
	for _, der := range certificates {
		bytes += 3 + len(der)
	}
	return bytes
}
