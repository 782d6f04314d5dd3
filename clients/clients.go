// Package clients predicts what real clients would get from a target: which
// protocol version, cipher suite and group, or why they fail. It is a pure
// function of a table of clients and of what was observed; nothing is sent.
package clients

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"middlebrick/tlshello"
)

// A Basis says where the knowledge of a client comes from.
type Basis string

// The bases. A captured hello was sent by the program itself to a listener of
// ours; a published one was captured by others; a derived one follows from what
// its makers documented.
const (
	Captured  Basis = "captured"
	Published Basis = "published"
	Derived   Basis = "derived"
)

// A Client is one program as it greets servers. Lists are in the order of its
// hello, reserved values (RFC 8701) and signals left out.
type Client struct {
	Name     string                     `json:"name"` // with its version: "Firefox 62"
	On       string                     `json:"on"`   // "Windows 7"
	Kind     string                     `json:"kind"` // "browser", "mobile", "library", "tool" or "robot"
	Year     int                        `json:"year"` // of its release; of a library, when it was usual
	Basis    Basis                      `json:"basis"`
	How      string                     `json:"how"`
	Versions []tlshello.Version         `json:"versions"` // newest first
	Suites   []tlshello.Suite           `json:"suites"`
	Groups   []tlshello.Group           `json:"groups"` // empty: it sends no such list
	Shares   []tlshello.Group           `json:"shares"` // key shares of TLS 1.3
	Schemes  []tlshello.SignatureScheme `json:"signatureSchemes"`
	SNI      bool                       `json:"sni"` // sends the server's name
	ALPN     []string                   `json:"alpn"`
	LeastDH  int                        `json:"leastDh,omitempty"` // shortest finite-field prime that it takes, in bits; 0: not known
	MostDH   int                        `json:"mostDh,omitempty"`  // longest
}

//go:embed data/*.json
var files embed.FS

// All is the table, in the order of its files: captured, derived, published; in a
// file the order is by hand. A table that cannot be read is a fault of the program,
// which its tests hold it to be free of.
func All() []Client { return slices.Clone(table()) }

var table = sync.OnceValue(load)

func load() []Client {
	var all []Client
	for _, name := range []string{"captured", "derived", "published"} {
		list, err := read(name)
		if err != nil {
			panic(err.Error())
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b Client) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
	return all
}

// kinds is the order of the report.
var kinds = []string{"browser", "mobile", "library", "tool", "robot"}

func read(name string) ([]Client, error) {
	text, err := files.ReadFile("data/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading table of clients: %w", err)
	}
	var list []Client
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("reading table of clients %s: %w", name, err)
	}
	return list, nil
}
