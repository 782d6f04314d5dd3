// Package robot asks whether the target tells right from wrong when it decrypts an
// RSA-encrypted premaster secret (ROBOT, CVE-2017-13099 and others).
package robot

import (
	"context"
	"fmt"
	"slices"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes/internal/reaction"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe sends each of five premaster secrets with a Finished behind it that cannot
// be right, and, where all are answered alike, each without change_cipher_spec,
// ended by a message out of turn. Forms that are answered differently are sent a
// second time. A target without RSA key exchange is not asked.
var Probe = probe.Probe{
	Name:  "robot",
	Needs: []string{observe.TLSVersions.Name(), observe.TLSSuites.Name()},
	Fills: []string{observe.RSAOracle.Name()},
	Most:  probe.Budget{Connections: 24, Bytes: 4 << 20},
	Run:   run,
}

// spare is how many questions may be asked again for want of room.
const spare = 9

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	suites, _ := observe.Seen(rec, observe.TLSSuites)
	seen := observe.Reactions{Absent: reaction.Absent(versions), Trials: []observe.Trial{}}
	version, some := reaction.Newest(func(v tlshello.Version) bool { return len(transported(suites, v)) > 0 })
	if !some {
		seen.Spared, seen.Why, seen.Detail = reaction.Unoffered(versions, suites, "no suite with RSA key exchange is accepted")
		observe.Put(rec, observe.RSAOracle, seen, reaction.Refs(suites)...)
		return
	}
	seen.Version = version
	a := asker{ctx: ctx, w: w, version: version, spare: spare, suites: transported(suites, version), seen: &seen}
	for _, group := range []string{observe.RSAFinished, observe.RSAHalted} {
		a.round(group)
		if a.differs(group) {
			a.round(group)
		}
		if a.differs(group) || a.silent(group) {
			break
		}
	}
	observe.Put(rec, observe.RSAOracle, seen, a.refs...)
}

// transported are the accepted suites of a version in which the client encrypts
// the secret to the key of the certificate.
func transported(suites observe.Suites, version tlshello.Version) (found []tlshello.Suite) {
	for _, seen := range suites.Versions[version].Suites {
		if info, ok := seen.Suite.Info(); ok && info.KeyExchange == "RSA" && !info.Export {
			found = append(found, seen.Suite)
		}
	}
	return found
}

type asker struct {
	ctx     context.Context
	w       *wire.Wire
	version tlshello.Version
	suites  []tlshello.Suite
	spare   int // how many more connections may be taken to ask again
	refs    []observe.Ref
	seen    *observe.Reactions
}

// round sends every form once, side by side. What found no place beside the others,
// at a server that serves one after the other, is sent again alone.
func (a *asker) round(group string) {
	forms := observe.RSAForms()
	heard, gaps := make([]reaction.Heard, len(forms)), make([]*observe.Gap, len(forms))
	questions := []func(){}
	for i, form := range forms {
		questions = append(questions, func() { heard[i], gaps[i] = a.ask(group, form) })
	}
	probe.Beside(questions...)
	crowded := slices.Contains(gaps, nil)
	for i, form := range forms {
		if gaps[i] != nil && gaps[i].Why == observe.Timeout && crowded && a.spare > 0 {
			a.spare--
			a.keep(heard[i].Ref)
			heard[i], gaps[i] = a.ask(group, form)
		}
		a.keep(heard[i].Ref)
		if gaps[i] != nil {
			a.seen.Why, a.seen.Detail = gaps[i].Why, gaps[i].Detail
			continue
		}
		a.seen.Note(group, form, heard[i].Flight.Suite, heard[i].Reaction, heard[i].Ref)
	}
}

func (a *asker) keep(ref observe.Ref) {
	if ref != "" {
		a.refs = append(a.refs, ref)
	}
}

func (a *asker) ask(group, form string) (reaction.Heard, *observe.Gap) {
	return reaction.To(a.ctx, a.w, a.w.Target().HTTPSPort, reaction.Question{
		About: fmt.Sprintf("%s RSA key exchange %s, premaster secret: %s", a.version, group, form),
		Hello: a.w.Hello(a.version, a.suites),
		Say: func(flight tlshello.Answer) ([]byte, error) {
			exchange, err := keyExchange(flight, a.version, form)
			if err != nil {
				return nil, err
			}
			return append(exchange, behind(group, a.version)...), nil
		},
	})
}

// behind is what follows the key exchange: never a pause, so that a server that is
// content has something to answer.
func behind(group string, version tlshello.Version) []byte {
	if group == observe.RSAHalted {
		return reaction.OutOfTurn(version)
	}
	early := reaction.Record(reaction.ChangeCipherSpec, version, []byte{1})
	return append(early, reaction.Record(reaction.Handshake, version, filler("finished", 64))...)
}

// differs is true where two forms of the group were not taken alike.
func (a *asker) differs(group string) bool {
	first := observe.Reaction("")
	for _, trial := range a.seen.Trials {
		if trial.Group != group {
			continue
		}
		if first == "" {
			first = trial.Took[0]
		}
		if trial.Took[0] != first {
			return true
		}
	}
	return false
}

// silent is true where no form of the group was answered: then the other way of
// asking would wait in vain, too.
func (a *asker) silent(group string) bool {
	for _, trial := range a.seen.Trials {
		if trial.Group == group && trial.Took[0] != observe.NoReply {
			return false
		}
	}
	return true
}
