// Package cbcoracles asks whether the target tells apart in what way an encrypted
// record of a CBC suite is wrong: POODLE over TLS, Zombie POODLE, GOLDENDOODLE,
// records without content, LuckyMinus20.
package cbcoracles

import (
	"context"
	"errors"
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

// Probe finishes a handshake for each form of one record, a request for "/", and
// compares what comes back; forms that are answered differently are sent again. It
// asks with two suites at the most, for libraries have faster code for some.
// Without CBC suites from TLS 1.0 up nothing is asked; at SSLv3 padding has no
// meaning, and its fault a rule of its own.
var Probe = probe.Probe{
	Name:  "cbcoracles",
	Needs: []string{observe.TLSVersions.Name(), observe.TLSSuites.Name()},
	Fills: []string{observe.CBCOracle.Name()},
	Most:  probe.Budget{Connections: 30, Bytes: 4 << 20},
	Run:   run,
}

// spare is how many questions may be asked again for want of room.
const spare = 4

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	suites, _ := observe.Seen(rec, observe.TLSSuites)
	seen := observe.Reactions{Absent: reaction.Absent(versions), Trials: []observe.Trial{}}
	version, some := reaction.Newest(func(v tlshello.Version) bool { return v > tlshello.SSL3 && len(blocks(suites, v)) > 0 })
	if !some {
		seen.Spared, seen.Why, seen.Detail = reaction.Unoffered(versions, suites, "no suite in CBC mode is accepted from TLS 1.0 up")
		observe.Put(rec, observe.CBCOracle, seen, reaction.Refs(suites)...)
		return
	}
	seen.Version = version
	a := asker{ctx: ctx, w: w, version: version, spare: spare, seen: &seen}
	chosen := choose(blocks(suites, version))
	if len(chosen) == 0 {
		seen.Why, seen.Detail = observe.Garbled, fmt.Sprintf("the CBC suites of %s are none that could be computed", version)
	}
	for _, suite := range chosen {
		if a.round(suite, observe.CBCForms()); a.differs(suite) {
			a.round(suite, observe.CBCForms()[1:])
		}
		if _, answered := seen.Of(suite.String(), observe.CBCSound); !answered {
			break // the next suite would be no better
		}
	}
	observe.Put(rec, observe.CBCOracle, seen, append(a.refs, reaction.Refs(suites)...)...)
}

// blocks are the accepted suites of a version in CBC mode.
func blocks(suites observe.Suites, version tlshello.Version) (found []tlshello.Suite) {
	for _, seen := range suites.Versions[version].Suites {
		if seen.Suite.CBC() {
			found = append(found, seen.Suite)
		}
	}
	return found
}

// choose takes one suite of AES with SHA-1, for which OpenSSL has code of its own
// (the place of CVE-2016-2107), and one of those that it computes in parts (the
// place of CVE-2019-1559).
func choose(all []tlshello.Suite) (chosen []tlshello.Suite) {
	for _, stitched := range []bool{true, false} {
		at := slices.IndexFunc(all, func(suite tlshello.Suite) bool {
			info, _ := suite.Info()
			fast := info.MAC == "SHA1" && (info.Cipher == "AES_128_CBC" || info.Cipher == "AES_256_CBC")
			return fast == stitched && slices.Contains(tlsclient.Suites(tlshello.TLS12), suite)
		})
		if at >= 0 {
			chosen = append(chosen, all[at])
		}
	}
	return chosen
}

type asker struct {
	ctx     context.Context
	w       *wire.Wire
	version tlshello.Version
	spare   int // how many more connections may be taken to ask again
	refs    []observe.Ref
	seen    *observe.Reactions
}

// A said is how one form was taken, or why it could not be sent.
type said struct {
	took observe.Reaction
	ref  observe.Ref
	gap  *observe.Gap
}

// round sends each of the forms once, side by side. What found no place beside the
// others, at a server that serves one after the other, is sent again alone.
func (a *asker) round(suite tlshello.Suite, forms []string) {
	answers := make([]said, len(forms))
	questions := []func(){}
	for i, form := range forms {
		questions = append(questions, func() { answers[i] = a.ask(suite, form) })
	}
	probe.Beside(questions...)
	crowded := slices.ContainsFunc(answers, func(s said) bool { return s.took != "" })
	for i, form := range forms {
		if gap := answers[i].gap; gap != nil && gap.Why == observe.Timeout && crowded && a.spare > 0 {
			a.spare--
			a.keep(answers[i].ref)
			answers[i] = a.ask(suite, form)
		}
		a.keep(answers[i].ref)
		if answers[i].gap != nil {
			a.seen.Why, a.seen.Detail = answers[i].gap.Why, answers[i].gap.Detail
			continue
		}
		a.seen.Note(suite.String(), form, suite, answers[i].took, answers[i].ref)
	}
}

func (a *asker) keep(ref observe.Ref) {
	if ref != "" {
		a.refs = append(a.refs, ref)
	}
}

// ask finishes a handshake and sends one record in that form.
func (a *asker) ask(suite tlshello.Suite, form string) (s said) {
	sent := false
	about := fmt.Sprintf("%s record of %s, %s", a.version, suite, worded[form])
	s.ref, s.gap = a.w.Talk(a.ctx, a.w.Target().HTTPSPort, about, func(rw io.ReadWriter) error {
		hello := a.w.Hello(a.version, []tlshello.Suite{suite})
		hello.EncryptThenMAC, hello.Groups, hello.ALPN = false, tlsclient.Groups(), nil
		session, err := tlsclient.Handshake(rw, hello, tlsclient.Options{})
		if err != nil {
			return err
		}
		if !session.CBC() || session.EncryptThenMAC() {
			return errors.New("the target chose another suite than it was offered")
		}
		sent = true
		if _, err := rw.Write(a.record(session, form)); err != nil {
			s.took, err = reaction.Ended(err)
			return err
		}
		s.took, err = hear(session, form)
		return err
	})
	if sent && s.gap != nil && s.gap.Why == observe.Timeout {
		s.took, s.gap = observe.NoReply, nil
	}
	return s
}

// How much is read before data counts as the answer: records, and bytes in them.
const (
	mostRecords = 16
	mostData    = 16 << 10
)

// hear is what comes back. Data alone is no answer to an altered record: a server
// may have spoken first. It is read past, up to an alert or the end.
func hear(session *tlsclient.Session, form string) (observe.Reaction, error) {
	took, size := observe.ClosedOn, 0
	for range mostRecords {
		kind, plain, err := session.ReadRecord()
		if err != nil {
			ended, err := reaction.Ended(err)
			if ended != "" || wire.Classify(err) == observe.Timeout && took == observe.Served {
				return took, nil
			}
			return ended, err
		}
		alert := tlsclient.AlertOf(kind, plain)
		switch {
		case alert != nil && alert.Level == 1 && alert.Description != 0:
		case alert != nil && alert.Description == 0 && took == observe.Served:
			return took, nil
		case alert != nil:
			return observe.OfAlert(alert.Description), nil
		case kind == reaction.ApplicationData && form == observe.CBCSound:
			return observe.Served, nil
		case kind == reaction.ApplicationData:
			took = observe.Served
		}
		if size += len(plain); size >= mostData {
			break
		}
	}
	return took, nil
}

// differs is true where two of the altered forms were not taken alike, or one of
// them like the sound one.
func (a *asker) differs(suite tlshello.Suite) bool {
	group := suite.String()
	sound, _ := a.seen.Of(group, observe.CBCSound)
	first, known := a.seen.Of(group, observe.CBCMAC)
	if known && first.Took[0] == observe.Served {
		return false // data comes whatever is asked, and says nothing
	}
	for _, trial := range a.seen.Trials {
		if trial.Group != group || trial.Form == observe.CBCSound {
			continue
		}
		if !known || trial.Took[0] != first.Took[0] || len(sound.Took) > 0 && trial.Took[0] == sound.Took[0] {
			return true
		}
	}
	return false
}
