// The shape of hellos: some servers stumble over long ones, or over extensions,
// and must not be taken for servers that refuse what stands in them.

package wire

import (
	"middlebrick/tlshello"
)

// A Shape is how much a hello carries.
type Shape int

// The shapes, from the usual one to what the oldest servers read. Compact stays
// below the 256 bytes at which some of them stop reading; Bare has no extension.
const (
	Full Shape = iota
	Compact
	Bare
)

// Shapes are all of them, the usual one first.
func Shapes() []Shape { return []Shape{Full, Compact, Bare} }

// most is how many suites one hello of the shape has room for.
var most = map[Shape]int{Full: 1000, Compact: LeastRoom, Bare: 60}

// Say makes all further hellos have that shape.
func (w *Wire) Say(s Shape) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shape = s
}

// Nameless makes all further hellos go without a server name.
func (w *Wire) Nameless() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nameless = true
}

// Room is how many suites a hello has room for.
func (w *Wire) Room() int { return most[w.shapeNow()] }

// LeastRoom is how many suites a hello of any shape has room for.
const LeastRoom = 40

// Full is true while hellos have their usual form.
func (w *Wire) Full() bool { return w.shapeNow() == Full }

func (w *Wire) shapeNow() Shape {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shape
}

// ServerName is the name that hellos carry; empty for an address (RFC 6066
// section 3), and where the target was found to refuse its name.
func (w *Wire) ServerName() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.nameless || w.opts.Target.Literal() {
		return ""
	}
	return w.opts.Target.Host
}

// Hello offers one version with those suites, and everything else as a willing
// client would, in the shape that the target is known to read.
func (w *Wire) Hello(version tlshello.Version, suites []tlshello.Suite) tlshello.Client {
	return w.Shaped(w.shapeNow(), version, suites)
}

// Shaped is Hello in a shape of the caller's choice.
func (w *Wire) Shaped(s Shape, version tlshello.Version, suites []tlshello.Suite) tlshello.Client {
	full := tlshello.Modern(w.ServerName())
	full.Version, full.Versions, full.Suites = version, nil, suites
	if version == tlshello.TLS13 {
		full.Versions = []tlshello.Version{tlshello.TLS13}
	}
	if version == tlshello.SSL2 {
		full.SessionID = nil
	}
	if s == Full || version == tlshello.SSL2 {
		full.Groups = willing(version)
		return full
	}
	small := tlshello.Client{Version: version, Versions: full.Versions, Suites: suites[:min(len(suites), most[s])], Random: full.Random}
	if s == Compact || version == tlshello.TLS13 {
		small.ServerName, small.Groups = full.ServerName, full.Groups
		small.SignatureSchemes = full.SignatureSchemes[:8]
		return small
	}
	small.Groups, small.SignatureSchemes = []tlshello.Group{}, []tlshello.SignatureScheme{}
	return small
}
