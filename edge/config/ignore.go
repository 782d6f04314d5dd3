// What is accepted: entries of the configuration file and of a file of their own.

package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"middlebrick/report/standing"
	"middlebrick/target"
)

// IgnoreName is the file that holds nothing but what is accepted.
const IgnoreName = ".middlebrick-ignore.yaml"

// ReadIgnores reads such a file.
func ReadIgnores(path string, words Words) ([]standing.Entry, error) {
	source, err := load(path)
	if err != nil {
		return nil, err
	}
	return ParseIgnores(path, source, words)
}

// ParseIgnores reads the text of such a file.
func ParseIgnores(path string, source []byte, words Words) ([]standing.Entry, error) {
	r := &reader{path: path, dir: filepath.Dir(path), words: words}
	root, err := r.root(source)
	if err != nil || root == nil {
		return nil, err
	}
	var all []standing.Entry
	r.pairs(root, "the file", func(name string, keyNode, value *yaml.Node) {
		if name != "ignore" {
			r.wrong(keyNode, "unknown key %q%s", name, words.Meant(name, []string{"ignore"}))
			return
		}
		all = r.ignores(value)
	})
	return all, r.problems.sorted()
}

// ignores reads the list of entries.
func (r *reader) ignores(n *yaml.Node) []standing.Entry {
	n = at(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.wrong(n, "ignore must be a list, each entry with rule, until and reason")
		return nil
	}
	var all []standing.Entry
	for _, item := range n.Content {
		before := len(r.problems)
		e := r.entry(item)
		if len(r.problems) == before {
			all = append(all, e)
		}
	}
	return all
}

var entryKeys = []string{"rule", "fingerprint", "target", "until", "reason", "by"}

func (r *reader) entry(n *yaml.Node) standing.Entry {
	e := standing.Entry{From: r.at(n).String()}
	before := len(r.problems)
	written := map[string]bool{}
	r.pairs(n, "an entry of ignore", func(name string, keyNode, value *yaml.Node) {
		written[name] = true
		text, ok := r.scalar(key{kind: text}, name, at(value))
		if ok {
			r.field(&e, name, text, keyNode)
		}
	})
	if len(r.problems) > before {
		return e
	}
	switch {
	case !written["rule"] && !written["fingerprint"]:
		r.wrong(n, "the entry names neither rule nor fingerprint")
	case !written["until"]:
		r.wrong(n, "until is missing: the last day on which this is accepted, at most a year from now, as %s", r.words.Now.UTC().AddDate(0, 3, 0).Format(standing.Day))
	case !written["reason"]:
		r.wrong(n, "reason is missing: why this is accepted, for whoever reads it next")
	}
	return e
}

func (r *reader) field(e *standing.Entry, name, text string, n *yaml.Node) {
	var err error
	switch name {
	case "rule":
		e.Rule, err = r.words.Rule(text)
	case "fingerprint":
		e.Fingerprint = strings.ToLower(text)
		if !standing.IsFingerprint(e.Fingerprint) {
			err = fmt.Errorf("fingerprint: %q is not the id of a finding, 64 hexadecimal digits; the JSON report has it", text)
		}
	case "target":
		e.Target = text
		_, err = target.Parse(text)
	case "until":
		e.Until, err = Until(text, r.words.Now)
	case "reason":
		e.Reason = strings.TrimSpace(text)
		if e.Reason == "" {
			err = fmt.Errorf("reason is empty: say why this is accepted")
		}
	case "by":
		e.By = text
	default:
		err = fmt.Errorf("unknown key %q%s", name, r.words.Meant(name, entryKeys))
	}
	if err != nil {
		r.wrong(n, "%v", err)
	}
}

// Until reads the last day of an acceptance: at most a year from now.
func Until(text string, now time.Time) (time.Time, error) {
	ends, err := standing.Ends(text)
	most := now.UTC().AddDate(1, 0, 0)
	switch {
	case err != nil:
		return ends, fmt.Errorf("until: %q is not a day; write it as %s", text, now.UTC().AddDate(0, 3, 0).Format(standing.Day))
	case ends.After(most.Add(24 * time.Hour)):
		return ends, fmt.Errorf("until: %s is more than a year away; at most %s, so that somebody looks at it again", text, most.Format(standing.Day))
	}
	return ends, nil
}

// AddIgnore writes one more entry into a file, which it makes where there is none.
// What stood in the file stays as it was, comments too; a file that cannot be
// continued line by line is left alone, and the error says what to write.
func AddIgnore(path string, e standing.Entry, words Words) error {
	source, err := load(path)
	if os.IsNotExist(err) {
		source, err = []byte("# Findings that are accepted for a while. Each has a last day and a reason.\nignore:\n"), nil
	}
	if err != nil {
		return err
	}
	old, err := ParseIgnores(path, source, words)
	if err != nil {
		return err
	}
	indent := indentOf(string(source))
	grown := append([]byte(strings.TrimRight(string(source), "\n")+"\n"), lines(e, indent)...)
	now, err := ParseIgnores(path, grown, words)
	if err != nil || len(now) != len(old)+1 || !same(now[len(old)], e) {
		return fmt.Errorf("%s is written in a form that cannot be continued at its end; add these lines to its list by hand:\n%s", path, lines(e, indent))
	}
	return replace(path, grown)
}

func same(a, b standing.Entry) bool {
	a.From, b.From = "", ""
	return a.Until.Equal(b.Until) && a.Rule == b.Rule && a.Fingerprint == b.Fingerprint && a.Target == b.Target && a.Reason == b.Reason && a.By == b.By
}

// indentOf is how far the list's dashes stand from the left.
func indentOf(source string) string {
	for line := range strings.Lines(source) {
		if rest := strings.TrimLeft(line, " "); strings.HasPrefix(rest, "- ") {
			return line[:len(line)-len(rest)]
		}
	}
	return "  "
}

// lines are an entry as YAML.
func lines(e standing.Entry, indent string) []byte {
	var out strings.Builder
	lead := indent + "- "
	for _, field := range []struct{ name, value string }{
		{"rule", e.Rule}, {"fingerprint", e.Fingerprint}, {"target", e.Target},
		{"until", e.Until.Add(-24 * time.Hour).Format(standing.Day)}, {"reason", e.Reason}, {"by", e.By},
	} {
		if field.value == "" {
			continue
		}
		value, _ := yaml.Marshal(field.value)
		if field.name == "until" {
			value = []byte(field.value + "\n")
		}
		out.WriteString(lead + field.name + ": " + strings.ReplaceAll(strings.TrimRight(string(value), "\n"), "\n", "\n"+indent+"    ") + "\n")
		lead = indent + "  "
	}
	return []byte(out.String())
}

// replace writes the file whole or not at all.
func replace(path string, content []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	beside := fmt.Sprintf("%s.%d.tmp", path, os.Getpid())
	if err := os.WriteFile(beside, content, 0o666); err != nil {
		_ = os.Remove(beside)
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		_ = os.Remove(beside)
		return err
	}
	return nil
}
