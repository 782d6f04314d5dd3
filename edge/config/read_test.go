// What a file may say, and how each mistake is told: with its line and the mend.

package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/report/standing"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func words() Words {
	return Words{
		Meant: func(typed string, known []string) string {
			for _, word := range known {
				if len(typed) > 3 && strings.HasPrefix(word, typed[:4]) {
					return "; did you mean " + word + "?"
				}
			}
			return ""
		},
		Rule: func(typed string) (string, error) {
			if strings.HasPrefix(typed, "encryption.") {
				return typed, nil
			}
			return "", errors.New("unknown rule " + typed)
		},
		Policies: []string{"pci-dss"},
		Secret:   func(name string) bool { return strings.EqualFold(name, "authorization") },
		Now:      noon,
	}
}

const whole = `# shared
threshold: 80
fail-on: high
min-coverage: 95%
policies: [pci-dss, ours.json]
ca-file: ca.pem
ask-ca: true
ignore:
  - rule: encryption.tls10
    until: 2027-03-01
    reason: an old client
targets:
  - name: staging
    url: https://staging.example.com/v1
    thresholds: {overall: 70, encryption: 90}
    headers:
      Accept: application/json
      Authorization: {env: STAGING_TOKEN}
    resolve:
      - staging.example.com:443:192.0.2.1
    https-port: 443
    rate: 2.5
    spec: openapi.yaml
    identities:
      - name: alice
        headers: {Authorization: {env: ALICE}}
  - url: http://127.0.0.1:5000
`

func TestEverythingThatAFileMaySay(t *testing.T) {
	path := filepath.Join("dir", Name)
	at := func(line int) Place { return Place{path, line} }
	ends, _ := standing.Ends("2027-03-01")
	want := &File{Path: path,
		All: Target{At: at(0),
			Settings: []Setting{
				{"threshold", []string{"80"}, at(2)}, {"fail-on", []string{"high"}, at(3)}, {"min-coverage", []string{"95%"}, at(4)},
				{"policy", []string{"pci-dss", "dir/ours.json"}, at(5)}, {"ca-file", []string{"dir/ca.pem"}, at(6)}, {"ask-ca", []string{"true"}, at(7)},
			},
			Ignores: []standing.Entry{{Rule: "encryption.tls10", Until: ends, Reason: "an old client", From: path + ":9"}},
		},
		Targets: []Target{
			{Name: "staging", URL: "https://staging.example.com/v1", At: at(14),
				Settings: []Setting{
					{"threshold", []string{"70", "encryption=90"}, at(15)}, {"resolve", []string{"staging.example.com:443:192.0.2.1"}, at(19)},
					{"https-port", []string{"443"}, at(21)}, {"rate", []string{"2.5"}, at(22)},
				},
				Headers: []Header{{"Accept", "application/json", "", at(17)}, {"Authorization", "", "STAGING_TOKEN", at(18)}},
				Later:   []Setting{{"spec", []string{"openapi.yaml"}, at(23)}, {Key: "identities", At: at(24)}},
			},
			{URL: "http://127.0.0.1:5000", At: at(27)},
		},
	}
	got, err := Parse(path, []byte(whole), words())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEachMistakeIsToldWithItsLine(t *testing.T) {
	for source, says := range map[string]string{
		"fail-onn: high":                  `f:1: unknown key "fail-onn"; did you mean fail-on?`,
		"\n\nthresold: 80":                `f:3: unknown key "thresold"; did you mean threshold?`,
		"url: https://a.test":             "f:1: url is a target's own: write it below targets",
		"targets:\n- targets: []":         "f:2: targets stands at the top of the file, not in a target",
		"targets: []":                     "f:1: targets must be a list",
		"targets:\n  a: b":                "f:2: targets must be a list",
		"targets:\n- name: a":             "f:2: the target's url is missing",
		"targets:\n- name: a b\n  url: x": `f:2: the name "a b" must be letters`,
		"targets:\n- {name: a, url: x}\n- {name: a, url: y}": "f:3: two targets are called a, here and in line 2",
		"fail-on: high\nfail-on: low":                        "f:2: fail-on stands in line 1 already; write it once",
		"threshold: 80\nthresholds: 90":                      "f:2: thresholds says the same as threshold; write it once",
		"fail-on:":                                           "f:1: fail-on has no value",
		"fail-on: [high]":                                    "f:1: fail-on takes one value",
		"threshold: high":                                    `f:1: threshold: "high" is not a whole number`,
		"threshold:\n  encryption: true":                     `f:2: threshold of encryption: "true" is not a whole number`,
		"ask-ca: maybe":                                      `f:1: ask-ca: "maybe" is not true or false`,
		"parallel: 2.5":                                      `f:1: parallel: "2.5" is not a whole number`,
		"policy: []":                                         "f:1: policy is an empty list",
		"audience: \"a\\u0007b\"":                            "f:1: audience: the value holds a control character",
		"- a":                                                "f:1: the file must hold keys with values",
		"just a text":                                        "f:1: the file must hold keys with values",
		"a: b\n---\nc: d":                                    "f:2: a second document begins",
		"a: [":                                               "it is not YAML",
		"a: b\n  c: d":                                       "f:2: it is not YAML",
		"x: &a [*a]":                                         `f:1: unknown key "x"`,
		"fail-on: &a high\n<<: *a":                           "f:2: merge keys (<<) are not read",
		"targets:\n- url: x\n  headers: {Authorization: abc}":   "f:3: the value of Authorization would stand in this file for all to read; name an environment variable: Authorization: {env: NAME}",
		"targets:\n- url: x\n  headers: {A: {evn: b}}":          `f:3: unknown key "evn"`,
		"targets:\n- url: x\n  headers: {A: {env: $B}}":         "f:3: env takes the name of the variable alone: B",
		"targets:\n- url: x\n  headers: {A: b, a: c}":           "f:3: the header a stands here twice",
		"targets:\n- url: x\n  identities: [{headers: {A: b}}]": "f:3: the identity's name is missing",
		"ignore:\n- until: 2027-01-01\n  reason: a":             "f:2: the entry names neither rule nor fingerprint",
		"ignore:\n- rule: encryption.a\n  reason: a":            "f:2: until is missing: the last day on which this is accepted, at most a year from now, as 2027-02-23",
		"ignore:\n- rule: encryption.a\n  until: 2027-01-01":    "f:2: reason is missing",
		"ignore:\n- {rule: encryption.a, until: 2028-01-01}":    "f:2: until: 2028-01-01 is more than a year away; at most 2027-11-23",
		"ignore:\n- {rule: encryption.a, until: soon}":          `f:2: until: "soon" is not a day; write it as 2027-02-23`,
		"ignore:\n- {rule: other}":                              "f:2: unknown rule other",
		"ignore:\n- {fingerprint: abc}":                         `f:2: fingerprint: "abc" is not the id of a finding`,
		"ignore:\n- {rule: encryption.a, target: a.test}":       `f:2: target "a.test" has no scheme`,
		"ignore:\n- {rule: encryption.a, reasn: b}":             `f:2: unknown key "reasn"; did you mean reason?`,
		"ignore: yes": "f:1: ignore must be a list",
	} {
		_, err := Parse("f", []byte(source), words())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is answered by %v\nwant %s", source, err, says)
		}
	}
}

func TestAllMistakesAreToldAtOnceInOrder(t *testing.T) {
	_, err := Parse("f", []byte("zb: 1\nza: 2\n\nzc: 3\n"), words())
	if want := "f:1: unknown key \"zb\"\nf:2: unknown key \"za\"\nf:4: unknown key \"zc\""; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	_, err = Parse("f", []byte(strings.Repeat("x: 1\n", 1000)), words())
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != mostProblems {
		t.Errorf("%d problems", len(problems))
	}
}

func TestAFileThatSaysNothingIsFine(t *testing.T) {
	for _, source := range []string{"", "# nothing\n", "---\n", "null\n", "\ufeff"} {
		if f, err := Parse("f", []byte(source), words()); err != nil || len(f.Targets) != 0 {
			t.Errorf("%q: %v", source, err)
		}
	}
}

// An alias stands for what it names, and a bomb of them is not unfolded.
func TestAliases(t *testing.T) {
	f, err := Parse("f", []byte("fail-on: &a high\ntargets:\n- url: https://a.test\n  fail-on: *a\n"), words())
	if err != nil || f.Targets[0].Settings[0].Values[0] != "high" {
		t.Fatalf("%+v, %v", f, err)
	}
	bomb := "policy: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for _, i := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		last := string(i[0] - 1)
		bomb += "k" + i + ": &a" + i + " [*a" + last + ", *a" + last + ", *a" + last + ", *a" + last + ", *a" + last + ", *a" + last + "]\n"
	}
	if _, err := Parse("f", []byte(bomb+"resolve: *a9\n"), words()); err == nil {
		t.Error("the bomb is accepted")
	}
}

func TestAFileIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.yaml")
	if err := os.WriteFile(path, make([]byte, MaxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, words()); err == nil || !strings.Contains(err.Error(), "larger than 1048576 bytes") {
		t.Errorf("%v", err)
	}
	if _, err := Read(filepath.Dir(path), words()); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("ignore:\n- ? [a]\n  : b\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		file, err := Parse("f", source, words())
		var problems Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("%v", err)
		}
		if err != nil {
			return
		}
		for _, target := range file.Targets {
			for _, s := range slices.Concat(target.Settings, file.All.Settings) {
				if len(s.Values) == 0 || s.At.Line < 1 {
					t.Fatalf("%+v", s)
				}
			}
		}
	})
}
