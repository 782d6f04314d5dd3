// Package drown compares the key that SSLv2 is served with to that of TLS (DROWN,
// CVE-2016-0800).
package drown

import (
	"context"
	"fmt"
	"io"
	"slices"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes/internal/reaction"
	"middlebrick/tlsclient"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe asks nothing where SSLv2 is refused. Where it is accepted, it reads the
// certificates of SSLv2 and of the newest TLS, and sends one master key that only
// an old OpenSSL takes (CVE-2016-0703).
var Probe = probe.Probe{
	Name:  "drown",
	Needs: []string{observe.TLSVersions.Name()},
	Fills: []string{observe.SSL2Keys.Name()},
	Most:  probe.Budget{Connections: 7, Bytes: 1 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	answer := versions[tlshello.SSL2]
	seen := observe.SSL2Key{SSL2: answer.Result, Absent: answer.Absent(), Suites: []tlshello.Suite{}, Refs: []observe.Ref{}}
	if answer.Ref != "" {
		seen.Refs = append(seen.Refs, answer.Ref)
	}
	if !answer.Accepted() {
		if answer.Result == observe.Silent {
			seen.Why, seen.Detail = answer.Why, answer.Detail
		}
		observe.Put(rec, observe.SSL2Keys, seen, seen.Refs...)
		return
	}
	a := asker{ctx: ctx, w: w, seen: &seen}
	old := w.Ask(ctx, w.Target().HTTPSPort, w.Hello(tlshello.SSL2, tlshello.Suites(tlshello.SSL2)), tlshello.UntilServerHello)
	a.note(old)
	if old.Result == observe.Accepted {
		a.compare(versions, old)
		a.clearKey(old)
	}
	observe.Put(rec, observe.SSL2Keys, seen, seen.Refs...)
}

type asker struct {
	ctx  context.Context
	w    *wire.Wire
	seen *observe.SSL2Key
}

// note keeps what a hello came to.
func (a *asker) note(reply wire.Reply) {
	if reply.Ref != "" {
		a.seen.Refs = append(a.seen.Refs, reply.Ref)
	}
	if gap := reply.Gap(); gap != nil {
		a.seen.Why, a.seen.Detail = gap.Why, gap.Detail
	}
}

// compare tells whether TLS, in its newest version, proves itself with the same
// key. Only suites that need an RSA certificate are offered, for a server may hold
// one of another kind beside it.
func (a *asker) compare(versions observe.Versions, old wire.Reply) {
	a.seen.Suites = append(a.seen.Suites, old.SSL2Suites...)
	ours, _, err := tlsclient.RSAKey(old.Answer)
	if err != nil {
		a.seen.Why, a.seen.Detail = observe.Garbled, err.Error()
		return
	}
	a.seen.Bits = ours.BitLen()
	version, some := reaction.Newest(func(v tlshello.Version) bool { return versions[v].Accepted() })
	if !some {
		return
	}
	hello := a.w.Hello(version, slices.DeleteFunc(reaction.Suites(version), func(s tlshello.Suite) bool {
		info, _ := s.Info()
		return info.Authentication != "RSA"
	}))
	reply := a.w.Ask(a.ctx, a.w.Target().HTTPSPort, hello, tlshello.UntilCertificate)
	a.note(reply)
	theirs, _, err := tlsclient.RSAKey(reply.Answer)
	switch {
	case reply.Result == observe.Denied:
		a.seen.Same = observe.No
	case reply.Result == observe.Accepted && err != nil:
		a.seen.Why, a.seen.Detail = observe.Garbled, err.Error()
	case err == nil && ours.Cmp(theirs) == 0:
		a.seen.Same = observe.Yes
	case err == nil:
		a.seen.Same = observe.No
	}
}

// strong are the kinds of SSLv2 whose master key is encrypted whole: RC4, RC2, and
// IDEA of 128 bits (Hickman, The SSL Protocol, section C.4).
var strong = []tlshello.Suite{0x010080, 0x030080, 0x050080}

// clearKey sends a master key of which one byte stands in the clear, for a kind of
// which none may. Since OpenSSL 1.0.2a, 1.0.1m, 1.0.0r and 0.9.8zf that is an
// error; before, the server went on. The key is a random one, and nothing is
// learnt of any other.
func (a *asker) clearKey(old wire.Reply) {
	at := slices.IndexFunc(old.SSL2Suites, func(kind tlshello.Suite) bool { return slices.Contains(strong, kind) })
	if at < 0 {
		return
	}
	kind := old.SSL2Suites[at]
	put := false
	about := fmt.Sprintf("SSLv2 master key for %s with one byte in the clear", kind)
	ref, gap := a.w.Talk(a.ctx, a.w.Target().HTTPSPort, about, func(rw io.ReadWriter) error {
		hello := a.w.Hello(tlshello.SSL2, []tlshello.Suite{kind})
		raw, err := hello.Marshal()
		if err != nil {
			return err
		}
		if _, err := rw.Write(raw); err != nil {
			return err
		}
		answer, err := tlshello.ReadAnswer(rw, hello, tlshello.UntilServerHello)
		if err != nil {
			return err
		}
		modulus, _, err := tlsclient.RSAKey(answer)
		if err != nil {
			return err
		}
		put = true
		if _, err := rw.Write(masterKey(kind, (modulus.BitLen()+7)/8)); err != nil {
			return err
		}
		a.seen.ClearKey, err = goesOn(rw)
		return err
	})
	if ref != "" {
		a.seen.Refs = append(a.seen.Refs, ref)
	}
	// What is not told here is no gap: the fault does not rest on it.
	if put && gap != nil && (gap.Why == observe.Closed || gap.Why == observe.Reset) {
		a.seen.ClearKey = observe.No
	}
}

// masterKey is a CLIENT-MASTER-KEY message (section C.3.3): one byte in the clear,
// and a number that is no right encryption of anything.
func masterKey(kind tlshello.Suite, size int) []byte {
	const clientMasterKey, inClear = 2, 1
	argument := 0
	if kind != strong[0] {
		argument = 8 // an initial value: RC2 and IDEA run in CBC mode
	}
	body := []byte{clientMasterKey, byte(kind >> 16), byte(kind >> 8), byte(kind), 0, inClear, byte(size >> 8), byte(size), 0, byte(argument)}
	body = append(body, 0x5a)
	body = append(append(body, 0), make([]byte, size-1)...)
	body[len(body)-1] = 2
	body = append(body, make([]byte, argument)...)
	return append([]byte{0x80 | byte(len(body)>>8), byte(len(body))}, body...)
}

// goesOn tells SERVER-VERIFY, which is encrypted and longer than its challenge of
// 16 bytes, from an ERROR of 3 bytes.
func goesOn(r io.Reader) (observe.Answered, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", err
	}
	size := int(head[0]&0x7f)<<8 | int(head[1])
	if head[0]&0x80 == 0 {
		size = int(head[0]&0x3f)<<8 | int(head[1])
	}
	if size > 16 {
		return observe.Yes, nil
	}
	return observe.No, nil
}
