// scan --plan: what would be asked, and the worst that it could cost, before the
// first packet.

package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"middlebrick/report/render"
	"middlebrick/scan"
)

// planned is one probe in the plan as JSON.
type planned struct {
	Wave        int      `json:"wave"`
	Probe       string   `json:"probe"`
	Fills       []string `json:"fills"`
	Connections int      `json:"connections"`
	Requests    int      `json:"requests"`
	Bytes       int64    `json:"bytes"`
}

func (a *app) plan(req scan.Request, f outputFlags) error {
	var all []planned
	for _, p := range a.engine.Plan(req) {
		all = append(all, planned{p.Wave, p.Probe, append([]string{}, p.Fills...), p.Connections, p.Requests, p.Bytes})
	}
	slices.SortStableFunc(all, func(x, y planned) int { return cmp.Compare(x.Wave, y.Wave) })
	if strings.EqualFold(f.format, "json") {
		return a.printJSON(struct {
			URL    string    `json:"apiUrl"`
			Probes []planned `json:"probes"`
		}{req.Target.URL, append([]planned{}, all...)})
	}
	return a.printLines(planLines(req, all))
}

func planLines(req scan.Request, all []planned) []string {
	lines := []string{
		"What a scan of " + req.Target.URL + " asks, and its worst case. Nothing is sent now.",
		"",
		fmt.Sprintf("%-4s  %-14s  %11s  %8s  %10s  %s", "WAVE", "PROBE", "CONNECTIONS", "REQUESTS", "RECEIVED", "FILLS"),
	}
	sum := planned{}
	for _, p := range all {
		lines = append(lines, fmt.Sprintf("%4d  %-14s  %11d  %8d  %10s  %s", p.Wave, p.Probe, p.Connections, p.Requests, size(p.Bytes), strings.Join(p.Fills, " ")))
		sum.Connections += p.Connections
		sum.Requests += p.Requests
		sum.Bytes += p.Bytes
	}
	connections, requests, bytes := scan.Bound()
	lines = append(lines, fmt.Sprintf("%4s  %-14s  %11d  %8d  %10s  %s", "", "at most", min(sum.Connections, connections),
		min(sum.Requests, requests), size(min(sum.Bytes, bytes)), "the scan's own budget ends it there"), "")
	if req.AskCA {
		lines = append(lines, "Besides the target it asks the certificate's authority, at the addresses that stand in the certificate: at most 12 requests over http, 24 MiB.")
	}
	return append(lines, fmt.Sprintf("It is read-only (%s, HEAD, OPTIONS, TLS handshakes) and ends after %s at the latest.", req.Target.Method, req.Timeout))
}

// size is bytes for people, in KiB and MiB.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.0f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%d B", bytes)
}

// printLines writes our own lines to stdout, each escaped.
func (a *app) printLines(lines []string) error {
	screen := a.screen(false)
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(strings.TrimRight(screen.Line(line), " ") + "\n")
	}
	return a.print([]byte(out.String()), nil)
}

func (a *app) printJSON(v any) error { return a.print(render.Value(v)) }

// print writes a page to stdout; a closed pipe is no error.
func (a *app) print(page []byte, err error) error {
	if err != nil {
		return brokenf("rendering: %w", err)
	}
	_, err = a.Out.Write(page)
	return a.wrote(&output{}, err)
}
