// What flags are read as, and how each wrong value is refused: by name, with the
// mend.

package cli

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/httphead"
	"middlebrick/rule"
	"middlebrick/scan"
)

// refused fails unless the error is usage and says what to do.
func refused(t *testing.T, typed string, err error, mend string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), mend) {
		t.Errorf("%q is answered by %v, want an error that contains %q", typed, err, mend)
		return
	}
	if f, ok := err.(failure); !ok || f.code != exitUsage {
		t.Errorf("%q: %v is not a mistake of usage", typed, err)
	}
}

func TestHeaders(t *testing.T) {
	for typed, want := range map[string]httphead.Field{
		"Accept: text/html":              {Name: "Accept", Value: "text/html"},
		"X-Empty:":                       {Name: "X-Empty", Value: ""},
		"Authorization:  Bearer a:b ":    {Name: "Authorization", Value: "Bearer a:b"},
		"X-Forwarded-For: 192.0.2.1":     {Name: "X-Forwarded-For", Value: "192.0.2.1"},
		"Cookie: a=1; b=2":               {Name: "Cookie", Value: "a=1; b=2"},
		"X-Name: caf\u00e9 \tinside tab": {Name: "X-Name", Value: "caf\u00e9 \tinside tab"},
	} {
		got, err := parseHeader(typed, "--header")
		if err != nil {
			t.Errorf("%q: %v", typed, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", typed, diff)
		}
	}
}

func TestRefusedHeaders(t *testing.T) {
	for typed, mend := range map[string]string{
		"Host: evil.example":             "--resolve",
		"host : evil.example":            "--resolve",
		"Content-Length: 3":              "no body",
		"Transfer-Encoding: chunked":     "smuggled",
		"Connection: keep-alive":         "itself",
		"Upgrade: h2c":                   "another protocol",
		"User-Agent: curl":               "openly",
		"X-HTTP-Method-Override: DELETE": "read-only",
		"X-A: b\r\nHost: c":              "line break",
		"X-A: b\x00":                     "line break or NUL",
		"X-A: \x1b[2J":                   "control character",
		"X-A: \x7f":                      "control character",
		"no colon":                       "Name: value",
		": value":                        "not a header name",
		"X A: b":                         "not a header name",
		"":                               "Name: value",
	} {
		_, err := parseHeader(typed, "--header")
		refused(t, typed, err, mend)
	}
}

func TestRefusalsDoNotEchoTheValue(t *testing.T) {
	for _, typed := range []string{"X-A: hunter2\x00", "Host: hunter2", "hunter2", "X-A: hunter2\x1b"} {
		if _, err := parseHeader(typed, "--header"); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestHeaderFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(path, []byte("# a comment\n\nX-A: 1\r\n  Authorization: Bearer x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []httphead.Field{{Name: "X-A", Value: "1"}, {Name: "Authorization", Value: "Bearer x"}}
	for _, from := range []string{path, "-"} {
		a := &app{Shell: Shell{In: strings.NewReader("X-A: 1\nAuthorization: Bearer x")}}
		got, err := a.headerFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", from, diff)
		}
	}
	a := &app{Shell: Shell{In: strings.NewReader(strings.Repeat("X-A: 1\n", 10_000))}}
	_, err := a.headerFile("-")
	refused(t, "a file of 70 KB", err, "larger than")
	_, err = a.headerFile(path + "-missing")
	refused(t, "a missing file", err, "no such file")
}

func TestPins(t *testing.T) {
	for typed, want := range map[string]scan.Pin{
		"api.example.com:443:192.0.2.1":      {Host: "api.example.com", Port: 443, Addr: netip.MustParseAddr("192.0.2.1")},
		"API.Example.com.:8443:2001:db8::1":  {Host: "api.example.com", Port: 8443, Addr: netip.MustParseAddr("2001:db8::1")},
		"a.test:80:[2001:db8::1]":            {Host: "a.test", Port: 80, Addr: netip.MustParseAddr("2001:db8::1")},
		"[2001:db8::2]:443:::ffff:192.0.2.1": {Host: "2001:db8::2", Port: 443, Addr: netip.MustParseAddr("192.0.2.1")},
	} {
		got, err := parsePin(typed)
		if err != nil {
			t.Errorf("%q: %v", typed, err)
		}
		if got != want {
			t.Errorf("%q is %v, want %v", typed, got, want)
		}
	}
	for typed, mend := range map[string]string{
		"":                       "HOST:PORT:ADDR",
		"a.test":                 "HOST:PORT:ADDR",
		"a.test:443":             "HOST:PORT:ADDR",
		":443:192.0.2.1":         "HOST:PORT:ADDR",
		"[2001:db8::1:443":       "HOST:PORT:ADDR",
		"a.test:0:192.0.2.1":     "1 to 65535",
		"a.test:https:192.0.2.1": "1 to 65535",
		"a.test:443:b.test":      "not an IP address",
		"a.test:443:fe80::1%lo":  "not an IP address",
		"a..b:443:192.0.2.1":     "not a host name",
	} {
		_, err := parsePin(typed)
		refused(t, typed, err, mend)
	}
}

func TestDurations(t *testing.T) {
	for typed, want := range map[string]time.Duration{"30s": 30 * time.Second, "2m": 2 * time.Minute, "45": 45 * time.Second, "1h": time.Hour, "1ms": time.Millisecond} {
		if got, err := duration(typed); err != nil || got != want {
			t.Errorf("%q is %v, %v, want %v", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "0", "-1s", "61m", "soon", "1d", "99999999999999999999"} {
		_, err := duration(typed)
		refused(t, typed, err, "30s or 2m")
	}
}

func TestGateFlags(t *testing.T) {
	checks := scan.Categories()
	flags := gateFlags{thresholds: []string{"80", "encryption=90", "bolaAuthorization=70", "LLM / AI Security=5"}, failOn: "HIGH", minCoverage: "95%"}
	got, err := flags.read(checks)
	if err != nil {
		t.Fatal(err)
	}
	want := gate{threshold: num(80), checks: []checkMinimum{{"Encryption", 90}, {"BOLA / IDOR", 70}, {"LLM / AI Security", 5}}, failOn: rule.High, minCoverage: num(95)}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(gate{}, checkMinimum{}, known{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for mend, flags := range map[string]gateFlags{
		`"abc" is not a whole number from 0 to 100`: {thresholds: []string{"abc"}},
		`"101" is not a whole`:                      {thresholds: []string{"101"}},
		`"-1" is not a whole`:                       {thresholds: []string{"-1"}},
		`"7.5" is not a whole`:                      {thresholds: []string{"7.5"}},
		`"" is not a whole`:                         {thresholds: []string{"encryption="}},
		"did you mean encryption?":                  {thresholds: []string{"encrpytion=80"}},
		"there are authentication, bola":            {thresholds: []string{"zzz=80"}},
		"given twice for the whole score":           {thresholds: []string{"80", "90"}},
		"given twice for Encryption":                {thresholds: []string{"encryption=80", "Encryption=90"}},
		"did you mean critical?":                    {failOn: "crit"},
		"there are critical, high":                  {failOn: "severe"},
		"--min-coverage":                            {minCoverage: "all"},
	} {
		_, err := flags.read(checks)
		refused(t, mend, err, mend)
	}
}

func TestTheNearestWordIsSuggested(t *testing.T) {
	known := []string{"scan", "replay", "explain", "rules", "threshold", "encryption"}
	for typed, want := range map[string]string{
		"scna": "scan", "sacn": "scan", "Scan": "scan", "explian": "explain", "thresh": "threshold",
		"encyrption": "encryption", "zzz": "", "s": "", "": "", strings.Repeat("x", 5000): "",
	} {
		if got := nearest(typed, known); got != want {
			t.Errorf("nearest(%.20q) = %q, want %q", typed, got, want)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("Name: value")
	f.Add("host\t: x")
	f.Fuzz(func(t *testing.T, typed string) {
		field, err := parseHeader(typed, "--header")
		if err != nil {
			return
		}
		if strings.ContainsAny(field.Name+field.Value, "\r\n\x00") || strings.ContainsAny(field.Name, " \t:") || scan.Refused(field.Name) != "" {
			t.Fatalf("%q is taken for %q", typed, field)
		}
	})
}

func FuzzPin(f *testing.F) {
	f.Add("api.example.com:443:192.0.2.1")
	f.Add("[2001:db8::1]:443:[::1]")
	f.Fuzz(func(t *testing.T, typed string) {
		pin, err := parsePin(typed)
		if err == nil && (pin.Host == "" || pin.Port < 1 || pin.Port > 65535 || !pin.Addr.IsValid() || pin.Addr.Zone() != "") {
			t.Fatalf("%q is taken for %+v", typed, pin)
		}
	})
}
