// The recorder: the one shared thing of a running scan. It numbers exchanges,
// takes observations from probes, and redacts before anything is kept.

package observe

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"

	"middlebrick/httphead"
)

// The shortest values that are masked wherever they turn up; shorter ones would
// mask ordinary words. What a target chose is masked in what crossed the wire
// alone, so that it cannot choose a word of ours and blot out an observation;
// unless it looks like nothing that we would write.
const (
	minSecret = 8
	minCookie = 8
)

// A Recorder collects one scan. It is safe for use by many probes at once.
type Recorder struct {
	now     func() time.Time
	hashKey []byte

	mu      sync.Mutex
	rec     Recording
	numbers map[string]int
	secrets map[string]string // the caller's secrets → what stands for them
	cookies map[string]string // cookie values that the target set
	marked  map[string]string // what stands for a value → the value
	awaited map[string]chan struct{}
}

// NewRecorder starts a recording. Time comes from now; hashKey keys the hashes
// that stand in for secrets and is never written down.
func NewRecorder(head Header, now func() time.Time, hashKey []byte) *Recorder {
	head.Format = Format
	return &Recorder{
		now:     now,
		hashKey: hashKey,
		rec:     Recording{Header: head, Exchanges: map[Ref]Exchange{}, Entries: map[string]Entry{}, read: newMemo()},
		numbers: map[string]int{},
		secrets: map[string]string{},
		cookies: map[string]string{},
		marked:  map[string]string{},
		awaited: map[string]chan struct{}{},
	}
}

// Now is the recording's clock: time is an observation like any other.
func (r *Recorder) Now() time.Time { return r.now() }

// Secret makes the recorder mask a value that the caller gave in all that it
// keeps from now on.
func (r *Recorder) Secret(value string) { r.learn(r.secrets, value, minSecret) }

// CookieValue makes the recorder mask a value that the target set as a cookie in
// the exchanges that it keeps from now on, and a random one everywhere.
func (r *Recorder) CookieValue(value string) {
	if random(value) {
		r.learn(r.secrets, value, minCookie)
	}
	r.learn(r.cookies, value, minCookie)
}

// random is true for what could be a token: long, of small and large letters and
// digits, and without anything that JSON is made of. No word of a recording is.
func random(value string) bool {
	const small, large, digits = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	return len(value) >= 16 && strings.Trim(value, small+large+digits+"+/=._~%-|:") == "" &&
		strings.ContainsAny(value, small) && strings.ContainsAny(value, large) && strings.ContainsAny(value, digits)
}

// Reveal is a text of the recording with the secrets behind their marks: an
// address that was observed, to be asked again. It is never to be kept.
func (r *Recorder) Reveal(text string) string {
	if !strings.Contains(text, " bytes, hash ") {
		return text
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for mark, value := range r.marked {
		text = strings.ReplaceAll(text, mark, value)
	}
	return text
}

func (r *Recorder) learn(known map[string]string, value string, least int) {
	if len(value) < least {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	mark := r.mark(value)
	r.marked[mark] = value
	for _, form := range forms(value) {
		known[form] = mark
	}
}

// forms are a value as it stands in header fields, in JSON, in HTML and in a URL.
func forms(value string) []string {
	all := []string{value, html.EscapeString(value), url.QueryEscape(value), url.PathEscape(value)}
	for _, escape := range []bool{true, false} {
		var out bytes.Buffer
		text := json.NewEncoder(&out)
		text.SetEscapeHTML(escape)
		if err := text.Encode(value); err == nil {
			quoted := strings.TrimSpace(out.String())
			all = append(all, quoted[1:len(quoted)-1])
		}
	}
	return append(all, strings.ReplaceAll(all[len(all)-1], "/", `\/`))
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
	e.Sent, e.Received = r.maskBytes(e.Sent), r.maskBytes(e.Received)
	e.About, e.Reproduce = r.mask(e.About), r.mask(e.Reproduce)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.numbers[kind]++
	e.Ref = Ref(fmt.Sprintf("%s/%04d", kind, r.numbers[kind]))
	r.rec.Exchanges[e.Ref] = e
	return e.Ref
}

func (r *Recorder) mask(text string) string { return r.replace(text, r.secrets) }

func (r *Recorder) maskBytes(text string) string { return r.replace(r.mask(text), r.cookies) }

// replace puts marks for secrets, the longest first: one may stand in another.
func (r *Recorder) replace(text string, known map[string]string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(known) == 0 {
		return text
	}
	secrets := make([]string, 0, len(known))
	for secret := range known {
		secrets = append(secrets, secret)
	}
	sort.Slice(secrets, func(i, j int) bool {
		if len(secrets[i]) != len(secrets[j]) {
			return len(secrets[i]) > len(secrets[j])
		}
		return secrets[i] < secrets[j]
	})
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, known[secret])
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
	if awaited, any := r.awaited[e.Key]; any {
		close(awaited)
		delete(r.awaited, e.Key)
	}
}

// Await returns when each of those keys holds a value or a gap.
func (r *Recorder) Await(keys ...string) {
	for _, key := range keys {
		if awaited := r.await(key); awaited != nil {
			<-awaited
		}
	}
}

func (r *Recorder) await(key string) chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, done := r.rec.Entries[key]; done {
		return nil
	}
	if r.awaited[key] == nil {
		r.awaited[key] = make(chan struct{})
	}
	return r.awaited[key]
}

// Has is true once the key holds a value or a gap.
func (r *Recorder) Has(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.rec.Entries[key]
	return ok
}

// GapOf is the gap under that key; nil where it holds a value.
func (r *Recorder) GapOf(key string) *Gap {
	r.mu.Lock()
	defer r.mu.Unlock()
	entry, ok := r.rec.Entries[key]
	if !ok {
		return &Gap{Unasked, "this was not asked"}
	}
	return entry.Gap
}

// Seen reads an observation that an earlier probe wrote. It is decoded once for all
// who ask, as by Get: nobody may change what it holds.
func Seen[T any](r *Recorder, k Key[T]) (v T, gap *Gap) {
	r.mu.Lock()
	entry, ok := r.rec.Entries[k.name]
	r.mu.Unlock()
	switch {
	case !ok:
		return v, &Gap{Unasked, "this was not asked"}
	case entry.Gap != nil:
		return v, entry.Gap
	}
	return decode[T](r.rec.read, entry)
}

// Finish closes the recording and hands it out.
func (r *Recorder) Finish(interrupted bool, cost Cost) *Recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.End = &End{Finished: r.now().UTC(), Interrupted: interrupted, Cost: cost}
	done := r.rec
	return &done
}
