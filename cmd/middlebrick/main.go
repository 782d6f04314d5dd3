// Command middlebrick tells a developer whether somebody between their users and
// their API can read or change the traffic, and what to type to end it.
//
// The scanner must read what broken servers send: a certificate whose serial
// number is negative is judged, not refused.
//
//go:debug x509negativeserial=1
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"middlebrick/edge/cli"
	"middlebrick/edge/mcp"
	"middlebrick/edge/server"
)

func main() {
	info, _ := debug.ReadBuildInfo()
	ctx, cancel := context.WithCancelCause(context.Background())
	go stop(cancel)
	// A closed stdout is an error of one write and not the end of the program:
	// the report's files are still to be written.
	signal.Ignore(syscall.SIGPIPE)
	engine := cli.Local()
	engine.Tools = func(ctx context.Context, t cli.Tools) error { return mcp.Serve(ctx, mcp.Options(t)) }
	engine.Serve = func(ctx context.Context, s cli.Serving) error { return server.Serve(ctx, server.Options(s)) }
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Terminal(cli.Version(info)), engine))
}

// stop cancels the scan at the first signal, so that what was seen is still
// reported, and ends the program at the second.
func stop(cancel context.CancelCauseFunc) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	first := interrupt(<-signals)
	cancel(first)
	os.Exit(interrupt(<-signals).Exit())
}

func interrupt(s os.Signal) cli.Interrupt {
	if s == syscall.SIGTERM {
		return cli.Interrupt{Signal: int(syscall.SIGTERM)}
	}
	return cli.Interrupt{Signal: int(syscall.SIGINT)}
}
