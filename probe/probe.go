// Package probe is what a probe is and what it may cost. A probe asks the target
// one bounded question and writes the answer down; it holds no opinion.
package probe

import (
	"context"
	"sync"

	"middlebrick/observe"
	"middlebrick/target"
	"middlebrick/wire"
)

// A Budget is the worst that a probe can cost: connections, requests among them,
// and bytes received.
type Budget struct {
	Connections int   `json:"connections"`
	Requests    int   `json:"requests"`
	Bytes       int64 `json:"bytes"`
}

// A Probe asks one question. Every key in Fills ends as a value or a gap; where
// Run leaves one open, the scan fills in a gap that says so.
type Probe struct {
	Name  string
	Needs []string // keys that must hold a value before it can ask
	After []string // keys that it reads where they hold a value: asked before it, answered or not
	// Later are keys that Run awaits of itself, when it has done what needs none of them.
	Later []string
	Fills []string
	Most  Budget
	Run   func(context.Context, *wire.Wire, *observe.Recorder)

	// Early, where there is one, sends ahead what Run will ask for whatever others
	// find, as soon as it is known what the ports speak. It writes nothing down: the
	// answers are shared. It counts within Most, and may await keys of Needs and After.
	Early func(context.Context, *wire.Wire, *observe.Recorder)
}

// Forms are the pages of both forms of the target; of a form that gave no answer
// there are none. The gap is that of the form that the user named, and of the
// other where the named one is not there: with less, nothing was looked at.
func Forms(t target.Target, rec *observe.Recorder) (secure, plain observe.Pages, gap *observe.Gap) {
	secure, secureGap := observe.Seen(rec, observe.SecurePages)
	plain, plainGap := observe.Seen(rec, observe.PlainPages)
	named, gap, other := secure, secureGap, plainGap
	if t.Scheme == "http" {
		named, gap, other = plain, plainGap, secureGap
	}
	if gap == nil && named.Absent != "" {
		gap = other
	}
	return secure, plain, gap
}

// Beside runs the questions side by side and waits for all of them. One that
// breaks breaks the caller, where the scan catches it.
func Beside(questions ...func()) {
	var all sync.WaitGroup
	var once sync.Once
	var fault any
	for _, ask := range questions {
		all.Add(1)
		go func() {
			defer all.Done()
			defer func() {
				if broken := recover(); broken != nil {
					once.Do(func() { fault = broken })
				}
			}()
			ask()
		}()
	}
	all.Wait()
	if fault != nil {
		panic(fault)
	}
}

// Ahead asks what will be wanted, side by side. The answers are shared by those
// who ask for them in their turn, so that the order of what is written down does
// not depend on who was quicker.
func Ahead(ctx context.Context, w *wire.Wire, wanted ...wire.Request) {
	questions := []func(){}
	for _, request := range wanted {
		questions = append(questions, func() { _, _ = w.Get(ctx, request) })
	}
	Beside(questions...)
}

// Front asks for the page that each form was named by, which others ask for as well,
// and gives those that answered to the end, side by side.
func Front(ctx context.Context, w *wire.Wire, rec *observe.Recorder, then func(*wire.Response)) {
	services, gap := observe.Seen(rec, observe.Ports)
	if gap != nil {
		return
	}
	t, questions := w.Target(), []func(){}
	for _, form := range []struct {
		answers bool
		address string
	}{{services.HTTPS.Speaks == "tls", t.HTTPS()}, {services.HTTP.Speaks == "http", t.HTTP()}} {
		if !form.answers {
			continue
		}
		questions = append(questions, func() {
			if resp, gap := w.Get(ctx, wire.Request{URL: form.address}); gap == nil && !resp.Body.Short {
				then(resp)
			}
		})
	}
	Beside(questions...)
}
