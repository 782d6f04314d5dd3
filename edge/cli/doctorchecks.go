// What the doctor looks at, one thing a function.

package cli

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"middlebrick/edge/store/history"
	"middlebrick/report/render"
	"middlebrick/scan"
	"middlebrick/scan/installed"
	"middlebrick/target"
)

// clock: certificates are judged by it. It cannot be before the program was made.
func (a *app) clock() render.Symptom {
	now := a.Now().UTC()
	s := render.Symptom{Name: "clock", State: "ok", Says: now.Format(time.RFC3339)}
	if built := builtAt(); now.Before(built) {
		s.State, s.Says = "fail", fmt.Sprintf("it says %s, and this program was made on %s", s.Says, built.Format(time.DateOnly))
		s.Mend = "set the clock: certificates would be judged by a wrong date"
		return s
	}
	switch known, synchronised := clockSynchronised(); {
	case known && synchronised:
		s.Says += ", synchronised"
	case known:
		s.State, s.Says = "warn", s.Says+", and the system does not know whether it is right"
		s.Mend = "start a time service (chrony, systemd-timesyncd), or see that the host of this container has one"
	}
	return s
}

// builtAt is the time of the commit that the program was built from; the zero time
// where the build does not know it.
func builtAt() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, setting := range info.Settings {
		if at, err := time.Parse(time.RFC3339, setting.Value); err == nil && setting.Key == "vcs.time" {
			return at
		}
	}
	return time.Time{}
}

// named resolves the name of a URL as a scan would.
func (a *app) named(ctx context.Context, typed string) (render.Symptom, error) {
	t, err := target.Parse(typed)
	if err != nil {
		return render.Symptom{}, failure{exitUsage, err}
	}
	s := render.Symptom{Name: "names", State: "unknown", Says: "this engine resolves no names"}
	if a.engine.Locate == nil {
		return s, nil
	}
	began := a.Now()
	found, err := a.engine.Locate(ctx, scan.Request{Target: t})
	switch {
	case ctx.Err() != nil:
		return s, context.Cause(ctx)
	case err != nil:
		s.State, s.Says, s.Mend = "fail", err.Error(), "ask the resolver yourself: getent hosts "+t.Host+"; or give the address: --resolve "+t.Host+":443:ADDRESS"
	default:
		var texts []string
		for _, addr := range found {
			texts = append(texts, addr.Unmap().String())
		}
		s.State, s.Says = "ok", fmt.Sprintf("%s is at %s, told in %d ms", t.Host, strings.Join(texts, ", "), a.Now().Sub(began).Milliseconds())
	}
	return s, nil
}

// nameservers reads who is asked for names, where a file says so.
func nameservers(path string) render.Symptom {
	s := render.Symptom{Name: "names", State: "unknown", Says: "who is asked for names is not known here; with a URL its name is resolved"}
	text, err := os.ReadFile(path)
	if err != nil {
		return s
	}
	var servers []string
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "nameserver" {
			servers = append(servers, words[1])
		}
	}
	if len(servers) == 0 {
		s.State, s.Says, s.Mend = "warn", path+" names no nameserver: this machine itself is asked", "with a URL its name is resolved: middlebrick doctor https://host"
		return s
	}
	s.State, s.Says = "ok", "asked of "+strings.Join(servers, ", ")+" (not asked now; with a URL its name is resolved)"
	return s
}

// versionSix: without an address of one's own, targets with IPv6 alone are out of
// reach.
func versionSix() render.Symptom {
	s := render.Symptom{Name: "IPv6", State: "unknown", Says: "the addresses of this machine cannot be read"}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return s
	}
	loopback := false
	for _, one := range addresses {
		prefix, err := netip.ParsePrefix(one.String())
		if err != nil || !prefix.Addr().Is6() || prefix.Addr().Is4In6() {
			continue
		}
		if prefix.Addr().IsGlobalUnicast() {
			s.State, s.Says = "ok", "this machine has an address: "+prefix.Addr().String()
			return s
		}
		loopback = loopback || prefix.Addr().IsLoopback()
	}
	s.State, s.Says = "warn", "this machine has no address beyond itself; targets that have IPv6 alone cannot be reached"
	if !loopback {
		s.Says = "this machine has none; targets that have IPv6 alone, or listen on [::1], cannot be reached"
	}
	return s
}

// proxies: a scan goes straight to its target, whatever these variables say.
func (a *app) proxies() render.Symptom {
	var set []string
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		if value := a.Env(name); value != "" {
			set = append(set, name+"="+masked(value))
		}
	}
	if len(set) == 0 {
		return render.Symptom{Name: "proxy", State: "ok", Says: "no variable asks for one"}
	}
	return render.Symptom{Name: "proxy", State: "warn", Says: strings.Join(set, ", ") + "; scans go straight to the target and take no proxy",
		Mend: "where only the proxy may go out, scan from a machine that may go out itself"}
}

// masked is an address without the password that may stand in it.
func masked(value string) string {
	at, err := url.Parse(value)
	switch {
	case err == nil && at.User != nil && at.Host != "":
		return at.Redacted()
	case strings.Contains(value, "@"):
		return "(with a password)"
	}
	return value
}

// trust: chains are held to the program's own roots and to this machine's.
func (a *app) trust() render.Symptom {
	s := render.Symptom{Name: "trust", State: "ok", Says: "Mozilla's roots in the program, and this machine's own store"}
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if value := a.Env(name); value != "" {
			s.Says += fmt.Sprintf(" (%s=%s)", name, value)
		}
	}
	pool, err := x509.SystemCertPool()
	if err != nil || pool.Equal(x509.NewCertPool()) {
		s.State, s.Says = "warn", "Mozilla's roots in the program; this machine's own store is empty or cannot be read"
		s.Mend = "install ca-certificates, or name your own authority with --ca-file"
	}
	return s
}

// How many files are enough for one scan, and for a list.
const (
	filesForOne  = 64
	filesForMany = 1024
)

func openFiles(limit int) render.Symptom {
	s := render.Symptom{Name: "open files", State: "ok", Says: fmt.Sprintf("at most %d", limit)}
	switch {
	case limit == 0:
		s.State, s.Says = "unknown", "how many files may be open is not known, or not limited"
	case limit < filesForOne:
		s.State, s.Mend = "fail", "raise it: ulimit -n 1024; a scan needs some tens"
	case limit < filesForMany:
		s.State, s.Mend = "warn", "enough for one target; for lists raise it: ulimit -n 4096"
	}
	return s
}

// lists are those that age.
func (a *app) lists() []render.Symptom {
	dir, err := installed.Folder(a.Env)
	if err != nil {
		return []render.Symptom{{Name: "lists", State: "warn", Says: err.Error()}}
	}
	data, err := installed.Open(dir)
	if err != nil {
		return []render.Symptom{{Name: "lists", State: "warn", Says: err.Error(), Mend: "middlebrick update"}}
	}
	var all []render.Symptom
	for _, k := range installed.Kinds() {
		s := render.Symptom{Name: string(k), State: "warn", Says: "none installed", Mend: "middlebrick update"}
		if list, have := data.Find(k); have {
			s.Says = fmt.Sprintf("of %s, %d entries", list.Date.Format(time.DateOnly), list.Entries)
			_, _, err := data.Read(k)
			switch {
			case err != nil:
				s.Says = err.Error()
			case a.Now().Sub(list.Date) > scan.ListAges:
				s.Says += fmt.Sprintf(", older than %d days", scan.ListAges/(24*time.Hour))
			default:
				s.State, s.Mend = "ok", ""
			}
		}
		all = append(all, s)
	}
	return all
}

func (a *app) configuration() render.Symptom {
	conf, err := a.configure(configFlags{})
	switch {
	case err != nil:
		return render.Symptom{Name: "configuration", State: "fail", Says: strings.ReplaceAll(err.Error(), "\n", "; "), Mend: "middlebrick config check"}
	case conf.found.Path == "":
		return render.Symptom{Name: "configuration", State: "ok", Says: "there is none; flags alone decide"}
	}
	return render.Symptom{Name: "configuration", State: "ok", Says: conf.found.Path}
}

// pasts is where what earlier scans came to is kept.
func (a *app) pasts() render.Symptom {
	s := render.Symptom{Name: "history", State: "ok"}
	if !a.remembers() {
		s.Says = "switched off (MIDDLEBRICK_HISTORY, or CI)"
		return s
	}
	dir, err := history.Folder(a.Env)
	if err != nil {
		s.State, s.Says = "warn", err.Error()
		return s
	}
	book := history.Open(dir)
	lasts, unread := book.Lasts()
	s.Says = fmt.Sprintf("%s: %d targets", book.Dir(), len(lasts))
	if len(unread) > 0 {
		s.State, s.Says = "warn", fmt.Sprintf("%s; not read: %d, the first: %v", s.Says, len(unread), unread[0])
	}
	return s
}

func (a *app) terminal() render.Symptom {
	screen := a.screen(true)
	says := fmt.Sprintf("%d columns", screen.Width)
	if !a.OutTTY {
		says = "stdout is none; " + says
	}
	if screen.Color {
		says += ", colours"
	}
	if screen.ASCII {
		says += ", ASCII alone"
	}
	return render.Symptom{Name: "terminal", State: "ok", Says: says}
}
