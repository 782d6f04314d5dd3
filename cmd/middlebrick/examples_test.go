// The examples for CI: well-formed, with inputs and outputs that the action has,
// and commands that do what they say.

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const examples = "../../examples"

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestYAMLOfExamplesIsWellFormed(t *testing.T) {
	found := 0
	err := filepath.WalkDir(examples, func(path string, _ fs.DirEntry, err error) error {
		if extension := filepath.Ext(path); err == nil && (extension == ".yml" || extension == ".yaml") {
			var document any
			decode(t, read(t, path), &document)
			found++
		}
		return err
	})
	if err != nil || found < 4 {
		t.Errorf("%d examples: %v", found, err)
	}
}

type workflow struct {
	Permissions map[string]string
	Concurrency any
	Jobs        map[string]struct {
		Timeout     int `yaml:"timeout-minutes"`
		Permissions map[string]string
		Steps       []struct {
			ID, Uses, Run, If string
			With              map[string]string
		}
	}
}

var (
	pinned = regexp.MustCompile(`(?m)uses: +[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	output = regexp.MustCompile(`steps\.scan\.outputs\.([a-z-]+)`)
)

func TestWorkflowsAreCarefulAndFitTheAction(t *testing.T) {
	a := readAction(t)
	for _, name := range []string{"api-security.yml", "staging.yml"} {
		text := read(t, filepath.Join(examples, "github", name))
		var w workflow
		decode(t, text, &w)
		if len(w.Permissions) != 0 || w.Permissions == nil || w.Concurrency == nil {
			t.Errorf("%s: permissions are given to the job alone, and runs take turns", name)
		}
		if n := strings.Count(text, "uses: "); n != len(pinned.FindAllString(text, -1)) {
			t.Errorf("%s: %d uses, not all of them pinned by commit with the version beside", name, n)
		}
		for _, found := range output.FindAllStringSubmatch(text, -1) {
			if _, known := a.Outputs[found[1]]; !known {
				t.Errorf("%s: the action has no output %s", name, found[1])
			}
		}
		for _, input := range w.inputs(t, name) {
			if _, known := a.Inputs[input]; !known {
				t.Errorf("%s: the action has no input %s", name, input)
			}
		}
	}
}

// inputs are those that the workflow gives to the action, which it uses once.
func (w workflow) inputs(t *testing.T, name string) (given []string) {
	t.Helper()
	uses := 0
	for _, job := range w.Jobs {
		if job.Timeout == 0 || job.Permissions["contents"] != "read" {
			t.Errorf("%s: a job without a time limit or permissions", name)
		}
		for _, step := range job.Steps {
			if strings.HasPrefix(step.Uses, "middlebrick/") {
				uses++
				given = slices.AppendSeq(given, maps.Keys(step.With))
			}
		}
	}
	if uses != 1 {
		t.Errorf("%s uses the action %d times", name, uses)
	}
	return given
}

// Every input reaches the program under its own name, and is described.
func TestActionHandsEveryInputOn(t *testing.T) {
	a := readAction(t)
	var handed []string
	for _, step := range a.Runs.Steps {
		for name, value := range step.Env {
			input, is := strings.CutPrefix(name, "INPUT_")
			if !is {
				continue
			}
			input = strings.ToLower(strings.ReplaceAll(input, "_", "-"))
			if value != "${{ inputs."+input+" }}" {
				t.Errorf("%s carries %s", name, value)
			}
			handed = append(handed, input)
		}
	}
	slices.Sort(handed)
	declared := slices.Sorted(maps.Keys(a.Inputs))
	if !slices.Equal(handed, declared) {
		t.Errorf("declared %v\nhanded on %v", declared, handed)
	}
	guide := read(t, "../../docs/ci.md")
	for _, name := range append(declared, slices.Sorted(maps.Keys(a.Outputs))...) {
		if !strings.Contains(guide, "`"+name+"`") {
			t.Errorf("docs/ci.md says nothing of %s", name)
		}
	}
}

var (
	address   = regexp.MustCompile(`"?(https?://[^\s"]+|\$STAGING_URL)"?`)
	httpsPort = regexp.MustCompile(`--https-port[ =]\d+`)
)

// commands are those of the examples and of the guide, as lines of a shell.
func commands(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	var gitlab struct {
		Job struct{ Script []string } `yaml:"api-security"`
	}
	decode(t, read(t, examples+"/gitlab/.gitlab-ci.yml"), &gitlab)
	all["gitlab"] = gitlab.Job.Script
	for _, line := range strings.Split(read(t, examples+"/jenkins/Jenkinsfile")+read(t, "../../docs/ci.md"), "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "middlebrick ") || strings.HasPrefix(line, "INPUT_") {
			all["jenkins and the guide"] = append(all["jenkins and the guide"], line)
		}
	}
	return all
}

// in fits a command to the target of the test.
func in(target map[string]string, command string) string {
	command = httpsPort.ReplaceAllString(command, "")
	if strings.HasPrefix(command, "INPUT_") {
		return "INPUT_HTTPS_PORT=" + target["https-port"] + " " + address.ReplaceAllString(command, target["url"])
	}
	return address.ReplaceAllString(command, target["url"]+" --https-port "+target["https-port"])
}

// shell runs a command in a folder of its own, and gives its exit code.
func shell(t *testing.T, dir, command string) (exit int, log string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "GITHUB_") || strings.HasPrefix(v, "INPUT_") || strings.HasPrefix(v, "MIDDLEBRICK_")
	})
	cmd.Env = append(cmd.Env, "CI=true", "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+dir)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), said.String()
}

func TestCommandsOfExamplesRun(t *testing.T) {
	target := weak(t)
	dir := t.TempDir()
	write := in(target, "middlebrick baseline write http://127.0.0.1:5000 -o .middlebrick-baseline.json")
	if exit, log := shell(t, dir, write); exit != 0 {
		t.Fatalf("%s: exit %d\n%s", write, exit, log)
	}
	ran := 0
	for where, lines := range commands(t) {
		for _, line := range lines {
			ran++
			if strings.Contains(line, "baseline write") {
				_ = os.Remove(filepath.Join(dir, ".middlebrick-baseline.json"))
			}
			line = in(target, line)
			if exit, log := shell(t, dir, line); exit > 1 {
				t.Errorf("%s: %s: exit %d\n%s", where, line, exit, log)
			}
		}
	}
	if ran < 6 {
		t.Errorf("only %d commands were found", ran)
	}
	for _, name := range []string{"gl-code-quality-report.json", "gl-dast-report.json", "middlebrick.xml", "middlebrick.html"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMakefileOfExamplesRuns(t *testing.T) {
	target := weak(t)
	dir := t.TempDir()
	file, err := filepath.Abs(examples + "/make/Makefile")
	if err != nil {
		t.Fatal(err)
	}
	url := "'URL=" + target["url"] + " --https-port " + target["https-port"] + "'"
	for _, c := range []struct{ goal, says string }{
		{"known", "encryption.plainhttp"},
		{"secure", "GATE"},
		{"fixed RULE=encryption.plainhttp", "encryption.plainhttp"},
	} {
		_, log := shell(t, dir, "make -f "+file+" "+c.goal+" "+url)
		if kept, err := os.ReadFile(filepath.Join(dir, ".middlebrick-baseline.json")); err == nil {
			log += string(kept)
		}
		if strings.Contains(log, "unknown") || !strings.Contains(log, c.says) {
			t.Errorf("make %s:\n%s", c.goal, log)
		}
	}
}

func TestHooksOfPreCommitRun(t *testing.T) {
	var hooks []struct {
		ID, Name, Entry, Language string
		Args, Stages              []string
		PassFilenames             *bool `yaml:"pass_filenames"`
	}
	decode(t, read(t, "../../.pre-commit-hooks.yaml"), &hooks)
	var used struct {
		Repos []struct {
			Rev   string
			Hooks []struct {
				ID   string
				Args []string
			}
		}
	}
	decode(t, read(t, examples+"/pre-commit/.pre-commit-config.yaml"), &used)
	target := weak(t)
	for _, hook := range hooks {
		if hook.Language != "golang" || hook.PassFilenames == nil || *hook.PassFilenames {
			t.Errorf("%s: built by Go, and given no files", hook.ID)
		}
		if scans := strings.HasSuffix(hook.Entry, "scan"); scans && !slices.Equal(hook.Stages, []string{"manual", "pre-push"}) {
			t.Errorf("%s: a scan is no work for a commit: %v", hook.ID, hook.Stages)
		}
		args := [][]string{hook.Args}
		for _, own := range used.Repos[0].Hooks {
			if own.ID == hook.ID && own.Args != nil {
				args = append(args, own.Args)
			}
		}
		for _, given := range args {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, ".middlebrick.yaml"), []byte("targets:\n  - url: "+target["url"]+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			line := in(target, strings.Join(append([]string{hook.Entry}, given...), " "))
			if exit, log := shell(t, dir, line); exit > 1 {
				t.Errorf("%s: %s: exit %d\n%s", hook.ID, line, exit, log)
			}
		}
	}
}
