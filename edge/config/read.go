// From YAML to settings, each with its line. Everything that is wrong is told at
// once.

package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// MaxSize bounds a file, in bytes.
const MaxSize = 1 << 20

// Words are what a reader must be told of the rest of the program.
type Words struct {
	Meant    func(typed string, known []string) string // "; did you mean X?"
	Rule     func(typed string) (string, error)        // the id of a rule, or what to type instead
	Policies []string                                  // names of the built-in ones
	Secret   func(header string) bool                  // true for a field that carries a credential
	Now      time.Time
}

// Read reads the configuration file of that path. The error is Problems where the
// file could be opened.
func Read(path string, words Words) (*File, error) {
	source, err := load(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, source, words)
}

// load reads a file of bounded size.
func load(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; give a file", path)
	}
	source, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(source) > MaxSize {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, MaxSize)
	}
	return source, nil
}

// Parse reads the text of a configuration file.
func Parse(path string, source []byte, words Words) (*File, error) {
	r := &reader{path: path, dir: filepath.Dir(path), words: words}
	f := &File{Path: path, All: Target{At: Place{path, 0}}}
	root, err := r.root(source)
	if err != nil {
		return nil, err
	}
	if root != nil {
		r.section(root, &f.All, f)
	}
	return f, r.problems.sorted()
}

// reader is one file on its way; nodes are its YAML.
type reader struct {
	path, dir string
	words     Words
	problems  Problems
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// root is the one mapping of the file; nil for a file that says nothing.
func (r *reader) root(source []byte) (*yaml.Node, error) {
	in := yaml.NewDecoder(strings.NewReader(string(source)))
	var first, second yaml.Node
	err := in.Decode(&first)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err == nil {
		err = in.Decode(&second)
	}
	switch {
	case err == nil:
		return nil, Problems{{Place{r.path, second.Line}, "a second document begins; the file holds one"}}
	case !errors.Is(err, io.EOF):
		return nil, Problems{r.syntax(err)}
	}
	root := at(&first)
	if len(first.Content) == 1 {
		root = at(first.Content[0])
	}
	switch {
	case root.Kind == yaml.ScalarNode && root.Tag == "!!null":
		return nil, nil
	case root.Kind != yaml.MappingNode:
		return nil, Problems{{r.at(root), "the file must hold keys with values, as in \"fail-on: high\""}}
	}
	return root, nil
}

func (r *reader) syntax(err error) Problem {
	match := yamlLine.FindStringSubmatch(strings.SplitN(err.Error(), "\n", 2)[0])
	if match == nil {
		return Problem{Place{r.path, 0}, "it is not YAML: " + err.Error()}
	}
	line, _ := strconv.Atoi(match[1])
	return Problem{Place{r.path, line}, "it is not YAML: " + match[2]}
}

// at follows an alias to what it stands for.
func at(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func (r *reader) at(n *yaml.Node) Place { return Place{r.path, n.Line} }

// mostProblems is how many are told; a file of another program would have one a line.
const mostProblems = 20

func (r *reader) wrong(n *yaml.Node, format string, args ...any) {
	if len(r.problems) < mostProblems {
		r.problems = append(r.problems, Problem{r.at(n), fmt.Sprintf(format, args...)})
	}
}

// pairs calls each with every key and its value; a key that stands twice and merge
// keys are wrong.
func (r *reader) pairs(n *yaml.Node, what string, each func(name string, key, value *yaml.Node)) bool {
	n = at(n)
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "%s must be keys with values", what)
		return false
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := at(n.Content[i]), n.Content[i+1]
		first, twice := lines[name.Value]
		switch {
		case name.Kind != yaml.ScalarNode:
			r.wrong(name, "a key must be a word")
		case name.Tag == "!!merge":
			r.wrong(name, "merge keys (<<) are not read; what holds for all targets stands at the top of the file")
		case twice:
			r.wrong(name, "%s stands in line %d already; write it once", name.Value, first)
		default:
			lines[name.Value] = name.Line
			each(name.Value, name, value)
		}
	}
	return true
}

// section reads the top of the file (f is set) or one target.
func (r *reader) section(n *yaml.Node, into *Target, f *File) {
	spelled := map[string]string{}
	r.pairs(n, "a target", func(name string, keyNode, value *yaml.Node) {
		k, known := find(name)
		switch other, twice := spelled[k.name]; {
		case !known || !k.stands(f != nil):
			r.unknown(k, name, keyNode, f != nil, known)
		case twice:
			r.wrong(keyNode, "%s says the same as %s; write it once", name, other)
		case k.kind == targets:
			r.targets(value, f)
		default:
			spelled[k.name] = name
			r.value(k, name, keyNode, value, into)
		}
	})
}

func (r *reader) unknown(k key, name string, n *yaml.Node, top, known bool) {
	switch {
	case known && top:
		r.wrong(n, "%s is a target's own: write it below targets", k.name)
	case known:
		r.wrong(n, "%s stands at the top of the file, not in a target", k.name)
	default:
		r.wrong(n, "unknown key %q%s", name, r.words.Meant(name, names(top)))
	}
}

func (r *reader) targets(n *yaml.Node, f *File) {
	n = at(n)
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		r.wrong(n, "targets must be a list, as in \"- url: https://host/path\"")
		return
	}
	first := map[string]Place{}
	for _, item := range n.Content {
		t := Target{At: r.at(item)}
		before := len(r.problems)
		r.section(item, &t, nil)
		if t.URL == "" && len(r.problems) == before {
			r.wrong(item, "the target's url is missing")
		}
		other, twice := first[t.Name]
		if t.Name != "" && twice {
			r.wrong(item, "two targets are called %s, here and in line %d; give each its own name", t.Name, other.Line)
		}
		first[t.Name] = t.At
		f.Targets = append(f.Targets, t)
	}
}

// value reads one key of the top or of a target.
func (r *reader) value(k key, name string, keyNode, n *yaml.Node, into *Target) {
	switch k.kind {
	case headers:
		into.Headers = r.headers(n)
		return
	case ignores:
		into.Ignores = r.ignores(n)
		return
	case identities:
		r.identities(n)
		into.Later = append(into.Later, Setting{Key: k.name, At: r.at(keyNode)})
		return
	}
	values := r.values(k, name, n)
	s := Setting{Key: k.name, Values: values, At: r.at(keyNode)}
	switch {
	case len(values) == 0:
	case k.name == "name":
		into.Name = r.called(n, values[0])
	case k.name == "url":
		into.URL, into.At = values[0], s.At
	case k.name == "spec":
		into.Later = append(into.Later, s)
	default:
		into.Settings = append(into.Settings, s)
	}
}

var targetName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// called is a name that can be typed, and stand in a file's name.
func (r *reader) called(n *yaml.Node, name string) string {
	if !targetName.MatchString(name) {
		r.wrong(at(n), "the name %q must be letters, digits, dots, dashes and underscores, at most 64", name)
		return ""
	}
	return name
}
