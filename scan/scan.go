// Package scan is the one engine: it plans which probes to run, runs them within
// their budgets, and has the recording judged. The command line, the server, the
// worker and the tools for agents are all these calls.
package scan

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"middlebrick/checks"
	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/target"
	"middlebrick/wire"
)

// Version is the engine's version, as reports and the User-Agent name it.
const Version = "0.1.0"

// DefaultTimeout ends a scan hard.
const DefaultTimeout = 60 * time.Second

//go:generate go run ./internal/scoring

// A Pin replaces what a name resolves to; port 0 means every port.
type Pin = wire.Pin

// A Request is one scan as the user asked for it.
type Request struct {
	Target   target.Target
	Headers  []httphead.Field // sent to the target's own form alone
	CAFiles  [][]byte         // PEM
	Pins     []Pin
	Timeout  time.Duration  // whole scan; 0 is DefaultTimeout
	Parallel int            // connections at once; 0 is the profile's
	Rate     float64        // connections a second at the most; 0 is no bound
	Rules    []rule.Rule    // nil is all of them
	Preload  *PreloadList   // nil where none is installed
	Lists    []observe.List // the installed ones among what is given; see Take
	CTLogs   []byte         // see ReadCTLogs; nil where none is installed
	AskCA    bool           // the certificate's authority may be asked too, at the addresses in the certificate

	Nameservers []string                                                             // HOST:PORT, for CAA; nil: the system's, where Resolve is nil too
	Permit      func(netip.AddrPort) error                                           // nil: the command line's policy
	Dial        func(ctx context.Context, network, address string) (net.Conn, error) // nil: the network
	Resolve     func(ctx context.Context, host string) ([]netip.Addr, error)         // nil: the system's resolvers
	Now         func() time.Time                                                     // nil: the clock
	Strained    func() bool                                                          // this machine is behind with its work, so that no answer counts as slow; nil: never

	located func() ([]netip.Addr, error) // where the target is, once that is known; see At
}

// An Event is progress, as told while a scan runs.
type Event struct {
	Kind  string // "start", "probe", "end"
	Name  string // of the probe
	Text  string // in words
	Done  int    // probes done
	Total int    // probes planned
}

// Run looks: it runs the probes that the rules need and gives the recording of
// what they saw. A target that cannot be reached is a recording full of gaps and
// no error; an error is ours.
func Run(ctx context.Context, req Request, tell func(Event)) (*observe.Recording, error) {
	now := req.Now
	if now == nil {
		now = time.Now
	}
	random := make([]byte, 48)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("starting scan: %w", err)
	}
	waves := plan(req.Rules)
	head := observe.Header{ID: hex.EncodeToString(random[:16]), Engine: Version, Target: req.Target, Started: now().UTC(), Plan: names(waves)}
	rec := observe.NewRecorder(head, now, random[16:])
	limited, cancel := context.WithTimeout(ctx, req.timeout())
	defer cancel()
	w := wire.New(req.wire(), rec)
	tell(Event{Kind: "start", Text: "scanning " + req.Target.URL, Total: len(head.Plan)})
	e := &engine{wire: w, rec: rec, tell: tell, total: len(head.Plan)}
	e.run(limited, slices.Concat(waves...))
	w.Finish()
	req.Preload.observe(rec, req.Target)
	req.lists(rec)
	tell(Event{Kind: "end", Text: "scan finished", Done: e.total, Total: e.total})
	cost := w.Cost()
	cost.DurationMS = now().Sub(head.Started).Milliseconds()
	return rec.Finish(ctx.Err() != nil, cost), nil
}

func (r Request) timeout() time.Duration {
	if r.Timeout > 0 {
		return r.Timeout
	}
	return DefaultTimeout
}

func (r Request) wire() wire.Options {
	limits := wire.Standard()
	if r.Parallel > 0 {
		limits.Parallel = r.Parallel
	}
	if r.Rate > 0 {
		limits.Gap = time.Duration(float64(time.Second) / r.Rate)
	}
	return wire.Options{
		Target: r.Target, Headers: r.Headers, Pins: r.Pins, CAFiles: r.CAFiles, Limits: limits,
		UserAgent: "middlebrick/" + Version + " (API security scanner; read-only)",
		Permit:    r.Permit, Dial: r.Dial, Resolve: r.Resolve,
		AskCA: r.AskCA, CTLogs: r.CTLogs, Nameservers: r.Nameservers, Located: r.located, Strained: r.Strained,
	}
}

// Judge thinks: it gives the report of a recording by those rules (nil: all of
// them), today or after an upgrade, without touching the target.
func Judge(rec *observe.Recording, rules []rule.Rule) report.Report {
	if rules == nil {
		rules = checks.Rules()
	}
	results := make([]rule.Result, 0, len(rules))
	for _, r := range rules {
		results = append(results, rule.Result{Meta: r.Meta, Verdict: r.Judge(rec), Severity: r.Meta.Severity})
	}
	return report.Assemble(rec, results, catalogue())
}

func catalogue() report.Catalogue {
	cat := report.Catalogue{Engine: Version, Doc: checks.Doc, Needs: needsOf}
	for _, c := range checks.All() {
		cat.Categories = append(cat.Categories, report.Category{Folder: c.Folder, Key: c.Key, Name: c.Name, Weight: c.Weight, Implemented: c.Implemented})
	}
	return cat
}

func needsOf(id string) []string {
	r, _ := checks.Find(id)
	return r.Needs
}

// Explain teaches: what a rule is, why it matters and how to mend it.
func Explain(id string) (rule.Meta, rule.Doc, bool) {
	r, known := checks.Find(id)
	doc, written := checks.Doc(id)
	return r.Meta, doc, known && written
}

// Rules is the catalogue, in the order of reports.
func Rules() []rule.Meta {
	metas := []rule.Meta{}
	for _, r := range checks.Rules() {
		metas = append(metas, r.Meta)
	}
	return metas
}

// Categories are the twelve checks, in the order of reports.
func Categories() []report.Category { return catalogue().Categories }
