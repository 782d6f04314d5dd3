// What stands in the report beside our own score: the letter that others know,
// policies, and what real clients would get.

package report

import (
	"middlebrick/clients"
	"middlebrick/observe"
	"middlebrick/policy"
	"middlebrick/rule"
	"middlebrick/ssllabs"
)

// beside fills those parts in. Policies are held against the recording by With, for
// which of them is the caller's to say.
func (r *Report) beside(rec *observe.Recording, results []rule.Result) {
	r.Policies, r.Clients = []policy.Result{}, []clients.Simulation{}
	if r.Status == Failed || r.TLS == nil {
		return
	}
	r.Labs = ssllabs.Of(ssllabs.Read(rec, results))
	r.Clients = clients.Simulate(clients.Read(rec))
}

// With is the report with those policies held against the recording.
func (r Report) With(rec *observe.Recording, policies []policy.Policy) Report {
	r.Policies = []policy.Result{}
	for _, p := range policies {
		r.Policies = append(r.Policies, policy.Check(p, rec))
	}
	return r
}
