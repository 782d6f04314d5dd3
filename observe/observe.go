// Package observe is what can be known about a target: the keys under which
// probes write facts down, the facts' types, the gaps that say why a fact is
// missing, and the recording that holds them all between asking and judging.
package observe

import (
	"encoding/json"
	"fmt"
	"time"
)

// Ref names the place that an observation rests on: a recorded exchange
// ("tls/0012", "http/0003") or a place in source ("src/app.py:41").
type Ref string

// Why says why nothing could be observed. The set is closed.
type Why string

// The reasons for a gap.
const (
	Refused   Why = "refused"   // the connection was refused
	Reset     Why = "reset"     // the connection was reset
	Closed    Why = "closed"    // the connection was closed without an answer
	Timeout   Why = "timeout"   // nothing came within the time bound
	Garbled   Why = "garbled"   // what came could not be read
	Budget    Why = "budget"    // the scan's own bound was spent
	Scope     Why = "scope"     // asking was not permitted
	Throttled Why = "throttled" // the target stopped answering us
	Unasked   Why = "unasked"   // nobody asked
	Cancelled Why = "cancelled" // the user stopped the scan
	Local     Why = "local"     // this machine could not ask (no route, no file descriptor)
	Unnamed   Why = "unnamed"   // the name did not resolve
	Fault     Why = "fault"     // the probe itself broke: our fault, never the target's
)

// A Gap stands where an observation could not be made.
type Gap struct {
	Why    Why    `json:"why"`
	Detail string `json:"detail,omitempty"`
}

func (g Gap) String() string {
	if g.Detail == "" {
		return string(g.Why)
	}
	return g.Detail
}

// A Key names one kind of observation and fixes its Go type.
type Key[T any] struct{ name string }

// NewKey makes the key of that name. Keys are declared in this package alone.
func newKey[T any](name string) Key[T] { return Key[T]{name} }

// Name is how the key stands in a recording and in a plan.
func (k Key[T]) Name() string { return k.name }

// An Entry is one observation as it stands in the file: a value or a gap,
// never both.
type Entry struct {
	Key   string          `json:"key"`
	At    time.Time       `json:"at"`
	Value json.RawMessage `json:"value,omitempty"`
	Gap   *Gap            `json:"gap,omitempty"`
	From  []Ref           `json:"from"`
}

// Get reads the observation of that key. Exactly one of a value and a gap comes
// back; a key that was never written is a gap that says so. The value is decoded
// from its JSON, so that judging a live recording and judging its file cannot
// differ; a finished recording decodes each only once and hands the same value to
// all who ask, who may not change what it holds.
func Get[T any](r *Recording, k Key[T]) (v T, from []Ref, gap *Gap) {
	entry, ok := r.Entries[k.name]
	switch {
	case !ok && r.End == nil:
		return v, nil, &Gap{Cancelled, "the recording was cut short before this was asked"}
	case !ok:
		return v, nil, &Gap{Unasked, "this was not asked"}
	case entry.Gap != nil:
		return v, entry.From, entry.Gap
	}
	v, gap = decode[T](r.read, entry)
	return v, entry.From, gap
}

// decode reads an entry that holds a value.
func decode[T any](read *memo, entry Entry) (v T, gap *Gap) {
	if kept, ok := read.recall(entry).(T); ok {
		return kept, nil
	}
	if err := json.Unmarshal(entry.Value, &v); err != nil {
		var zero T
		return zero, &Gap{Garbled, fmt.Sprintf("the recording's value cannot be read: %v", err)}
	}
	read.keep(entry, v)
	return v, nil
}
