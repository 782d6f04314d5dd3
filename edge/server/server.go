// Package server wires the store, the queue, the worker and the API into what
// `serve` and `work` run, and stops them in order.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"middlebrick/edge/egress"
	"middlebrick/edge/job"
	"middlebrick/edge/store"
	"middlebrick/edge/web/api"
	"middlebrick/edge/work"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/scan"
)

// Options are what the operator said.
type Options struct {
	Listen   string // HOST:PORT; "": nothing is served, this is one more worker
	Dir      string // for the database and the sealing key
	Database string // postgres://…; "": SQLite in Dir
	Allow    []netip.Prefix
	Ports    [][2]uint16 // first and last, beside the usual ones
	Workers  int         // scans at once in this process
	Version  string
	Log      io.Writer
	Say      func(format string, args ...any)
	Now      func() time.Time
	Explain  render.Explainer
}

// drain is how long running scans may go on once the server was told to stop, and
// last how long it then takes to put the rest back.
const (
	drain = 25 * time.Second
	last  = 5 * time.Second
)

// sweepEvery is how often scans that lost their worker are looked for.
const sweepEvery = time.Minute

// A server is all the parts of one process.
type server struct {
	options Options
	store   *store.Store
	queue   *job.Queue
	live    *egress.Live
	log     *slog.Logger
}

// Serve runs until the context ends, and then drains.
func Serve(ctx context.Context, o Options) error {
	unlock, err := lock(o)
	if err != nil {
		return err
	}
	defer unlock()
	s := &server{options: o, log: slog.New(slog.NewJSONHandler(o.Log, nil))}
	if s.store, err = store.Open(ctx, store.Options{Dir: o.Dir, Database: o.Database, Now: o.Now}); err != nil {
		return err
	}
	defer s.store.Close()
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.queue.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return errors.Join(s.listen(ctx), s.stop(ctx))
}

func (s *server) prepare(ctx context.Context) (err error) {
	policy := egress.Policy{Mode: egress.Public}
	if len(s.options.Allow) > 0 {
		policy = egress.Policy{Mode: egress.Ranges, Ranges: s.options.Allow}
	}
	for _, p := range s.options.Ports {
		policy.Ports = append(policy.Ports, egress.Ports{First: p[0], Last: p[1]})
	}
	if s.live, err = egress.Start(policy); err != nil {
		return err
	}
	worker := &work.Worker{
		Store: s.store, Guard: s.live.Guard, Run: scan.Run, Log: s.log, Wall: s.options.Now,
		Judge: func(rec *observe.Recording) report.Report { return scan.Judge(rec, nil) },
		Detach: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.WithoutCancel(ctx), last)
		},
	}
	db, listen := s.store.SQL()
	s.queue, err = job.Open(ctx, job.Options{
		DB: db, Listen: listen, Log: slog.New(slog.NewJSONHandler(s.options.Log, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Kind:  job.Kind{Slots: s.options.Workers, Timeout: work.Timeout, Do: worker.Do},
		Every: sweepEvery, Sweep: func(ctx context.Context) error { return worker.Sweep(ctx, s.queue) },
	})
	if err != nil || s.options.Database != "" {
		return err
	}
	// Nobody else works on this file: what was begun was ours, and is begun again.
	strays, _, err := s.store.Stray(ctx, s.options.Now().Add(time.Second))
	if err != nil {
		return err
	}
	return s.queue.Issue(ctx, strays)
}

// listen serves until the context ends. It returns at once where there is nothing
// to serve but work.
func (s *server) listen(ctx context.Context) error {
	if s.options.Listen == "" {
		s.options.Say("working, %d scans at once; stop with Ctrl-C", s.options.Workers)
		<-ctx.Done()
		return nil
	}
	listener, err := net.Listen("tcp", s.options.Listen)
	if err != nil {
		return fmt.Errorf("listening: %w; another address is given with --listen", err)
	}
	if address, ok := listener.Addr().(*net.TCPAddr); ok {
		if err := s.live.Own(address.AddrPort()); err != nil {
			return err
		}
	}
	web := &http.Server{
		Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	s.options.Say("serving the API at http://%s; stop with Ctrl-C", listener.Addr())
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), last)
	defer cancel()
	return web.Shutdown(end)
}

func (s *server) stop(ctx context.Context) error {
	detached := context.WithoutCancel(ctx)
	soft, cancel := context.WithTimeout(detached, drain)
	defer cancel()
	hard, end := context.WithTimeout(detached, drain+last)
	defer end()
	return s.queue.Stop(soft, hard)
}

func (s *server) routes() http.Handler {
	a := &api.API{
		Store: s.store, Check: s.live.CheckURL, Code: code, Log: s.log, Poll: 250 * time.Millisecond, Wait: work.Timeout, Explain: s.options.Explain,
		Submit: func(ctx context.Context, o store.Order) (store.Scan, error) {
			return s.store.Submit(ctx, o, s.queue.Add)
		},
	}
	mux := http.NewServeMux()
	mux.Handle("/", a.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.store.Ready(r.Context()); err != nil {
			s.log.Warn("not ready", "error", err)
			say(w, http.StatusServiceUnavailable, "the database does not answer")
			return
		}
		say(w, http.StatusOK, "ready")
	})
	return mux
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}

// code is what an address that is not scanned is refused with.
func code(err error) string {
	if egress.Refused(err) {
		return egress.RefusalCode
	}
	return "invalid_target"
}
