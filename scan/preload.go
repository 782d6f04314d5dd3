// The HSTS preload list, where one is installed.

package scan

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/target"
)

// A PreloadList is the HSTS preload list of browsers: names whose http form a
// browser never asks for.
type PreloadList struct {
	name    string
	entries map[string]bool // name → subdomains included
}

// mostPreload bounds a list, unpacked, in bytes; Chromium's has some 20 MiB.
const mostPreload = 128 << 20

// ReadPreloadList reads a list, packed with gzip or not: Chromium's JSON with
// comments (net/http/transport_security_state_static.json), or text with one entry
// a line, a name and the digit 1 where subdomains are included. name says which it
// is and of which date.
func ReadPreloadList(name string, in io.Reader) (*PreloadList, error) {
	list := &PreloadList{name: name, entries: map[string]bool{}}
	if err := list.read(in); err != nil {
		return nil, fmt.Errorf("reading preload list %s: %w", name, err)
	}
	if len(list.entries) == 0 {
		return nil, fmt.Errorf("reading preload list %s: it holds no entry", name)
	}
	return list, nil
}

func (l *PreloadList) read(packed io.Reader) error {
	in := bufio.NewReader(packed)
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		in = bufio.NewReader(unpacked)
	}
	bounded := &io.LimitedReader{R: in, N: mostPreload}
	begin, _ := in.Peek(64)
	var err error
	if text := strings.TrimSpace(string(begin)); strings.HasPrefix(text, "{") || strings.HasPrefix(text, "//") {
		err = l.readJSON(bounded)
	} else {
		err = l.readText(bounded)
	}
	if err == nil && bounded.N <= 0 {
		return fmt.Errorf("it is larger than %d MiB", mostPreload>>20)
	}
	return err
}

func (l *PreloadList) readText(in io.Reader) error {
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		subdomains := len(fields) == 2 && fields[1] == "1"
		if len(fields) > 2 || len(fields) == 2 && !subdomains && fields[1] != "0" || !named(fields[0]) {
			return fmt.Errorf("line %d is not a name and the digit 1", n)
		}
		l.entries[strings.ToLower(fields[0])] = subdomains
	}
	return lines.Err()
}

// named is true for what can be a host name: an error page holds none.
func named(text string) bool {
	return len(text) <= 253 && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789-._") == ""
}

// readJSON reads what Chromium is built from. Only force-https entries are HSTS;
// the others pin keys.
func (l *PreloadList) readJSON(in io.Reader) error {
	plain, uncommented := io.Pipe()
	go func() { uncommented.CloseWithError(uncomment(uncommented, in)) }()
	defer plain.Close()
	var list struct {
		Entries []struct {
			Name       string `json:"name"`
			Mode       string `json:"mode"`
			Subdomains bool   `json:"include_subdomains"`
		} `json:"entries"`
	}
	whole := json.NewDecoder(plain)
	if err := whole.Decode(&list); err != nil {
		return err
	}
	if whole.More() {
		return errors.New("something follows the list")
	}
	for _, entry := range list.Entries {
		if entry.Mode != "force-https" {
			continue
		}
		if !named(entry.Name) {
			return fmt.Errorf("%q is not a host name", entry.Name)
		}
		l.entries[strings.ToLower(entry.Name)] = entry.Subdomains
	}
	return nil
}

// uncomment leaves out the lines that are comments, which JSON does not have.
func uncomment(out io.Writer, in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.HasPrefix(strings.TrimSpace(lines.Text()), "//") {
			continue
		}
		if _, err := fmt.Fprintln(out, lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// Count is how many names the list has.
func (l *PreloadList) Count() int { return len(l.entries) }

// Write puts the list out as text, packed with gzip.
func (l *PreloadList) Write(w io.Writer) error {
	packed := gzip.NewWriter(w)
	out := bufio.NewWriter(packed)
	for _, name := range slices.Sorted(maps.Keys(l.entries)) {
		out.WriteString(name)
		if l.entries[name] {
			out.WriteString(" 1")
		}
		out.WriteByte('\n')
	}
	return errors.Join(out.Flush(), packed.Close())
}

// observe writes down what the list says. No list is a gap, never a no.
func (l *PreloadList) observe(rec *observe.Recorder, t target.Target) {
	if l == nil {
		observe.Miss(rec, observe.Preloaded, observe.Gap{Why: observe.Unasked, Detail: "no HSTS preload list is installed; middlebrick update fetches it"})
		return
	}
	found := observe.Preload{List: l.name}
	name, exact := t.Host, true
	for name != "" && !t.Literal() {
		subdomains, listed := l.entries[name]
		if listed && (exact || subdomains) {
			found.Listed, found.Entry, found.Subdomains = true, name, subdomains
			break
		}
		_, name, _ = strings.Cut(name, ".")
		exact = false
	}
	observe.Put(rec, observe.Preloaded, found)
}
