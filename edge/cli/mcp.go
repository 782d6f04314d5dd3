// The command mcp: the same verbs as tools for agents, over stdin and stdout or
// over HTTP.

package cli

import (
	"context"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"middlebrick/scan"
)

// Tools are what the command mcp was told. Who serves them knows the members by
// these names.
type Tools struct {
	In         io.Reader
	Out        io.Writer
	Version    string
	Listen     string
	Origins    []string
	Token      string
	PublicOnly bool
	Prepare    func(*scan.Request)
	Say        func(format string, args ...any)
	Now        func() time.Time
}

type toolFlags struct {
	listen     string
	expose     bool
	origins    []string
	tokenFile  string
	publicOnly bool
}

func (a *app) mcpCommand() *cobra.Command {
	var f toolFlags
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Offer the scanner to agents as tools (Model Context Protocol)",
		Long: `Offer the scanner to agents as tools of the Model Context Protocol: scan_api,
get_scan, list_scans, explain_rule, list_rules, verify_finding and compare_scans.

It speaks over stdin and stdout and ends when its client does; all else goes to
stderr. With --listen it is served over HTTP instead, at /mcp, for callers who
hold the token that is told once when it begins.

Scans run here, two at once. They reach what this machine reaches, except for
cloud metadata; --public-only keeps them to the public Internet.`,
		Example: `  middlebrick mcp
  middlebrick mcp --public-only
  middlebrick mcp --listen 127.0.0.1:8722 --token-file token.txt`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.mcp(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.listen, "listen", "", "serve over HTTP on `HOST:PORT`, loopback alone; port 0 takes a free one")
	flags.BoolVar(&f.expose, "expose", false, "let --listen take an address that other machines reach")
	flags.StringArrayVar(&f.origins, "allow-origin", nil, "let pages of this web `ORIGIN` call, as https://app.example.com (repeatable; default: none)")
	flags.StringVar(&f.tokenFile, "token-file", "", "take the token that HTTP callers must show from `FILE` (default: a new one, told once)")
	flags.BoolVar(&f.publicOnly, "public-only", false, "scan addresses of the public Internet alone")
	return cmd
}

func (a *app) mcp(ctx context.Context, f toolFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	token, err := f.token()
	if err != nil {
		return err
	}
	if a.engine.Tools == nil {
		return brokenf("serving tools: this build has none")
	}
	if f.expose {
		a.say("warning: other machines reach this; the token crosses the network in the clear unless something in front speaks TLS")
	}
	err = a.engine.Tools(ctx, Tools{
		In: a.In, Out: a.Out, Version: a.Version, Listen: f.listen, Origins: f.origins, Token: token, PublicOnly: f.publicOnly,
		Prepare: a.installedLists, Say: a.say, Now: a.Now,
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return failure{exitBroken, err}
	}
	return nil
}

// check holds the flags against one another and names the mend.
func (f toolFlags) check() error {
	if f.listen == "" {
		for flag, given := range map[string]bool{"--expose": f.expose, "--allow-origin": len(f.origins) > 0, "--token-file": f.tokenFile != ""} {
			if given {
				return usagef("%s is for HTTP; give --listen 127.0.0.1:PORT too", flag)
			}
		}
		return nil
	}
	host, port, err := net.SplitHostPort(f.listen)
	if err != nil {
		return usagef("--listen: %q is not HOST:PORT; write it as 127.0.0.1:8722", f.listen)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return usagef("--listen: %q is not a port; use a number from 0 to 65535", port)
	}
	if addr, err := netip.ParseAddr(host); !f.expose && host != "localhost" && (err != nil || !addr.IsLoopback()) {
		return usagef("--listen: other machines reach %s; use 127.0.0.1:%s, or add --expose if that is meant", f.listen, port)
	}
	for _, origin := range f.origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			return usagef("--allow-origin: %q is not an origin; write it as https://app.example.com", origin)
		}
	}
	return nil
}

// leastToken is the length below which a token could be guessed.
const leastToken = 20

func (f toolFlags) token() (string, error) {
	if f.tokenFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(f.tokenFile)
	if err != nil {
		return "", usagef("--token-file: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < leastToken || len(token) > 512 || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", usagef("--token-file: %s must hold one word of %d to 512 printable ASCII characters", f.tokenFile, leastToken)
	}
	return token, nil
}
