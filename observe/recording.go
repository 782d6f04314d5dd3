// The recording in memory and as a file of JSON Lines, one message kind a line:
// "recording", "exchange", "entry", "end".

package observe

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"time"

	"middlebrick/target"
)

// Format is the first line's format; a reader refuses any other major version.
const Format = "middlebrick.recording/1"

// maxLine bounds one line of a recording file, in bytes.
const maxLine = 16 << 20

// A Header opens a recording.
type Header struct {
	Format  string        `json:"format"`
	ID      string        `json:"id"`
	Engine  string        `json:"engine"`
	Target  target.Target `json:"target"`
	Started time.Time     `json:"started"`
	Plan    []string      `json:"plan"` // names of the probes that were to run
}

// End closes a recording; one without it was cut short.
type End struct {
	Finished    time.Time `json:"finished"`
	Interrupted bool      `json:"interrupted"`
	Cost        Cost      `json:"cost"`
}

// Cost is what the scan asked of the target and of the network.
type Cost struct {
	Connections   int   `json:"connections"`
	Requests      int   `json:"requests"`
	BytesSent     int64 `json:"bytesSent"`
	BytesReceived int64 `json:"bytesReceived"`
	DurationMS    int64 `json:"durationMs"`

	Beyond Beyond `json:"beyond,omitzero"`
}

// Beyond is what was asked of others than the target: of the certificate's
// authority, and of resolvers for what is no address.
type Beyond struct {
	Connections   int   `json:"connections"`
	Requests      int   `json:"requests"`
	Queries       int   `json:"queries"`
	BytesSent     int64 `json:"bytesSent"`
	BytesReceived int64 `json:"bytesReceived"`
}

// An Exchange is what crossed the wire once: sent, received, how it ended. Bytes
// that are text stand as text with control bytes escaped, others in hex.
type Exchange struct {
	Ref       Ref       `json:"ref"`
	At        time.Time `json:"at"`
	TookMS    int64     `json:"tookMs"`
	Address   string    `json:"address"` // the address that was dialled
	About     string    `json:"about"`   // what was asked, in words
	Sent      string    `json:"sent"`
	Received  string    `json:"received"`
	Ended     string    `json:"ended"` // "answered", or a gap's reason
	Reproduce string    `json:"reproduce,omitempty"`
}

// A Recording is everything that one scan saw.
type Recording struct {
	Header    Header
	Exchanges map[Ref]Exchange
	Entries   map[string]Entry
	End       *End

	read *memo
}

type line struct {
	Kind     string    `json:"kind"`
	Header   *Header   `json:"recording,omitempty"`
	Exchange *Exchange `json:"exchange,omitempty"`
	Entry    *Entry    `json:"entry,omitempty"`
	End      *End      `json:"end,omitempty"`
}

// Write puts the recording out as JSON Lines. Exchanges and entries are sorted,
// so that one recording has one file.
func (r *Recording) Write(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	lines := []line{{Kind: "recording", Header: &r.Header}}
	for _, ref := range r.Refs() {
		exchange := r.Exchanges[ref]
		lines = append(lines, line{Kind: "exchange", Exchange: &exchange})
	}
	for _, key := range r.Keys() {
		entry := r.Entries[key]
		lines = append(lines, line{Kind: "entry", Entry: &entry})
	}
	if r.End != nil {
		lines = append(lines, line{Kind: "end", End: r.End})
	}
	for _, l := range lines {
		if err := out.Encode(l); err != nil {
			return fmt.Errorf("writing recording: %w", err)
		}
	}
	return nil
}

// Refs are the names of the recorded exchanges, sorted.
func (r *Recording) Refs() []Ref {
	refs := make([]Ref, 0, len(r.Exchanges))
	for ref := range r.Exchanges {
		refs = append(refs, ref)
	}
	sort.Slice(refs, func(i, j int) bool { return refs[i] < refs[j] })
	return refs
}

// Keys are the names of the observations that were written, sorted.
func (r *Recording) Keys() []string {
	keys := make([]string, 0, len(r.Entries))
	for key := range r.Entries {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// Without is the recording as it would be had that observation never been made.
func (r *Recording) Without(key string) *Recording {
	entries := make(map[string]Entry, len(r.Entries))
	for name, entry := range r.Entries {
		if name != key {
			entries[name] = entry
		}
	}
	return &Recording{Header: r.Header, Exchanges: r.Exchanges, Entries: entries, End: r.End, read: newMemo()}
}

// Read reads a recording file. A file that ends early is a recording without
// End, and what is missing from it is a gap; a line that is not a recording's is
// an error that names the line.
func Read(in io.Reader) (*Recording, error) {
	r := &Recording{Exchanges: map[Ref]Exchange{}, Entries: map[string]Entry{}, read: newMemo()}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for lines.Scan() {
		n++
		if len(lines.Bytes()) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return r.cutAt(n, err)
		}
		if err := r.add(l, n); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading recording: line %d: %w", n+1, err)
	}
	if r.Header.Format == "" {
		return nil, errors.New("reading recording: the file is empty; give one that scan --save wrote")
	}
	return r, nil
}

// cutAt accepts a last line that was cut in the middle of writing.
func (r *Recording) cutAt(n int, err error) (*Recording, error) {
	var syntax *json.SyntaxError
	if r.Header.Format != "" && errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input" {
		return r, nil
	}
	return nil, fmt.Errorf("reading recording: line %d: %w; give a file that scan --save wrote", n, err)
}

func (r *Recording) add(l line, n int) error {
	switch {
	case r.Header.Format == "" && (l.Header == nil || l.Header.Format != Format):
		return fmt.Errorf("reading recording: line %d: not a %s file; give one that scan --save wrote", n, Format)
	case l.Header != nil && r.Header.Format != "":
		return fmt.Errorf("reading recording: line %d: a second recording begins here; give them one by one", n)
	case l.Header != nil:
		r.Header = *l.Header
	case l.Exchange != nil:
		r.Exchanges[l.Exchange.Ref] = *l.Exchange
	case l.Entry != nil && (l.Entry.Gap == nil) == (l.Entry.Value == nil):
		return fmt.Errorf("reading recording: line %d: entry %q needs a value or a gap, and not both", n, l.Entry.Key)
	case l.Entry != nil:
		r.Entries[l.Entry.Key] = *l.Entry
	case l.End != nil:
		r.End = l.End
	default:
		return fmt.Errorf("reading recording: line %d: kind %q is not known to this version", n, l.Kind)
	}
	return nil
}
