// The recording: what goes in comes out, what was cut is a gap, and what is
// secret never reaches the file.

package observe

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"middlebrick/httphead"
	"middlebrick/target"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func recorder() *Recorder {
	head := Header{ID: "id", Engine: "test", Target: target.Target{URL: "https://api.example.com/"}, Started: noon, Plan: []string{"resolve"}}
	return NewRecorder(head, func() time.Time { return noon }, []byte("key"))
}

func written(t *testing.T, rec *Recording) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := rec.Write(&file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestRecordingSurvivesItsFile(t *testing.T) {
	r := recorder()
	ref := r.Exchange("http", Exchange{At: noon, Address: "192.0.2.1:443", About: "GET /", Sent: "GET / HTTP/1.1\n", Received: "HTTP/1.1 200 OK\n", Ended: "answered"})
	Put(r, Addresses, Resolution{Host: "api.example.com", Addresses: []string{"192.0.2.1"}, Left: []string{}, Pinned: "192.0.2.1"}, ref)
	Miss(r, Ports, Gap{Timeout, "no answer came in time"}, ref)
	rec := r.Finish(false, Cost{Connections: 1})
	read, err := Read(bytes.NewReader(written(t, rec)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rec, read, cmpopts.IgnoreUnexported(Recording{})); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	found, from, gap := Get(read, Addresses)
	if gap != nil || found.Pinned != "192.0.2.1" || len(from) != 1 || from[0] != "http/0001" {
		t.Errorf("Get(Addresses) = %+v, %v, %v", found, from, gap)
	}
	if _, _, gap := Get(read, Ports); gap == nil || gap.Why != Timeout {
		t.Errorf("Get(Ports) gap = %v, want timeout", gap)
	}
	if _, _, gap := Get(read, TLSVersions); gap == nil || gap.Why != Unasked {
		t.Errorf("Get of what was never asked = %v, want unasked", gap)
	}
}

// TestFileCutAnywhereIsReadOrRefused cuts a file after each of its bytes: what is
// left either reads as a recording whose missing parts are gaps, or is an error,
// and never a value that was not there.
func TestFileCutAnywhereIsReadOrRefused(t *testing.T) {
	r := recorder()
	Put(r, Addresses, Resolution{Host: "h", Addresses: []string{}, Left: []string{}, Pinned: "192.0.2.1"})
	Miss(r, Ports, Gap{Timeout, "late"})
	whole := written(t, r.Finish(false, Cost{}))
	for i := range whole {
		rec, err := Read(bytes.NewReader(whole[:i]))
		if err != nil {
			continue
		}
		if _, _, gap := Get(rec, TLSVersions); gap == nil || rec.End == nil && gap.Why != Cancelled {
			t.Fatalf("cut after %d bytes: a missing observation is %v", i, gap)
		}
		if found, _, gap := Get(rec, Addresses); gap == nil && found.Pinned != "192.0.2.1" {
			t.Fatalf("cut after %d bytes: another value came out: %+v", i, found)
		}
	}
}

func TestForeignFilesAreRefusedWithTheMend(t *testing.T) {
	head := string(written(t, recorder().Finish(false, Cost{})))
	for text, mend := range map[string]string{
		"":                       "scan --save",
		"hello\n":                "scan --save",
		"{\"kind\":\"other\"}\n": "scan --save",
		`{"kind":"recording","recording":{"format":"middlebrick.recording/2"}}`: "scan --save",
		head + `{"kind":"entry","entry":{"key":"x"}}` + "\n":                    "value or a gap",
		head + `{"kind":"future"}` + "\n":                                       "not known to this version",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), mend) {
			t.Errorf("Read(%.40q) = %v, want an error that contains %q", text, err, mend)
		}
	}
}

func TestSecretsNeverReachTheFile(t *testing.T) {
	const token, cookie = "Bearer s3cr3t-t0ken-0123456789", "eyJ1c2VyIjoiYWxpY2UifQ.awRmFA.xfZEyjO7GMwsiwLBivQ_MzE1kbM"
	r := recorder()
	r.Secret(token)
	r.CookieValue(cookie)
	fields := r.Redact([]httphead.Field{
		{Name: "Authorization", Value: token},
		{Name: "Set-Cookie", Value: "session=" + cookie + "; Secure; Path=/"},
		{Name: "X-Echo", Value: "you sent " + token},
	})
	r.Exchange("http", Exchange{Sent: "Authorization: " + token, Received: "echo " + token + " and " + cookie, About: "with " + token, Reproduce: "curl -H '" + token + "'"})
	Put(r, SecurePages, Pages{Pages: []Page{{URL: "https://h/?t=" + token, Fields: fields}}})
	Miss(r, Ports, Gap{Garbled, "it said " + token})
	file := string(written(t, r.Finish(false, Cost{})))
	for _, secret := range []string{token, "s3cr3t-t0ken", cookie, "awRmFA"} {
		if strings.Contains(file, secret) {
			t.Errorf("%q stands in the file:\n%s", secret, file)
		}
	}
	for _, kept := range []string{"Secure; Path=/", "bytes, hash "} {
		if !strings.Contains(file, kept) {
			t.Errorf("%q is missing from the file:\n%s", kept, file)
		}
	}
}

// TestTargetCannotBlotOutAnObservation sets a cookie whose value is a word of the
// recording itself.
func TestTargetCannotBlotOutAnObservation(t *testing.T) {
	r := recorder()
	r.CookieValue("accepted")
	Put(r, Ports, Services{HTTPS: Service{Speaks: "accepted"}})
	got, gap := Seen(r, Ports)
	if gap != nil || got.HTTPS.Speaks != "accepted" {
		t.Errorf("a cookie's value blotted out an observation: %+v %v", got, gap)
	}
}

func TestEqualSecretsLookEqualUnderOneKeyOnly(t *testing.T) {
	one, other := recorder(), NewRecorder(Header{}, func() time.Time { return noon }, []byte("another key"))
	first, again := one.Mark("a secret value"), one.Mark("a secret value")
	if first != again || first == one.Mark("a secret valve") {
		t.Error("marks do not tell equal from unequal")
	}
	if one.Mark("a secret value") == other.Mark("a secret value") {
		t.Error("marks can be compared between recordings")
	}
}

func FuzzRead(f *testing.F) {
	r := recorder()
	Put(r, Addresses, Resolution{Host: "h", Addresses: []string{}, Left: []string{}})
	var file bytes.Buffer
	if err := r.Finish(false, Cost{}).Write(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte("{}\n{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		rec, err := Read(bytes.NewReader(raw))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := rec.Write(&again); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if _, err := Read(&again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}
