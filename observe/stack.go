// Facts about the software that answers, and about who it answers to.

package observe

import "middlebrick/target"

// Keys of what was recognised.
var (
	Recognised = newKey[Stack]("stack.parts")
	Visitors   = newKey[Audience]("target.audience")
)

// A Stack is the software that gave itself away.
type Stack struct {
	Parts       []Part `json:"parts"`                 // from the outside to the inside
	Edge        string `json:"edge,omitempty"`        // the part that speaks to the client: TLS ends there
	Development string `json:"development,omitempty"` // the development server's name
	Ref         Ref    `json:"ref,omitempty"`         // of the development server
}

// A Part is one piece of software, and what says so.
type Part struct {
	Name       string `json:"name"` // "Flask", "gunicorn", "nginx", "Apache", "Werkzeug", …
	Version    string `json:"version,omitempty"`
	Role       string `json:"role"`       // "proxy", "server", "framework", "extension", "language", "library"
	Confidence string `json:"confidence"` // "certain", "high", "low"
	Because    string `json:"because"`
	Ref        Ref    `json:"ref"`
}

// Has is true when that software was recognised.
func (s Stack) Has(name string) bool {
	for _, part := range s.Parts {
		if part.Name == name {
			return true
		}
	}
	return false
}

// An Audience is whether people or programs use the target, and why it was
// taken for that.
type Audience struct {
	Kind    target.Audience `json:"kind"`
	Because string          `json:"because"`
}
