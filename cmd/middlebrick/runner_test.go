// A runner of GitHub Actions, as far as action.yml needs one: expressions, the
// files of a step, the commands in its log, and outputs.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

type action struct {
	Name, Description string
	Inputs            map[string]struct{ Description, Default string }
	Outputs           map[string]struct{ Description, Value string }
	Runs              struct {
		Using string
		Steps []struct {
			Name, ID, Shell, Run string
			Env                  map[string]string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// A runner runs the action in one job.
type runner struct {
	t       *testing.T
	event   string // the event's name
	payload []byte
	api     string
	token   string
	bin     string // MIDDLEBRICK_BIN of the job; "" lets the action get its own
	env     map[string]string
	path    string // of the action's checkout; "" is this repository
	temp    string
}

// A ran is what the runner knows after the action.
type ran struct {
	exit        int
	log         string // as people see it: secrets masked, commands taken out
	raw         string
	outputs     map[string]string
	summary     string
	annotations []annotation
}

type annotation struct{ kind, title, message string }

// run runs all steps until one fails, as the runner does, and then reads the
// outputs.
func (r runner) run(inputs map[string]string) ran {
	r.t.Helper()
	a := readAction(r.t)
	scope := map[string]string{"github.token": r.token, "github.action_repository": "middlebrick/middlebrick"}
	for name, input := range a.Inputs {
		scope["inputs."+name] = expand(r.t, input.Default, scope)
	}
	for name, value := range inputs {
		if _, known := a.Inputs[name]; !known {
			r.t.Fatalf("the action has no input %s", name)
		}
		scope["inputs."+name] = value
	}
	var out ran
	for _, step := range a.Runs.Steps {
		if step.Shell != "bash" || strings.Contains(step.Run, "${{") {
			r.t.Fatalf("step %s: bash alone, and nothing of an expression in the command: %s", step.Name, step.Run)
		}
		env := map[string]string{}
		for name, value := range step.Env {
			env[name] = expand(r.t, value, scope)
		}
		outputs := r.step(&out, step.Run, env)
		for name, value := range outputs {
			scope["steps."+step.ID+".outputs."+name] = value
		}
		if out.exit != 0 {
			break
		}
	}
	out.outputs = map[string]string{}
	for name, output := range a.Outputs {
		out.outputs[name] = expand(r.t, output.Value, scope)
	}
	return out
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// expand knows contexts and "||" with a literal.
func expand(t *testing.T, text string, scope map[string]string) string {
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		value := ""
		for _, term := range strings.Split(expression.FindStringSubmatch(found)[1], "||") {
			term = strings.TrimSpace(term)
			literal, quoted := strings.CutPrefix(term, "'")
			switch {
			case value != "":
			case quoted:
				value = strings.TrimSuffix(literal, "'")
			case strings.HasPrefix(term, "steps."), strings.HasPrefix(term, "inputs."), strings.HasPrefix(term, "github."):
				value = scope[term]
			default:
				t.Fatalf("expression %s is not known here", found)
			}
		}
		return value
	})
}

// step runs one command as "shell: bash" does.
func (r runner) step(out *ran, command string, env map[string]string) map[string]string {
	r.t.Helper()
	dir := r.t.TempDir()
	files := map[string]string{}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_EVENT_PATH"} {
		files[name] = filepath.Join(dir, name)
		if err := os.WriteFile(files[name], nil, 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	_ = os.WriteFile(files["GITHUB_EVENT_PATH"], r.payload, 0o600)
	script := filepath.Join(dir, "step.sh")
	if err := os.WriteFile(script, []byte(command), 0o700); err != nil {
		r.t.Fatal(err)
	}
	all := map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "CI": "true", "GITHUB_ACTIONS": "true",
		"GITHUB_EVENT_NAME": r.event, "GITHUB_REPOSITORY": "Codertocat/Hello-World", "GITHUB_API_URL": r.api,
		"GITHUB_SERVER_URL": "https://github.example", "GITHUB_RUN_ID": "42", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_SHA": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
		"GITHUB_WORKFLOW": "api --> security", "GITHUB_JOB": "scan", "GITHUB_ACTION_PATH": r.checkout(), "RUNNER_TEMP": r.temp, "RUNNER_OS": "Linux",
		"GOCACHE": os.Getenv("GOCACHE"), "GOFLAGS": os.Getenv("GOFLAGS"), "XDG_CONFIG_HOME": dir, "XDG_STATE_HOME": dir,
	}
	if r.bin != "" {
		all["MIDDLEBRICK_BIN"] = r.bin
	}
	maps.Copy(all, files)
	maps.Copy(all, r.env)
	maps.Copy(all, env)
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	cmd.Dir = dir
	for name, value := range all {
		if value != "" || strings.HasPrefix(name, "INPUT_") {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	log, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		r.t.Fatal(err)
	}
	out.exit = cmd.ProcessState.ExitCode()
	out.obey(r.t, string(log))
	for _, name := range []string{"GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"} {
		if text, _ := os.ReadFile(files[name]); len(text) > 0 {
			r.t.Errorf("the step wrote %s: %s", name, text)
		}
	}
	summary, _ := os.ReadFile(files["GITHUB_STEP_SUMMARY"])
	if len(summary) > 1<<20 {
		r.t.Errorf("a summary of %d bytes is not shown", len(summary))
	}
	out.summary += string(summary)
	return readOutputs(r.t, files["GITHUB_OUTPUT"])
}

func (r runner) checkout() string {
	if r.path != "" {
		return r.path
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		r.t.Fatal(err)
	}
	return root
}

// readOutputs reads NAME=VALUE, and NAME<<MARK with lines up to MARK. A later
// output of the same name counts.
func readOutputs(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if name, mark, multi := strings.Cut(lines[i], "<<"); multi {
			var value []string
			for i++; i < len(lines) && lines[i] != mark; i++ {
				value = append(value, lines[i])
			}
			if i == len(lines) {
				t.Fatalf("output %s has no end", name)
			}
			all[name] = strings.Join(value, "\n")
			continue
		}
		name, value, ok := strings.Cut(lines[i], "=")
		if !ok && lines[i] != "" {
			t.Fatalf("neither an output nor its end: %q", lines[i])
		}
		all[name] = value
	}
	delete(all, "")
	return all
}

var (
	workflowCommand = regexp.MustCompile(`^\s*::([a-z-]+)( [^:]*)?::(.*)$`)
	unescape        = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
)

// obey does what the log's lines command.
func (out *ran) obey(t *testing.T, log string) {
	t.Helper()
	out.raw += log
	var masks []string
	for _, line := range strings.Split(log, "\n") {
		found := workflowCommand.FindStringSubmatch(line)
		switch {
		case found == nil && strings.Contains(line, "##["):
			t.Errorf("a command of the older form: %q", line)
		case found == nil:
			for _, mask := range masks {
				line = strings.ReplaceAll(line, mask, "***")
			}
			out.log += line + "\n"
		case found[1] == "add-mask":
			masks = append(masks, unescape.Replace(found[3]))
		case found[1] == "error", found[1] == "warning", found[1] == "notice":
			title := strings.TrimPrefix(strings.TrimSpace(found[2]), "title=")
			out.annotations = append(out.annotations, annotation{found[1], unescape.Replace(title), unescape.Replace(found[3])})
		default:
			t.Errorf("a command that the action has no use for: %q", line)
		}
	}
}

// count is how many annotations of a kind there are.
func (out *ran) count(kind string) (n int) {
	for _, a := range out.annotations {
		if a.kind == kind {
			n++
		}
	}
	return n
}

func (out *ran) String() string {
	return fmt.Sprintf("exit %d, outputs %.2000q\nlog:\n%s\nannotations: %v", out.exit, out.outputs, out.log, out.annotations)
}
