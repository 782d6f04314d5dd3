// The recorder: the one shared thing of a running scan. It numbers exchanges,
// takes observations from probes, and redacts before anything is kept.

package observe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"middlebrick/httphead"
)

// minSecret is the shortest value that is masked wherever it turns up; shorter
// ones would mask ordinary words.
const minSecret = 8

// A Recorder collects one scan. It is safe for use by many probes at once.
type Recorder struct {
	now     func() time.Time
	hashKey []byte

	mu      sync.Mutex
	rec     Recording
	numbers map[string]int
	secrets map[string]string // secret → what stands for it
}

// NewRecorder starts a recording. Time comes from now; hashKey keys the hashes
// that stand in for secrets and is never written down.
func NewRecorder(head Header, now func() time.Time, hashKey []byte) *Recorder {
	head.Format = Format
	return &Recorder{
		now:     now,
		hashKey: hashKey,
		rec:     Recording{Header: head, Exchanges: map[Ref]Exchange{}, Entries: map[string]Entry{}},
		numbers: map[string]int{},
		secrets: map[string]string{},
	}
}

// Now is the recording's clock: time is an observation like any other.
func (r *Recorder) Now() time.Time { return r.now() }

// Secret makes the recorder mask that value in all that it keeps from now on.
func (r *Recorder) Secret(value string) {
	if len(value) < minSecret {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets[value] = r.mark(value)
}

// Mark is what stands for a secret: its length and a keyed hash, so that equal
// secrets look equal and nothing else is learnt.
func (r *Recorder) Mark(value string) string { return r.mark(value) }

func (r *Recorder) mark(value string) string {
	sum := hmac.New(sha256.New, r.hashKey)
	sum.Write([]byte(value))
	return fmt.Sprintf("(%d bytes, hash %s)", len(value), hex.EncodeToString(sum.Sum(nil)[:4]))
}

// Redact is the header fields as they may be kept.
func (r *Recorder) Redact(fields []httphead.Field) []httphead.Field {
	kept := make([]httphead.Field, 0, len(fields))
	for _, field := range fields {
		masked := httphead.Redact(field, r.Mark)
		masked.Value = r.mask(masked.Value)
		kept = append(kept, masked)
	}
	return kept
}

// Exchange keeps what crossed the wire and gives it its name, numbered within
// its kind ("tls", "http", "tcp").
func (r *Recorder) Exchange(kind string, e Exchange) Ref {
	e.Sent, e.Received, e.About = r.mask(e.Sent), r.mask(e.Received), r.mask(e.About)
	e.Reproduce = r.mask(e.Reproduce)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.numbers[kind]++
	e.Ref = Ref(fmt.Sprintf("%s/%04d", kind, r.numbers[kind]))
	r.rec.Exchanges[e.Ref] = e
	return e.Ref
}

func (r *Recorder) mask(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for secret, mark := range r.secrets {
		text = strings.ReplaceAll(text, secret, mark)
	}
	return text
}

// Put writes an observation down with the exchanges that it rests on.
func Put[T any](r *Recorder, k Key[T], value T, from ...Ref) {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("observation %s cannot be written: %v", k.name, err))
	}
	r.entry(Entry{Key: k.name, Value: json.RawMessage(r.mask(string(raw))), From: from})
}

// Miss writes down why there is no observation.
func Miss[T any](r *Recorder, k Key[T], gap Gap, from ...Ref) { r.MissNamed(k.name, gap, from...) }

// MissNamed is Miss for a key that is known by name only: what a probe left
// unfilled, the scan fills with a gap.
func (r *Recorder) MissNamed(key string, gap Gap, from ...Ref) {
	gap.Detail = r.mask(gap.Detail)
	r.entry(Entry{Key: key, Gap: &gap, From: from})
}

func (r *Recorder) entry(e Entry) {
	e.At = r.now().UTC()
	from := append([]Ref{}, e.From...)
	sort.Slice(from, func(i, j int) bool { return from[i] < from[j] })
	e.From = from
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.Entries[e.Key] = e
}

// Has is true once the key holds a value or a gap.
func (r *Recorder) Has(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.rec.Entries[key]
	return ok
}

// Seen reads an observation that an earlier probe wrote.
func Seen[T any](r *Recorder, k Key[T]) (T, *Gap) {
	r.mu.Lock()
	entry, ok := r.rec.Entries[k.name]
	r.mu.Unlock()
	if !ok {
		var zero T
		return zero, &Gap{Unasked, "this was not asked"}
	}
	one := &Recording{Entries: map[string]Entry{k.name: entry}, End: &End{}}
	value, _, gap := Get(one, k)
	return value, gap
}

// Finish closes the recording and hands it out.
func (r *Recorder) Finish(interrupted bool, cost Cost) *Recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.End = &End{Finished: r.now().UTC(), Interrupted: interrupted, Cost: cost}
	done := r.rec
	return &done
}
