// Workflow commands: lines on stdout that the runner obeys. What stands in them
// is escaped as the runner reads it back, so that no text can end its command.

package ci

import (
	"fmt"
	"io"
	"strings"

	"middlebrick/report/render"
)

// A Kind is how loud an annotation is.
type Kind string

// The kinds of annotations that Actions knows.
const (
	Error   Kind = "error"
	Warning Kind = "warning"
	Notice  Kind = "notice"
)

// mostOfAKind is how many annotations of one kind Actions shows for a step; it
// drops the rest without a word.
const mostOfAKind = 10

// mostAnnotation bounds an annotation's text, in characters; Actions cuts at
// 4,096 bytes.
const mostAnnotation = 1000

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// Annotations are the notes that a step leaves beside its log. They are told in
// the order of their weight: what comes after the tenth of a kind is counted and
// not told.
type Annotations struct {
	Out  io.Writer
	told map[Kind]int
}

// Say writes one annotation, and reports whether it was told.
func (a *Annotations) Say(kind Kind, title, message string) (bool, error) {
	if a.told == nil {
		a.told = map[Kind]int{}
	}
	if a.told[kind] >= mostOfAKind {
		return false, nil
	}
	a.told[kind]++
	_, err := fmt.Fprintln(a.Out, command(kind, title, message))
	return true, err
}

// command is one annotation's line.
func command(kind Kind, title, message string) string {
	return fmt.Sprintf("::%s title=%s::%s", kind,
		propertyEscapes.Replace(harmless(title, 200)), dataEscapes.Replace(harmless(message, mostAnnotation)))
}

// harmless is a text of one line without control, invisible or commanding
// characters, of at most that many of its own.
func harmless(text string, most int) string {
	line := []rune(render.Screen{Actions: true}.Line(text))
	if len(line) > most {
		line = append(line[:most-1], '…')
	}
	return string(line)
}

// Mask asks the runner to hide a secret in everything that is logged from here
// on. The runner hides whole lines, so that each line is told.
func Mask(out io.Writer, secret string) error {
	for line := range strings.Lines(secret) {
		line = strings.TrimRight(line, "\r\n")
		if len(strings.TrimSpace(line)) < shortestSecret {
			continue
		}
		if _, err := fmt.Fprintf(out, "::add-mask::%s\n", dataEscapes.Replace(line)); err != nil {
			return err
		}
	}
	return nil
}

// shortestSecret: hiding one letter, or "yes", would make the log unreadable and
// hide nothing.
const shortestSecret = 4
