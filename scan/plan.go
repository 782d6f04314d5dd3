// The plan: from rules to the observations that they need, from those to the
// probes that make them, in as few waves as their own needs allow.

package scan

import (
	"slices"
	"sort"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes"
	"middlebrick/rule"
	"middlebrick/wire"
)

// A Forecast is one probe of the plan with its worst case.
type Forecast struct {
	Probe       string
	Fills       []string
	Wave        int
	Connections int
	Requests    int
	Bytes       int64
}

// Plan is what a scan would ask, at the worst, before its first packet.
func Plan(req Request) []Forecast {
	all := []Forecast{}
	for i, wave := range plan(req.Rules) {
		for _, p := range wave {
			all = append(all, Forecast{p.Name, p.Fills, i + 1, p.Most.Connections, p.Most.Requests, p.Most.Bytes})
		}
	}
	return all
}

// Bound is what no scan passes, whatever its probes would ask at the worst:
// connections, requests among them, and bytes received.
func Bound() (connections, requests int, bytes int64) {
	limits := wire.Standard()
	return limits.Connections, limits.Requests, limits.Bytes
}

// always are the observations that every report needs, whatever the rules:
// who was reached, what answers there, and for whom.
var always = []string{
	observe.Addresses.Name(), observe.Ports.Name(), observe.Recognised.Name(), observe.Visitors.Name(), observe.SecureHSTS.Name(),
}

// plan is the probes that those rules need; without rules, all there are.
func plan(rules []rule.Rule) (waves [][]probe.Probe) {
	wanted := append([]string{}, always...)
	for _, r := range rules {
		wanted = append(wanted, r.Needs...)
	}
	for _, p := range probes.All() {
		if rules == nil {
			wanted = append(wanted, p.Fills...)
		}
	}
	fillers := map[string]probe.Probe{}
	for _, p := range probes.All() {
		for _, key := range p.Fills {
			fillers[key] = p
		}
	}
	depth := map[string]int{}
	chosen := map[string]probe.Probe{}
	for _, key := range wanted {
		choose(key, fillers, chosen, depth)
	}
	for name, p := range chosen {
		for len(waves) < depth[name] {
			waves = append(waves, nil)
		}
		waves[depth[name]-1] = append(waves[depth[name]-1], p)
	}
	for _, wave := range waves {
		sort.Slice(wave, func(i, j int) bool { return wave[i].Name < wave[j].Name })
	}
	return waves
}

// choose takes in the probe that fills a key, after those that it needs or
// wants, and gives its wave. A key that no probe fills has wave 0: the scan fills it.
func choose(key string, fillers, chosen map[string]probe.Probe, depth map[string]int) int {
	p, ok := fillers[key]
	if !ok {
		return 0
	}
	if d, done := depth[p.Name]; done {
		return d
	}
	d := 0
	for _, need := range slices.Concat(p.Needs, p.After, p.Later) {
		d = max(d, choose(need, fillers, chosen, depth))
	}
	depth[p.Name], chosen[p.Name] = d+1, p
	return d + 1
}

func names(waves [][]probe.Probe) []string {
	all := []string{}
	for _, wave := range waves {
		for _, p := range wave {
			all = append(all, p.Name)
		}
	}
	return all
}
