// The values of keys, by their kind.

package config

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// values are the values as the flag takes them; none where something is wrong.
func (r *reader) values(k key, name string, n *yaml.Node) []string {
	n = at(n)
	switch k.kind {
	case thresholds:
		return r.thresholds(name, n)
	case texts, paths, policies:
		return r.several(k, name, n)
	}
	one, ok := r.scalar(k, name, n)
	if !ok {
		return nil
	}
	return []string{one}
}

// several reads one value or a list of them.
func (r *reader) several(k key, name string, n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Line: n.Line, Content: []*yaml.Node{n}}
	}
	if len(n.Content) == 0 {
		r.wrong(n, "%s is an empty list; leave it away", name)
	}
	var all []string
	for _, item := range n.Content {
		if one, ok := r.scalar(k, name, at(item)); ok {
			all = append(all, one)
		}
	}
	return all
}

// forms say what a value of a kind must be, by the tags of YAML that fit.
var forms = map[kind]struct {
	tags []string
	says string
}{
	integer: {[]string{"!!int"}, "a whole number"},
	number:  {[]string{"!!int", "!!float"}, "a number"},
	percent: {[]string{"!!int", "!!str"}, "a whole number of percent"},
	boolean: {[]string{"!!bool"}, "true or false"},
}

func (r *reader) scalar(k key, name string, n *yaml.Node) (string, bool) {
	form, limited := forms[k.kind]
	switch {
	case n.Kind != yaml.ScalarNode:
		r.wrong(n, "%s takes %s", name, taken(k.kind))
		return "", false
	case n.Tag == "!!null" || n.Value == "":
		r.wrong(n, "%s has no value; give one, or leave the key away", name)
		return "", false
	case limited && !slices.Contains(form.tags, n.Tag):
		r.wrong(n, "%s: %q is not %s", name, n.Value, form.says)
		return "", false
	case strings.ContainsFunc(n.Value, func(c rune) bool { return c < 0x20 || c == 0x7f }):
		r.wrong(n, "%s: the value holds a control character; remove it", name)
		return "", false
	}
	return r.written(k, n), true
}

func taken(k kind) string {
	if form, ok := forms[k]; ok {
		return form.says
	}
	if k == texts || k == paths || k == policies {
		return "one value or a list of them"
	}
	return "one value"
}

// written is the value as a flag takes it. A path goes from the file's own folder.
func (r *reader) written(k key, n *yaml.Node) string {
	switch {
	case k.kind == boolean:
		var b bool
		_ = n.Decode(&b)
		return strconv.FormatBool(b)
	case k.kind == policies && slices.Contains(r.words.Policies, n.Value):
		return n.Value
	case k.kind == policies && !strings.ContainsAny(n.Value, `/\`) && filepath.Ext(n.Value) != ".json":
		return n.Value // a name that does not exist, and is told as such
	case k.kind == path, k.kind == paths, k.kind == policies:
		return r.from(n.Value)
	}
	return n.Value
}

func (r *reader) from(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.dir, path)
}

// overall is the name of the whole score among those of the checks.
const overall = "overall"

func (r *reader) thresholds(name string, n *yaml.Node) []string {
	whole := key{kind: integer}
	if n.Kind == yaml.ScalarNode {
		one, ok := r.scalar(whole, name, n)
		if !ok {
			return nil
		}
		return []string{one}
	}
	var all []string
	r.pairs(n, name, func(check string, _, value *yaml.Node) {
		one, ok := r.scalar(whole, name+" of "+check, at(value))
		switch {
		case !ok:
		case check == overall:
			all = append(all, one)
		default:
			all = append(all, check+"="+one)
		}
	})
	return all
}

func (r *reader) headers(n *yaml.Node) []Header {
	var all []Header
	seen := map[string]bool{}
	r.pairs(n, "headers", func(name string, keyNode, value *yaml.Node) {
		h := Header{Name: name, At: r.at(keyNode)}
		value = at(value)
		if seen[strings.ToLower(name)] {
			r.wrong(keyNode, "the header %s stands here twice; write it once", name)
		}
		seen[strings.ToLower(name)] = true
		if value.Kind == yaml.MappingNode {
			h.Env = r.variable(name, value)
			if h.Env != "" {
				all = append(all, h)
			}
			return
		}
		text, ok := r.scalar(key{kind: text}, "the header "+name, value)
		if ok && r.words.Secret(name) {
			r.wrong(keyNode, "the value of %s would stand in this file for all to read; name an environment variable: %s: {env: NAME}", name, name)
			return
		}
		if h.Value = text; ok {
			all = append(all, h)
		}
	})
	return all
}

// variable reads {env: NAME}.
func (r *reader) variable(header string, n *yaml.Node) string {
	found := ""
	r.pairs(n, "the header "+header, func(name string, keyNode, value *yaml.Node) {
		if name != "env" {
			r.wrong(keyNode, "unknown key %q; a header's value is a text, or {env: NAME}", name)
			return
		}
		found, _ = r.scalar(key{kind: text}, "env", at(value))
		if strings.HasPrefix(found, "$") {
			r.wrong(keyNode, "env takes the name of the variable alone: %s", strings.Trim(found, "${}"))
			found = ""
		}
	})
	return found
}

// identities are held to their form and kept.
func (r *reader) identities(n *yaml.Node) {
	n = at(n)
	if n.Kind != yaml.SequenceNode {
		r.wrong(n, "identities must be a list, each with a name and headers")
		return
	}
	for _, item := range n.Content {
		named := false
		r.pairs(item, "an identity", func(name string, keyNode, value *yaml.Node) {
			switch name {
			case "name":
				_, named = r.scalar(key{kind: text}, name, at(value))
			case "headers":
				r.headers(value)
			default:
				r.wrong(keyNode, "unknown key %q%s", name, r.words.Meant(name, []string{"name", "headers"}))
			}
		})
		if !named {
			r.wrong(item, "the identity's name is missing")
		}
	}
}
