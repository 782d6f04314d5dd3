// The list of scan --list, line by line.

package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"middlebrick/target"
)

// lines reads a list. It is used by one goroutine at a time.
type lines struct {
	name   string // for messages
	in     *bufio.Reader
	file   io.Closer // nil for stdin
	number int       // of the line that was read last
	err    error     // why reading ended before the end
	ctx    context.Context
}

func (a *app) openList(ctx context.Context, path string) (*lines, error) {
	l := &lines{name: path, ctx: ctx}
	if path == "-" {
		l.name, l.in = "stdin", bufio.NewReader(stoppable{ctx, a.In})
		return l, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, usagef("--list: %w", err)
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		file.Close()
		return nil, usagef("--list: %s is a folder; give a file with one target a line", path)
	}
	// A pipe may have nothing to say for long.
	l.file, l.in = file, bufio.NewReader(stoppable{ctx, file})
	return l, nil
}

func (l *lines) close() {
	if l.file != nil {
		l.file.Close()
	}
}

// longest is how much of a line is kept, in bytes; no URL that servers take is
// longer.
const longest = 8 << 10

// next is the next line that is neither empty nor a comment; false at the end.
func (l *lines) next() (string, bool) {
	for l.ctx.Err() == nil {
		text, err := l.line()
		if err != nil && text == "" {
			if !errors.Is(err, io.EOF) && l.ctx.Err() == nil {
				l.err = err
			}
			return "", false
		}
		l.number++
		if l.number == 1 {
			text = strings.TrimPrefix(text, "\uFEFF")
		}
		if text = strings.TrimSpace(text); text != "" && !strings.HasPrefix(text, "#") {
			return text, true
		}
	}
	return "", false
}

// line reads to the end of a line and keeps the first bytes of it, one more than
// fit where there are more.
func (l *lines) line() (string, error) {
	var text []byte
	for {
		part, err := l.in.ReadSlice('\n')
		text = append(text, part[:min(len(part), longest+1-len(text))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		return string(text), err
	}
}

// target reads a line: a URL, or a host with or without a port, for which https is
// meant.
func (l *lines) target(text string, f requestFlags) (target.Target, error) {
	switch {
	case len(text) > longest:
		return target.Target{}, usagef("the line is longer than %d bytes", longest)
	case !utf8.ValidString(text):
		return target.Target{}, usagef("the line is not UTF-8")
	}
	text, _, _ = strings.Cut(text, " #")
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	return f.target(text)
}

// keyOf is by what a target is known to be listed twice or finished: one host and
// port is scanned once.
func keyOf(t target.Target) string { return target.Authority("", t.Host, t.Port) }
