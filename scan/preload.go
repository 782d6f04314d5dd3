// The HSTS preload list, where one is installed.

package scan

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"middlebrick/observe"
	"middlebrick/target"
)

// A PreloadList is the HSTS preload list of browsers: names whose http form a
// browser never asks for. Its text form is one entry a line, a name and the
// digit 1 where subdomains are included.
type PreloadList struct {
	name    string
	entries map[string]bool // name → subdomains included
}

// ReadPreloadList reads a list; name says which it is and of which date.
func ReadPreloadList(name string, in io.Reader) (*PreloadList, error) {
	list := &PreloadList{name: name, entries: map[string]bool{}}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		list.entries[strings.ToLower(fields[0])] = len(fields) > 1 && fields[1] == "1"
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading preload list %s: %w", name, err)
	}
	if len(list.entries) == 0 {
		return nil, fmt.Errorf("reading preload list %s: it holds no entry", name)
	}
	return list, nil
}

// observe writes down what the list says. No list is a gap, never a no.
func (l *PreloadList) observe(rec *observe.Recorder, t target.Target) {
	if l == nil {
		observe.Miss(rec, observe.Preloaded, observe.Gap{Why: observe.Unasked, Detail: "no HSTS preload list is installed"})
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
