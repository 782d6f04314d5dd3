// The hellos: the usual one, which the target is known to accept, and what makes
// it odd.

package tlshabits

import (
	"slices"

	"middlebrick/observe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Unknown is an application protocol that nobody has registered.
const Unknown = "middlebrick-none"

// newest is a version that does not exist.
const newest tlshello.Version = 0x0305

// Lengths of the hello's handshake message, in bytes. Some load balancers took a
// hello of 256 to 511 bytes for one of SSLv2 (RFC 7685 section 1); one above 16 KiB
// must be put together from several records (RFC 8446 section 5.1).
const (
	leastMiddle, mostMiddle = 256, 511
	aimMiddle               = 400
	aimLong                 = 17 << 10
)

// usual offers the accepted versions as a client of today would, with the suites
// that the target chose before, and no application protocol. No post-quantum group
// is among its groups: a server that likes one best would first ask for its key,
// which costs a round trip.
func usual(w *wire.Wire, versions observe.Versions, accepted []tlshello.Version) tlshello.Client {
	hello := w.Hello(accepted[0], suites(versions, accepted))
	hello.ALPN = nil
	hello.Groups = slices.DeleteFunc(slices.Clone(hello.Groups), postQuantum)
	if accepted[0] == tlshello.TLS13 {
		hello.Versions = accepted
	}
	return hello
}

func postQuantum(g tlshello.Group) bool {
	info, known := g.Info()
	return known && (info.Kind == "PQ" || info.Kind == "hybrid")
}

// suites are those that the target chose for these versions, and the usual ones.
func suites(versions observe.Versions, accepted []tlshello.Version) (chosen []tlshello.Suite) {
	for _, version := range accepted {
		if suite := versions[version].Suite; !slices.Contains(chosen, suite) {
			chosen = append(chosen, suite)
		}
	}
	for _, suite := range tlshello.Modern("").Suites {
		fits := slices.ContainsFunc(accepted, func(v tlshello.Version) bool { return slices.Contains(tlshello.Suites(v), suite) })
		if fits && !slices.Contains(chosen, suite) && len(chosen) < 16 {
			chosen = append(chosen, suite)
		}
	}
	return chosen
}

// greased has a reserved value in every list; that among the application
// protocols stands last, so that the real one is still the client's first.
func greased(c tlshello.Client) tlshello.Client {
	protocols := c.ALPN
	c = c.GREASE()
	if len(protocols) > 0 {
		c.ALPN = append(slices.Clone(protocols), c.ALPN[0])
	}
	return c
}

// middle has a length of 256 to 511 bytes.
func middle(c tlshello.Client) tlshello.Client {
	c.Padding = false
	if length(c) > mostMiddle {
		c.SignatureSchemes, c.StatusRequest, c.SCT, c.SessionTicket, c.SessionID = first(c.SignatureSchemes, 9), false, false, false, nil
	}
	if length(c) < leastMiddle {
		c = filled(c, aimMiddle)
	}
	return c
}

// long has more than one record has room for.
func long(c tlshello.Client) tlshello.Client { return filled(c, aimLong) }

func first[T any](list []T, n int) []T { return list[:min(n, len(list))] }

// filled is the hello with padding up to that length (RFC 7685 section 3).
func filled(c tlshello.Client, aim int) tlshello.Client {
	c.Padding = false
	room := max(0, aim-length(c)-4)
	c.Extra = append(slices.Clone(c.Extra), tlshello.Extension{Type: tlshello.ExtPadding, Data: make([]byte, room)})
	return c
}

// length is that of the handshake message: what is sent, without the heads of
// its records.
func length(c tlshello.Client) int {
	const head, most = 5, 1 << 14
	raw, err := c.Marshal()
	if err != nil {
		return 0 // the wire says so when it is to be sent
	}
	return len(raw) - head*((len(raw)+head+most-1)/(head+most))
}
