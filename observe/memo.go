// What of a recording has been decoded already: many probes and rules read the same
// few observations, and a report reads them again.

package observe

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"sync"
)

// A memo keeps decoded values by their key. A nil memo keeps nothing.
type memo struct {
	mu     sync.Mutex
	values map[string]decoded
}

// decoded is a value with the bytes that it came from: an entry that was replaced
// since is decoded anew.
type decoded struct {
	raw   json.RawMessage
	value any
}

func newMemo() *memo { return &memo{values: map[string]decoded{}} }

// recall is the entry's value as it was decoded before; nil where it was not.
func (m *memo) recall(e Entry) any {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, ok := m.values[e.Key]
	if !ok || !bytes.Equal(kept.raw, e.Value) {
		return nil
	}
	return kept.value
}

func (m *memo) keep(e Entry, value any) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[e.Key] = decoded{e.Value, value}
}

// Altered names the observations whose decoded value is no longer what their bytes
// say: somebody changed what all share. There are never any.
func (r *Recording) Altered() []string {
	names := []string{}
	for key, kept := range r.read.values {
		fresh := reflect.New(reflect.TypeOf(kept.value))
		if err := json.Unmarshal(kept.raw, fresh.Interface()); err != nil || !reflect.DeepEqual(fresh.Elem().Interface(), kept.value) {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	return names
}
