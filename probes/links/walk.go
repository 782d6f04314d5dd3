// The walk through JSON, token by token, so that neither depth nor length costs
// more than the bytes that were read.

package links

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Bounds on hostile JSON: how deep it is read, and how much of a name or an
// address is repeated, in bytes.
const (
	mostDepth = 64
	mostName  = 64
	mostLink  = 512
)

// walk gives every string that is an http:// address to add, until add has
// enough. It is false where the text nests too deeply or ends too early to be
// read to its end; what is no JSON at all holds no addresses for anybody.
func walk(dec *json.Decoder, add func(where, link string) bool) bool {
	dec.UseNumber()
	path := []frame{}
	for {
		token, err := dec.Token()
		if err != nil {
			return !errors.Is(err, io.ErrUnexpectedEOF) && (!errors.Is(err, io.EOF) || len(path) == 0)
		}
		if delim, ok := token.(json.Delim); ok {
			path = enter(path, delim)
			if len(path) > mostDepth {
				return false
			}
			continue
		}
		text, isText := token.(string)
		if isText && expectsKey(path) {
			path[len(path)-1].key, path[len(path)-1].named = text, true
			continue
		}
		if isText && isPlain(text) && !add(pointer(path), text) {
			return true
		}
		path = next(path)
	}
}

func isPlain(text string) bool {
	const scheme = "http://"
	return len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme)
}

// A frame is one open object or array on the way to a value.
type frame struct {
	object bool
	key    string
	named  bool
	index  int
}

func enter(path []frame, delim json.Delim) []frame {
	if delim == '{' || delim == '[' {
		return append(path, frame{object: delim == '{'})
	}
	return next(path[:len(path)-1])
}

func expectsKey(path []frame) bool {
	return len(path) > 0 && path[len(path)-1].object && !path[len(path)-1].named
}

func next(path []frame) []frame {
	if len(path) > 0 {
		path[len(path)-1].named = false
		path[len(path)-1].index++
	}
	return path
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointer is where the value stands (RFC 6901 section 5), with long names cut.
func pointer(path []frame) string {
	if len(path) == 0 {
		return "the whole text"
	}
	var out strings.Builder
	for _, f := range path {
		name := strconv.Itoa(f.index)
		if f.object {
			name = escapes.Replace(clip(f.key, mostName))
		}
		out.WriteString("/" + name)
	}
	return out.String()
}

func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
