// The commands serve and work: the scanner as a server, and one more worker for it.

package cli

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"middlebrick/report/render"
)

// Serving is what the commands serve and work were told. Who serves knows the
// members by these names.
type Serving struct {
	Listen   string
	Dir      string
	Database string
	Allow    []netip.Prefix
	Ports    [][2]uint16 // first and last, beside the usual ones
	Workers  int
	Version  string
	Log      io.Writer
	Say      func(format string, args ...any)
	Now      func() time.Time
	Explain  render.Explainer
}

type serveFlags struct {
	listen   string
	expose   bool
	data     string
	database string
	allow    []string
	ports    []string
	workers  int
}

func (f *serveFlags) storage(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.data, "data", "", "folder of the database and the sealing key (default: this user's data folder)")
	cmd.Flags().StringVar(&f.database, "database", "", "a PostgreSQL database in place of the file: postgres://user@host/name; best told in MIDDLEBRICK_DATABASE")
}

func (f *serveFlags) working(cmd *cobra.Command) {
	f.storage(cmd)
	cmd.Flags().StringArrayVar(&f.allow, "allow-private", nil, "a private range that may be scanned, as 10.20.0.0/16; may be repeated")
	cmd.Flags().StringArrayVar(&f.ports, "allow-port", nil, "a port or range of ports that may be scanned beside 80, 443, 5000 and 8000-8999, as 9000-9100; may be repeated")
	cmd.Flags().IntVar(&f.workers, "workers", max(2, 2*runtime.NumCPU()), "scans at once")
}

func (a *app) serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API, and scan for who asks",
		Long: `Serve the API in both spellings that clients know, and scan for those who hold a
key. The queue and all results are kept in one SQLite file, or in PostgreSQL.

Scans reach the public Internet alone; private ranges are opened one by one with
--allow-private, cloud metadata and this server itself never.`,
		Example: `  middlebrick keys create ci
  middlebrick serve
  middlebrick serve --listen 127.0.0.1:9000 --allow-private 10.20.0.0/16`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8787", "where to listen: HOST:PORT")
	cmd.Flags().BoolVar(&f.expose, "expose", false, "other machines may reach it: TLS must end in front of it")
	f.working(cmd)
	return cmd
}

func (a *app) workCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "work",
		Short: "Work beside a server, on this machine or another, over PostgreSQL",
		Long: `Take scans from the queue of a server that keeps its data in PostgreSQL. The data
folder must hold the same sealing.key as the server's, or scans with credentials
fail.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.database == "" && a.Env("MIDDLEBRICK_DATABASE") == "" {
				return usagef("--database: a worker shares a PostgreSQL database with its server; SQLite has one process alone, and serve works for itself")
			}
			return a.serve(cmd.Context(), f)
		},
	}
	f.working(cmd)
	return cmd
}

func (a *app) serve(ctx context.Context, f serveFlags) error {
	if a.engine.Serve == nil {
		return brokenf("this build has no server")
	}
	s, err := a.serving(f)
	if err != nil {
		return err
	}
	if f.listen != "" {
		host, port, err := net.SplitHostPort(f.listen)
		if err != nil {
			return usagef("--listen: %q is not HOST:PORT, like 127.0.0.1:8787", f.listen)
		}
		addr, err := netip.ParseAddr(host)
		if !f.expose && host != "localhost" && (err != nil || !addr.IsLoopback()) {
			return usagef("--listen: other machines reach %s, and keys would cross the network in clear; use 127.0.0.1:%s with TLS in front, or add --expose if that is meant", f.listen, port)
		}
	}
	if f.workers < 1 || f.workers > 1000 {
		return usagef("--workers: %d is not between 1 and 1000", f.workers)
	}
	s.Listen, s.Workers = f.listen, f.workers
	if err := a.engine.Serve(ctx, s); err != nil {
		return failure{exitBroken, err}
	}
	return nil
}

// serving is what the flags and the environment say of the database.
func (a *app) serving(f serveFlags) (Serving, error) {
	s := Serving{Dir: f.data, Database: f.database, Version: a.Version, Log: a.Err, Say: a.say, Now: a.Now, Explain: a.engine.Explain}
	if s.Database == "" {
		s.Database = a.Env("MIDDLEBRICK_DATABASE")
	}
	if s.Database != "" && !strings.HasPrefix(s.Database, "postgres://") && !strings.HasPrefix(s.Database, "postgresql://") {
		return s, usagef("--database: write the address as postgres://user:password@host:5432/name; for SQLite leave it out")
	}
	for _, text := range f.allow {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return s, usagef("--allow-private: %q is not a range of addresses, like 10.20.0.0/16", text)
		}
		s.Allow = append(s.Allow, prefix)
	}
	for _, text := range f.ports {
		ports, err := portRange(text)
		if err != nil {
			return s, err
		}
		s.Ports = append(s.Ports, ports)
	}
	if s.Dir == "" {
		s.Dir = a.dataFolder()
	}
	if s.Dir == "" {
		return s, usagef("--data: this user has no home folder; name a folder for the data")
	}
	return s, nil
}

func portRange(text string) (ports [2]uint16, err error) {
	first, last, found := strings.Cut(text, "-")
	if !found {
		last = first
	}
	from, wrong := strconv.ParseUint(first, 10, 16)
	to, err := strconv.ParseUint(last, 10, 16)
	if wrong != nil || err != nil || from == 0 || to < from {
		return ports, usagef("--allow-port: %q is no port and no range of ports, like 9000-9100", text)
	}
	return [2]uint16{uint16(from), uint16(to)}, nil
}

// dataFolder is where a user's programs keep what must not be lost (XDG Base
// Directory Specification).
func (a *app) dataFolder() string {
	if dir := a.Env("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "middlebrick")
	}
	home := a.Env("HOME")
	if home == "" {
		home, _ = os.UserHomeDir()
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".local", "share", "middlebrick")
}
