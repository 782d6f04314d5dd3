// The configuration file on its way into a scan: found, read, and told with the
// line where something is wrong.

package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"middlebrick/edge/config"
	"middlebrick/report/standing"
)

// configFlags are the flags as typed.
type configFlags struct{ path string }

func (f *configFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.path, "config", "", "configuration in `FILE`; none reads no file (default: .middlebrick.yaml, upward to the repository's root)")
}

// configured is what the files say.
type configured struct {
	found   config.Found
	file    *config.File // never nil
	ignores []standing.Entry
	from    string // the file of accepted findings; "": there is none
}

// words tell the reader of the file what the rest of the program knows.
func (a *app) words() config.Words {
	return config.Words{
		Meant:    func(typed string, known []string) string { return meant(typed, known, "") },
		Rule:     a.ruleNamed,
		Policies: policyNames(),
		Secret:   secret,
		Now:      a.Now(),
	}
}

// ruleNamed is a rule by its id, or by one that it had before.
func (a *app) ruleNamed(typed string) (string, error) {
	for _, m := range a.engine.Rules() {
		for _, old := range m.Formerly {
			if strings.EqualFold(old, typed) {
				return m.ID, nil
			}
		}
	}
	meta, _, err := a.find(typed)
	return meta.ID, err
}

func (a *app) search(f configFlags) config.Search {
	return config.Search{Flag: f.path, Env: a.Env, Dir: a.Dir}
}

// configure finds and reads the files. Everything that is wrong in them is told at
// once, and nothing is scanned.
func (a *app) configure(f configFlags) (configured, error) {
	search := a.search(f)
	found, err := search.Find()
	if err != nil {
		return configured{}, failure{exitUsage, err}
	}
	c := configured{found: found, file: &config.File{}}
	var wrong []error
	if found.Path != "" && found.Because != config.Legacy {
		file, err := config.Read(found.Path, a.words())
		if err == nil {
			c.file, err = file, a.checkFile(file)
		}
		wrong = append(wrong, inConfig("configuration", err))
	}
	if path, exists := search.Ignores(); exists && f.path != config.None {
		c.ignores, err = config.ReadIgnores(path, a.words())
		c.from = path
		wrong = append(wrong, inConfig("accepted findings", err))
	}
	if err := errors.Join(wrong...); err != nil {
		return c, failure{exitUsage, err}
	}
	return c, nil
}

// inConfig leaves problems as they are, for they name file and line.
func inConfig(what string, err error) error {
	var problems config.Problems
	if err == nil || errors.As(err, &problems) {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

// checkFile holds every setting to what its flag takes, by the flag's own reading.
func (a *app) checkFile(file *config.File) error {
	var wrong config.Problems
	sections := append([]config.Target{file.All}, file.Targets...)
	for i, section := range sections {
		for _, s := range section.Settings {
			if err := a.checkSetting(s, section.URL); err != nil {
				wrong = append(wrong, config.Problem{At: s.At, Says: strings.ReplaceAll(err.Error(), "--"+s.Key, s.Key)})
			}
		}
		if i > 0 {
			wrong = append(wrong, a.checkTarget(section)...)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

func (a *app) checkTarget(t config.Target) (wrong config.Problems) {
	if _, err := (requestFlags{method: "GET"}).target(t.URL); err != nil {
		wrong = append(wrong, config.Problem{At: t.At, Says: err.Error()})
	}
	for _, h := range t.Headers {
		if _, err := parseHeader(h.Name+": "+h.Value, "headers"); err != nil {
			wrong = append(wrong, config.Problem{At: h.At, Says: err.Error()})
		}
	}
	return wrong
}

// checkSetting reads one setting alone, as its flag would be read.
func (a *app) checkSetting(s config.Setting, url string) error {
	f, flags := fresh()
	for _, value := range s.Values {
		if err := flags.Set(s.Key, value); err != nil {
			return fmt.Errorf("%s: %q cannot be read", s.Key, value)
		}
	}
	if _, err := f.gate.read(a.engine.Checks()); err != nil {
		return err
	}
	if f.request.headerFile != "" {
		if _, err := os.Stat(f.request.headerFile); err != nil {
			return usagef("--header-file: %w", err)
		}
		f.request.headerFile = ""
	}
	if url == "" {
		url = "https://target.invalid/"
	}
	_, err := a.asked(f.request, url)
	return err
}

// fresh are the flags that a file can give, as if nothing was typed.
func fresh() (*scanFlags, *pflag.FlagSet) {
	f := &scanFlags{}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.gate.add(flags)
	f.request.add(flags)
	return f, flags
}

// field is a header of the file with its value.
func (a *app) field(h config.Header) (string, error) {
	if h.Env == "" {
		return h.Name + ": " + h.Value, nil
	}
	value := a.Env(h.Env)
	if value == "" {
		return "", usagef("%s: the header %s is taken from the environment variable %s, which is not set", h.At, h.Name, h.Env)
	}
	if _, err := parseHeader(h.Name+": "+value, h.At.String()); err != nil {
		return "", err
	}
	return h.Name + ": " + value, nil
}
