// Package robot asks whether the target tells right from wrong when it decrypts an
// RSA-encrypted premaster secret (ROBOT, CVE-2017-13099 and others).
package robot

import (
	"context"
	"fmt"
	"sync"

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
	Most:  probe.Budget{Connections: 20, Bytes: 4 << 20},
	Run:   run,
}

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
	a := asker{ctx: ctx, w: w, version: version, suites: transported(suites, version), seen: &seen}
	for _, group := range []string{observe.RSAFinished, observe.RSAHalted} {
		if a.round(group); a.differs(group) {
			a.round(group)
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
	refs    []observe.Ref

	mu   sync.Mutex
	seen *observe.Reactions
}

// round sends every form once, side by side.
func (a *asker) round(group string) {
	forms := observe.RSAForms()
	heard := make([]reaction.Heard, len(forms))
	questions := []func(){}
	for i, form := range forms {
		questions = append(questions, func() { heard[i] = a.ask(group, form) })
	}
	probe.Beside(questions...)
	for i, form := range forms {
		if heard[i].Ref != "" {
			a.refs = append(a.refs, heard[i].Ref)
		}
		if heard[i].Reaction != "" {
			a.seen.Note(group, form, heard[i].Flight.Suite, heard[i].Reaction, heard[i].Ref)
		}
	}
}

func (a *asker) ask(group, form string) reaction.Heard {
	heard, gap := reaction.To(a.ctx, a.w, a.w.Target().HTTPSPort, reaction.Question{
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
	if gap != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.seen.Why, a.seen.Detail = gap.Why, gap.Detail
		heard.Reaction = ""
	}
	return heard
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
