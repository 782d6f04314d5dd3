// Package opossum asks the http form to go on with TLS on the same connection
// (RFC 2817), as Opossum needs it (CVE-2025-49812).
package opossum

import (
	"context"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe sends one request that offers the upgrade. What would come after a 101 is
// not waited for: the connection is closed.
var Probe = probe.Probe{
	Name:  "opossum",
	Needs: []string{observe.Ports.Name()},
	Fills: []string{observe.PlainTLS.Name()},
	Most:  probe.Budget{Connections: 3, Requests: 3, Bytes: 1 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	ports, _ := observe.Seen(rec, observe.Ports)
	plain := ports.HTTP
	if gap := plain.Gap(); gap != nil {
		observe.Miss(rec, observe.PlainTLS, *gap)
		return
	}
	if plain.Speaks != "http" {
		seen := observe.PlainUpgrade{Absent: "the http form's port speaks " + plain.Speaks + ", not http", Ref: plain.Ref}
		if plain.Speaks == "closed" {
			seen.Absent = "the http form's port is closed"
		}
		observe.Put(rec, observe.PlainTLS, seen, given(plain.Ref)...)
		return
	}
	resp, gap := w.Get(ctx, wire.Request{
		URL: w.Target().HTTP(), About: "asking to go on with TLS on this connection",
		Fields: []httphead.Field{{Name: "Upgrade", Value: "TLS/1.0, HTTP/1.1"}, {Name: "Connection", Value: "Upgrade"}},
	})
	if gap != nil {
		observe.Miss(rec, observe.PlainTLS, *gap)
		return
	}
	seen := observe.PlainUpgrade{URL: resp.URL, Status: resp.Head.Status, Switched: resp.Head.Status == 101, Ref: resp.Ref}
	if seen.Switched {
		seen.Upgrade = resp.Head.Get("Upgrade")
	}
	observe.Put(rec, observe.PlainTLS, seen, resp.Ref)
}

func given(ref observe.Ref) []observe.Ref {
	if ref == "" {
		return nil
	}
	return []observe.Ref{ref}
}
