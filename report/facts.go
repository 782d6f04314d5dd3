// What the report says of the target itself.

package report

import (
	"slices"
	"time"

	"middlebrick/observe"
)

func targetOf(rec *observe.Recording) Target {
	head := rec.Header.Target
	t := Target{Host: head.Host, Port: head.Port, Addresses: []string{}, Stack: []Part{}, Local: head.Loopback()}
	if found, _, gap := observe.Get(rec, observe.Addresses); gap == nil {
		t.Addresses = append(t.Addresses, found.Addresses...)
		t.Pinned = found.Pinned
	}
	if stack, _, gap := observe.Get(rec, observe.Recognised); gap == nil {
		t.Edge = stack.Edge
		for _, part := range stack.Parts {
			t.Stack = append(t.Stack, Part{part.Name, part.Version, part.Role, part.Confidence, part.Ref, part.Because})
		}
	}
	if visitors, _, gap := observe.Get(rec, observe.Visitors); gap == nil {
		t.Audience, t.Because = visitors.Kind, visitors.Because
	}
	ports, _, _ := observe.Get(rec, observe.Ports)
	t.HTTPS, t.HTTP = ports.HTTPS.Speaks, ports.HTTP.Speaks
	t.Platform = platform(t)
	return t
}

func tlsOf(rec *observe.Recording) *TLS {
	versions, _, gap := observe.Get(rec, observe.TLSVersions)
	if gap != nil || versions == nil {
		return nil
	}
	some := false
	for _, answer := range versions {
		some = some || !answer.Absent()
	}
	if !some {
		return nil
	}
	return &TLS{
		Versions: versions, Suites: seen(rec, observe.TLSSuites), Groups: seen(rec, observe.TLSGroups), DH: seen(rec, observe.TLSDH),
		Features: seen(rec, observe.TLSFeatures), Signatures: seen(rec, observe.TLSSignatures), Protocols: seen(rec, observe.TLSProtocols),
		Fallback: seen(rec, observe.TLSFallback), Tolerance: seen(rec, observe.TLSTolerance), Nameless: seen(rec, observe.TLSNameless),
		Certificates: certificatesOf(rec),
		Revocation:   seen(rec, observe.CertRevocation), Timestamps: seen(rec, observe.CertTimestamps), CAA: seen(rec, observe.NameCAA),
	}
}

// listAges is after how long a list is called old.
const listAges = 90 * 24 * time.Hour

// dataOf says of each list that ages which one was at hand. A recording of a
// version that did not write that down says nothing.
func dataOf(rec *observe.Recording) []List {
	all := []List{}
	had, _, gap := observe.Get(rec, observe.Lists)
	if gap != nil {
		return all
	}
	for _, kind := range []struct{ kind, name string }{{"hsts-preload", "HSTS preload list"}, {"ct-logs", "list of certificate logs"}} {
		list := List{Kind: kind.kind, State: "missing", Says: "no " + kind.name + " is installed; middlebrick update fetches it"}
		at := slices.IndexFunc(had, func(l observe.List) bool { return l.Kind == kind.kind })
		if at >= 0 {
			list.dated(kind.name, had[at], rec.Header.Started)
		}
		all = append(all, list)
	}
	return all
}

func (l *List) dated(name string, had observe.List, at time.Time) {
	l.Entries = had.Entries
	if had.Date.IsZero() {
		l.State, l.Says = "undated", "the "+name+" does not say of what date it is"
		return
	}
	l.State, l.Date = "current", had.Date.Format(time.DateOnly)
	l.Says = "the " + name + " of " + l.Date
	if at.Sub(had.Date) > listAges {
		l.State, l.Says = "old", l.Says+" is more than 90 days old; middlebrick update fetches a newer one"
	}
}

func seen[T any](rec *observe.Recording, key observe.Key[T]) *T {
	value, _, gap := observe.Get(rec, key)
	if gap != nil {
		return nil
	}
	return &value
}
