// Package ccsinjection sends a change_cipher_spec before any key was agreed on
// (CVE-2014-0224).
package ccsinjection

import (
	"context"
	"fmt"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes/internal/reaction"
	"middlebrick/tlsclient"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe sends it with a record behind it that stands in the clear. A server that
// refuses the early message says so at once, and nothing more is asked. One that
// took it tries to decrypt the record and cannot; then more questions tell whether
// it was that: the record alone, and the early message alone; or, of a server that
// closes on whatever it does not like, the early message alone, and the message that
// it waits for, behind the early one and alone. Two of these are answered by silence,
// so that they are asked side by side.
var Probe = probe.Probe{
	Name:  "ccsinjection",
	Needs: []string{observe.TLSVersions.Name()},
	Fills: []string{observe.EarlyCCS.Name()},
	Most:  probe.Budget{Connections: 5, Bytes: 1 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	seen := observe.Reactions{Absent: reaction.Absent(versions), Trials: []observe.Trial{}}
	version, some := reaction.Newest(func(v tlshello.Version) bool { return versions[v].Accepted() })
	if !some {
		none(rec, versions, seen)
		return
	}
	seen.Version = version
	a := asker{ctx: ctx, w: w, version: version, seen: &seen}
	a.ask(observe.CCSFollowed)
	switch took := a.took(observe.CCSFollowed); {
	case undecrypted(took):
		a.ask(observe.CCSFollowed, observe.CCSControl, observe.CCSAlone)
	case took == observe.ClosedOn:
		a.ask(observe.CCSAlone, observe.CCSKeyed, observe.CCSKeyed, observe.CCSKeyAlone)
	}
	observe.Put(rec, observe.EarlyCCS, seen, a.refs...)
}

// none is said where there is no version to ask: all that is accepted is TLS 1.3,
// in which the message means nothing (RFC 8446 section 5), or SSLv2.
func none(rec *observe.Recorder, versions observe.Versions, seen observe.Reactions) {
	refs := []observe.Ref{}
	for _, version := range tlshello.Versions() {
		answer := versions[version]
		if answer.Ref != "" {
			refs = append(refs, answer.Ref)
		}
		if between := version >= tlshello.SSL3 && version <= tlshello.TLS12; between && !answer.Refused() && !answer.Absent() {
			seen.Why, seen.Detail = answer.Why, fmt.Sprintf("%s: %s", version, answer.Detail)
		}
	}
	if seen.Why == "" && !seen.Absent {
		seen.Spared = "no version from SSLv3 to TLS 1.2 is accepted"
	}
	observe.Put(rec, observe.EarlyCCS, seen, refs...)
}

// undecrypted is true of the alerts of a server that could not read an encrypted
// record: bad_record_mac and decryption_failed (RFC 5246 section 7.2.2).
func undecrypted(took observe.Reaction) bool {
	return took == observe.OfAlert(20) || took == observe.OfAlert(21)
}

type asker struct {
	ctx     context.Context
	w       *wire.Wire
	version tlshello.Version
	seen    *observe.Reactions
	refs    []observe.Ref
}

// took is the first reaction to that form; empty where there was none.
func (a *asker) took(form string) observe.Reaction {
	trial, asked := a.seen.Of(a.version.String(), form)
	if !asked {
		return ""
	}
	return trial.Took[0]
}

// ask puts the question in those forms, side by side, and notes how each was taken.
func (a *asker) ask(forms ...string) {
	heard, gaps := make([]reaction.Heard, len(forms)), make([]*observe.Gap, len(forms))
	questions := []func(){}
	for i, form := range forms {
		questions = append(questions, func() { heard[i], gaps[i] = a.one(form) })
	}
	probe.Beside(questions...)
	for i, form := range forms {
		if heard[i].Ref != "" {
			a.refs = append(a.refs, heard[i].Ref)
		}
		if gaps[i] != nil {
			a.seen.Why, a.seen.Detail = gaps[i].Why, gaps[i].Detail
			continue
		}
		a.seen.Note(a.version.String(), form, heard[i].Flight.Suite, heard[i].Reaction, heard[i].Ref)
	}
}

var worded = map[string]string{
	observe.CCSFollowed: "change_cipher_spec before the key exchange, and a record behind it",
	observe.CCSControl:  "the same record without the change_cipher_spec",
	observe.CCSAlone:    "change_cipher_spec before the key exchange, and nothing behind it",
	observe.CCSKeyed:    "change_cipher_spec before the key exchange, and then that",
	observe.CCSKeyAlone: "the key exchange, and nothing behind it",
}

func (a *asker) one(form string) (reaction.Heard, *observe.Gap) {
	hello := a.w.Hello(a.version, reaction.Suites(a.version))
	hello.Groups = []tlshello.Group{tlshello.X25519, tlshello.Secp256r1}
	return reaction.To(wire.Brief(a.w.Urgent(a.ctx)), a.w, a.w.Target().HTTPSPort, reaction.Question{
		About: fmt.Sprintf("%s %s", a.version, worded[form]),
		Hello: hello,
		Say: func(flight tlshello.Answer) ([]byte, error) {
			early := reaction.Record(reaction.ChangeCipherSpec, a.version, []byte{1})
			switch form {
			case observe.CCSFollowed:
				return append(early, reaction.OutOfTurn(a.version)...), nil
			case observe.CCSControl:
				return reaction.OutOfTurn(a.version), nil
			case observe.CCSAlone:
				return early, nil
			}
			exchange, err := keyExchange(flight, a.version)
			if form == observe.CCSKeyed {
				exchange = append(early, exchange...)
			}
			return exchange, err
		},
	})
}

// keyExchange is a ClientKeyExchange that any server goes on from, though we know
// no secret to it: an encrypted number, a public value, or a point.
func keyExchange(flight tlshello.Answer, version tlshello.Version) ([]byte, error) {
	var body []byte
	info, _ := flight.Suite.Info()
	switch {
	case info.KeyExchange == "RSA":
		modulus, _, err := tlsclient.RSAKey(flight)
		if err != nil {
			return nil, err
		}
		body = make([]byte, (modulus.BitLen()+7)/8)
		body[len(body)-1] = 2
		if version > tlshello.SSL3 {
			body = append([]byte{byte(len(body) >> 8), byte(len(body))}, body...)
		}
	case flight.DH != nil:
		body = append([]byte{byte(len(flight.DH.Y) >> 8), byte(len(flight.DH.Y))}, flight.DH.Y...)
	case len(flight.Public) > 0 && len(flight.Public) < 256: // the server's own point is one on its curve
		body = append([]byte{byte(len(flight.Public))}, flight.Public...)
	default:
		return nil, fmt.Errorf("no key exchange of %s can be written", flight.Suite)
	}
	const clientKeyExchange = 16
	message := append([]byte{clientKeyExchange, 0, byte(len(body) >> 8), byte(len(body))}, body...)
	return reaction.Record(reaction.Handshake, version, message), nil
}
