// Where scan --list writes, and what it remembers of the targets that are
// finished: a file that only grows, so that a run that was killed goes on from
// where it was.

package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"middlebrick/report/render"
)

// ledger takes lines from many goroutines. What was written is on disk within a
// second or within so many lines.
type ledger struct {
	app   *app
	stop  context.CancelCauseFunc // ends the run when nothing can be written any more
	out   io.Writer               // the lines; nil where nobody wants them
	files []*os.File              // to be synced
	state *os.File                // the short form of finished targets; nil where the lines themselves are the state

	elsewhere bool // the lines go to a file, and stdout is free

	mu       sync.Mutex
	seed     maphash.Seed
	seen     map[uint64]int // hash of the key → line that listed it first, 0 for an earlier run
	exits    map[int]int
	unsynced int
	synced   time.Time
	broken   error
	closed   bool // nobody reads stdout any more
}

const (
	syncLines = 64
	syncAfter = time.Second
)

// errUnwritable ends a run whose results go nowhere.
var errUnwritable = errors.New("the results cannot be written")

// openLedger opens what the flags name. A file that is there is continued where
// --resume names it, and else left alone.
func (a *app) openLedger(f scanFlags, stop context.CancelCauseFunc) (*ledger, error) {
	b := &ledger{app: a, stop: stop, seed: maphash.MakeSeed(), seen: map[uint64]int{}, exits: map[int]int{}, synced: a.Now()}
	path, err := listOutput(f.output)
	if err != nil {
		return nil, err
	}
	resume := f.list.resume
	switch {
	case path == "" && f.output.quiet < 2:
		b.out = a.Out
	case path != "":
		info, err := os.Stat(path)
		if err == nil && info.Mode().IsRegular() && info.Size() > 0 && !sameFile(path, resume) {
			return nil, usagef("-o ndjson=%s: the file is there already; to go on with it add --resume %s, to begin anew remove it", path, path)
		}
		file, err := b.continued(path, "-o ndjson")
		if err != nil {
			return nil, err
		}
		b.out, b.elsewhere = file, true
	}
	if resume != "" && !sameFile(path, resume) {
		if b.state, err = b.continued(resume, "--resume"); err != nil {
			b.close()
			return nil, err
		}
	}
	return b, nil
}

// listOutput is the file that the lines go to; "" for stdout.
func listOutput(f outputFlags) (string, error) {
	outs, err := f.plan()
	if err != nil {
		return "", err
	}
	path := ""
	for _, out := range outs {
		switch {
		case out.format != "ndjson" && (out.path != "" || f.format != "" || len(f.outputs) > 0 && path == ""):
			return "", usagef("--list writes ndjson, a line for each target, and not %s; write it as -o ndjson=FILE", out.format)
		case out.path != "" && path != "":
			return "", usagef("--list writes to one file, and %s and %s are both given", path, out.path)
		case out.path != "":
			path = out.path
		}
	}
	return path, nil
}

func sameFile(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	return filepath.Clean(a) == filepath.Clean(b)
}

// continued opens a file to add to, having read what it says is finished. A last
// line that was cut in the middle is taken away.
func (b *ledger) continued(path, flag string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, brokenf("%s: %w", flag, err)
	}
	b.files = append(b.files, file)
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, brokenf("%s: %w", flag, err)
	case !info.Mode().IsRegular():
		return file, nil
	case !claim(file):
		return nil, usagef("%s: another run is writing to %s", flag, path)
	}
	whole, err := b.recall(file)
	if err != nil {
		return nil, usagef("%s: %s: %w; give a file of an earlier scan --list, or a new one", flag, path, err)
	}
	if err := file.Truncate(whole); err != nil {
		return nil, brokenf("%s: %w", flag, err)
	}
	return file, nil
}

// done is a line that says that a target is finished: the short form, and what is
// read of a report's.
type done struct {
	Kind string `json:"kind"` // "done" or "report"
	Key  string `json:"key"`
	Exit int    `json:"exit"`
}

var kinds = map[string]bool{"report": true, "done": true, "bad": true, "duplicate": true, "error": true, "summary": true}

// recall reads the finished targets, and how many bytes of the file are whole
// lines. A file that holds anything else is not ours.
func (b *ledger) recall(file io.Reader) (whole int64, err error) {
	in := bufio.NewReaderSize(file, 64<<10)
	for n := 1; ; n++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if n == 1 && len(text) > 0 && !bytes.HasPrefix([]byte(`{"kind":"`), text[:min(len(text), 9)]) {
				return 0, errors.New("this is not what scan --list writes")
			}
			return whole, nil
		}
		if err != nil {
			return 0, err
		}
		var line done
		if json.Unmarshal(text, &line) != nil || !kinds[line.Kind] {
			return 0, fmt.Errorf("line %d is not what scan --list writes", n)
		}
		whole += int64(len(text))
		if line.Key == "" {
			continue
		}
		if _, again := b.mention(line.Key, 0); !again {
			b.exits[line.Exit]++
		}
	}
}

// mention notes that a line lists a target, and says which line did before; 0 is
// an earlier run. Of a target only a hash is kept.
func (b *ledger) mention(key string, line int) (first int, again bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := maphash.String(b.seed, key)
	if first, again = b.seen[sum]; first == 0 {
		b.seen[sum] = line
	}
	return first, again
}

// finish writes a target's line, and that it is finished; false when it could not
// be written.
func (b *ledger) finish(line render.ListLine) bool {
	text, err := render.Line(line)
	if err != nil {
		return b.fail(err)
	}
	short, err := render.Line(done{"done", line.Key, line.Exit})
	if err != nil {
		return b.fail(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.write(text) {
		return false
	}
	if b.state != nil {
		if _, err := b.state.Write(short); err != nil {
			return b.lost(err)
		}
	}
	b.exits[line.Exit]++
	b.unsynced++
	if b.unsynced >= syncLines || b.app.Now().Sub(b.synced) >= syncAfter {
		b.flush()
	}
	return b.broken == nil
}

// note writes any other line.
func (b *ledger) note(v any) {
	text, err := render.Line(v)
	if err != nil {
		b.fail(err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.write(text)
}

// write is one write a line: what a kill cuts is the last line alone.
func (b *ledger) write(text []byte) bool {
	switch {
	case b.broken != nil || b.closed:
		return false
	case b.out == nil:
		return true
	}
	if _, err := b.out.Write(text); err != nil {
		return b.lost(err)
	}
	return true
}

func (b *ledger) fail(err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost(err)
}

// lost ends the run: there is no use in asking what cannot be told. A reader that
// closed stdout has what it wanted.
func (b *ledger) lost(err error) bool {
	if b.out == b.app.Out && closedPipe(err) {
		b.closed = true
	} else if b.broken == nil {
		b.broken = err
	}
	b.stop(errUnwritable)
	return false
}

func (b *ledger) flush() {
	b.unsynced, b.synced = 0, b.app.Now()
	for _, file := range b.files {
		info, err := file.Stat()
		if err == nil && info.Mode().IsRegular() {
			err = file.Sync()
		}
		if err != nil {
			b.lost(err)
		}
	}
}

// sync puts all that was written on disk and gives the first error of the run.
func (b *ledger) sync() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken == nil {
		b.flush()
	}
	if b.broken != nil {
		return brokenf("writing the results: %w; what is finished is kept", b.broken)
	}
	return nil
}

func (b *ledger) close() {
	for _, file := range b.files {
		file.Close()
	}
}
