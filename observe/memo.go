// What of a finished recording has been decoded already: many rules read the same
// few observations, and a report reads them again.

package observe

import (
	"bytes"
	"encoding/json"
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
