// The policies that come with the program.

package policy

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed data/*.json
var files embed.FS

// SchemaJSON is the JSON Schema (2020-12) of a policy's file.
//
//go:embed schema.json
var SchemaJSON []byte

// Named is the built-in policy of that name.
func Named(name string) (Policy, bool) {
	for _, p := range All() {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return Policy{}, false
}

// Text is the file of the built-in policy of that name.
func Text(name string) ([]byte, bool) {
	p, known := Named(name)
	if !known {
		return nil, false
	}
	text, err := files.ReadFile(path.Join("data", p.Name+".json"))
	return text, err == nil
}

// All are the built-in policies, by name. One that cannot be read is a fault of
// the program, which its tests hold it to be free of.
func All() []Policy { return slices.Clone(builtIn()) }

var builtIn = sync.OnceValue(load)

func load() []Policy {
	entries, err := files.ReadDir("data")
	if err != nil {
		panic(fmt.Sprintf("reading the built-in policies: %v", err))
	}
	all := make([]Policy, 0, len(entries))
	for _, entry := range entries {
		text, err := files.ReadFile(path.Join("data", entry.Name()))
		if err != nil {
			panic(fmt.Sprintf("reading the built-in policies: %v", err))
		}
		p, err := Parse(strings.TrimSuffix(entry.Name(), ".json"), text)
		if err != nil {
			panic(err.Error())
		}
		all = append(all, p)
	}
	return all
}
