// The files by which a step gives something back: its outputs and its summary.

package ci

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// An Output is one value that later steps may read.
type Output struct{ Name, Value string }

// WriteOutputs appends the outputs to the runner's file. Each stands between two
// lines that nobody can guess, so that no value ends early and sets another
// output: what a target says is in some of them. No file is no error: then there
// is no runner.
func WriteOutputs(path string, random io.Reader, outputs ...Output) error {
	if path == "" {
		return nil
	}
	var text strings.Builder
	for _, o := range outputs {
		mark, err := delimiter(random, o.Value)
		if err != nil {
			return fmt.Errorf("writing output %s: %w", o.Name, err)
		}
		fmt.Fprintf(&text, "%s<<%s\n%s\n%s\n", o.Name, mark, o.Value, mark)
	}
	if _, err := appendTo(path, text.String()); err != nil {
		return fmt.Errorf("writing outputs: %w", err)
	}
	return nil
}

func delimiter(random io.Reader, value string) (string, error) {
	var dice [16]byte
	if _, err := io.ReadFull(random, dice[:]); err != nil {
		return "", err
	}
	mark := "middlebrick-" + hex.EncodeToString(dice[:])
	if strings.Contains(value, mark) {
		return "", errors.New("the value holds the line that is to end it")
	}
	return mark, nil
}

// mostSummary is what Actions takes of one step, in bytes; a larger file is not
// shown at all. A little room is left for the end of the line.
const mostSummary = 1<<20 - 16

// SummaryRoom is how many bytes the step's summary may still take.
func SummaryRoom(path string) int {
	room := mostSummary
	if info, err := os.Stat(path); err == nil {
		room -= int(min(info.Size(), mostSummary))
	}
	return room
}

// WriteSummary appends Markdown to the step's summary, if it fits.
func WriteSummary(path, markdown string) error {
	if path == "" {
		return nil
	}
	if len(markdown)+1 > SummaryRoom(path) {
		return fmt.Errorf("writing the step's summary: %d bytes do not fit", len(markdown))
	}
	if _, err := appendTo(path, markdown+"\n"); err != nil {
		return fmt.Errorf("writing the step's summary: %w", err)
	}
	return nil
}

func appendTo(path, text string) (int, error) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := file.WriteString(text)
	return n, errors.Join(err, file.Close())
}
