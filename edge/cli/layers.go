// Which value counts: the flag's before the environment's before the file's; in the
// file the target's own before the one for all.

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"middlebrick/edge/config"
)

// A layer is the values of one key from one place.
type layer struct {
	values []string
	origin string
	target bool // in the file, with one target
}

// A value is one that counts, and where it is from.
type value struct{ key, text, origin string }

// variable is the environment variable of a key.
func variable(key string) string {
	return "MIDDLEBRICK_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// merged are the keys whose values are told apart by what stands before their "=";
// of all others the strongest place has the word alone.
const merged = "threshold"

// layers are the places that give the key, the strongest first.
func (a *app) layers(key string, typed *pflag.FlagSet, sections []config.Target) []layer {
	var all []layer
	flags := typed.Lookup(key)
	if flags != nil && flags.Changed {
		all = append(all, layer{values: valuesOf(flags), origin: "--" + key})
	}
	if text := a.Env(variable(key)); text != "" && slices.Contains(config.Keys(), key) {
		values := []string{text}
		if flags != nil && flags.Value.Type() == "stringArray" {
			values = commas(text)
		}
		all = append(all, layer{values: values, origin: variable(key)})
	}
	for _, section := range sections {
		for _, s := range section.Settings {
			if s.Key == key {
				all = append(all, layer{values: s.Values, origin: s.At.String(), target: section.URL != ""})
			}
		}
	}
	return all
}

func commas(text string) (values []string) {
	for one := range strings.SplitSeq(text, ",") {
		values = append(values, strings.TrimSpace(one))
	}
	return values
}

func valuesOf(f *pflag.Flag) []string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}

// count picks the values that count.
func (a *app) count(key string, layers []layer) []value {
	var all []value
	seen := map[string]bool{}
	for _, l := range layers {
		own := map[string]bool{}
		for _, text := range l.values {
			about := a.about(key, text)
			if seen[about] {
				continue
			}
			own[about] = true
			all = append(all, value{key, text, l.origin})
		}
		for about := range own {
			seen[about] = true
		}
		if key != merged {
			break
		}
	}
	return all
}

// about is which check a threshold is for.
func (a *app) about(key, text string) string {
	check, _, single := strings.Cut(text, "=")
	if key != merged || !single {
		return ""
	}
	if name, err := checkNamed(strings.TrimSpace(check), a.engine.Checks()); err == nil {
		return name
	}
	return check
}

// effective are the flags of one scan with everything taken together: what was
// typed, the environment, and the sections of the file, the target's own first.
func (a *app) effective(f scanFlags, typed *pflag.FlagSet, sections []config.Target) (scanFlags, []value, error) {
	out, flags := fresh()
	var all []value
	var wrong error
	flags.VisitAll(func(own *pflag.Flag) {
		if wrong != nil || typed.Lookup(own.Name) == nil && (own.Name != "baseline" || !f.unbased) {
			return // the command has no use for it
		}
		for _, v := range a.count(own.Name, a.layers(own.Name, typed, sections)) {
			if err := flags.Set(v.key, v.text); err != nil {
				wrong = usagef("%s: %q cannot be read", v.origin, v.text)
			}
			all = append(all, v)
		}
	})
	if wrong != nil {
		return f, nil, wrong
	}
	f.gate, f.request = out.gate, out.request
	return f, all, a.fileHeaders(&f, sections)
}

// fileHeaders adds the target's headers to those that were typed, which win.
func (a *app) fileHeaders(f *scanFlags, sections []config.Target) error {
	typed := f.request.headers
	for _, section := range sections {
		for _, h := range section.Headers {
			if slices.ContainsFunc(typed, func(line string) bool { return named(line, h.Name) }) {
				continue
			}
			line, err := a.field(h)
			if err != nil {
				return err
			}
			f.request.fromFile = append(f.request.fromFile, line)
		}
	}
	return nil
}

// named is true for "Name: value" with that name.
func named(line, name string) bool {
	own, _, _ := strings.Cut(line, ":")
	return strings.EqualFold(strings.TrimSpace(own), name)
}

// blamed says where a wrong value is from, in place of the flag that it was not
// typed for.
func blamed(err error, values []value) error {
	if err == nil {
		return nil
	}
	says := err.Error()
	for _, v := range values {
		if rest, ok := strings.CutPrefix(says, "--"+v.key); ok && v.origin != "--"+v.key {
			return failure{exitUsage, fmt.Errorf("%s: %s%s", v.origin, v.key, rest)}
		}
	}
	return err
}
