// The classifier against the libraries themselves: a thousand cookies of each,
// no miss and no false alarm.

package cookieshape

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Unix(1795450000, 0).UTC()

// sample is one line of a generator: a cookie, or the package it lacks.
type sample struct {
	Kind, Needs, Name, Value string
	Keys                     []string
}

const each = 1000

// generate runs a generator and sorts its lines by kind.
func generate(t *testing.T, env []string, program string, args ...string) map[string][]sample {
	t.Helper()
	if _, err := os.Stat(program); err != nil {
		t.Skipf("needs Debian package that has %s", program)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), env...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, complaint.String())
	}
	samples := map[string][]sample{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		samples[s.Kind] = append(samples[s.Kind], s)
	}
	return samples
}

// generators says what each kind of real cookie must be taken for, and which
// published key made it.
var generators = []struct {
	kind    string
	want    map[string]bool // kinds of Shape
	session bool
	key     string
}{
	{"flask", only("flask-session"), true, "dev"},
	{"reset", only("other"), false, ""},
	{"itsdangerous_text", only("opaque-session"), true, ""},
	{"starlette", only("starlette-session"), true, "dev"},
	{"django_session", only("django-signed"), true, ""},
	{"django_cookie", only("django-signed"), true, ""},
	{"django_id", only("django-session"), true, ""},
	{"jwt", only("jwt"), true, "dev"},
	{"jwt_sha1", only("jwt"), true, ""},
	{"wtf", only("flask-wtf-csrf"), false, "dev"},
	{"remember", only("flask-remember"), true, "dev"},
	{"server_session", only("flask-session-server"), true, ""},
	{"bottle", only("bottle"), true, ""},
	{"tornado", only("tornado"), true, ""},
	{"pyramid", only("pyramid"), true, ""},
	{"ticket", only("pyramid"), true, ""},
	{"cookie_session", only("express-cookie-session"), true, ""},
	{"cookie_session_sig", only("express-cookie-session"), false, ""},
	{"express_session", only("express-session"), true, ""},
}

func only(kind string) map[string]bool { return map[string]bool{kind: true} }

func TestRealCookiesAreTakenForWhatTheyAre(t *testing.T) {
	args := []string{"testdata/generate.py", strconv.Itoa(each), strconv.FormatInt(now.Unix(), 10)}
	python := map[string]bool{}
	for _, g := range generators[:16] {
		args = append(args, g.kind)
		python[g.kind] = true
	}
	fromPython := generate(t, nil, "/usr/bin/python3", args...)
	fromNode := map[string][]sample{}
	if _, err := os.Stat("/usr/bin/node"); err == nil {
		fromNode = generate(t, []string{"NODE_PATH=/usr/share/nodejs"}, "/usr/bin/node", "testdata/generate.js", strconv.Itoa(each))
	}
	for _, g := range generators {
		t.Run(g.kind, func(t *testing.T) {
			samples := append(fromPython[g.kind], fromNode[g.kind]...)
			if len(samples) == 0 {
				t.Skip("needs Debian packages nodejs, node-keygrip and node-cookie-signature")
			}
			if samples[0].Needs != "" {
				t.Skipf("needs Debian package %s", samples[0].Needs)
			}
			if len(samples) != each {
				t.Fatalf("%d samples", len(samples))
			}
			for i, s := range samples {
				shape := Classify(s.Name, s.Value, now)
				if !g.want[shape.Kind] || shape.Session != g.session {
					t.Fatalf("%s=%s is taken for %+v", s.Name, s.Value, shape)
				}
				if i < 20 {
					checkKey(t, s.Value, g.key)
				}
			}
			if g.kind == "flask" {
				checkFlask(t, samples)
			}
		})
	}
}

// checkKey holds for values of published and of other keys.
func checkKey(t *testing.T, value, want string) {
	t.Helper()
	key, tried := KnownKey(value)
	if key == "" {
		key, tried = KnownJWTKey(value)
	}
	if key != want || key != "" && tried == 0 {
		t.Fatalf("%s: key %q after %d, want %q", value, key, tried, want)
	}
}

// checkFlask compares what is read from a session with what Python put there.
func checkFlask(t *testing.T, samples []sample) {
	t.Helper()
	tags, compressed := map[string]bool{}, 0
	for _, s := range samples {
		f, err := DecodeFlask(s.Value)
		if diff := cmp.Diff(s.Keys, f.Keys); diff != "" || err != nil {
			t.Fatalf("%s: error %v, difference (-want +got):\n%s", s.Value, err, diff)
		}
		if f.Issued.After(now) || f.Issued.Before(now.Add(-10*365*24*time.Hour)) {
			t.Fatalf("%s: issued %v", s.Value, f.Issued)
		}
		if !VerifyFlask(s.Value, "dev") || VerifyFlask(s.Value, "Dev") {
			t.Fatalf("%s: the key dev does not verify, or another does", s.Value)
		}
		for _, tag := range f.Tags {
			tags[tag] = true
		}
		if f.Compressed {
			compressed++
		}
	}
	if diff := cmp.Diff(flaskTags, tags); diff != "" || compressed == 0 || compressed == each {
		t.Errorf("%d compressed, tags (-want +got):\n%s", compressed, diff)
	}
}

const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func TestRandomTokensOfTheRightLengthsAreNobodys(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = urlSafe[chance.IntN(len(urlSafe))]
		}
		return string(b)
	}
	starts := []string{"", "eyJ", ".eJ", "."}
	stamps := []func() string{func() string { return text(6) }, func() string { return "awRkkA" }}
	for range 20000 {
		value := starts[chance.IntN(len(starts))] + text(4+chance.IntN(200)) + "." + stamps[chance.IntN(2)]() + "." + text(27)
		if shape := Classify("session", value, now); shape.Kind != "opaque-session" {
			t.Fatalf("session=%s is taken for %+v", value, shape)
		}
		if shape := Classify("theme", value, now); shape.Kind != "other" || shape.Session {
			t.Fatalf("theme=%s is taken for %+v", value, shape)
		}
	}
}
