// Updates against a publisher of our own: what comes whole and right is installed,
// and nothing else ever takes the place of what is there.

package installed

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// shelf is what a publisher has: files by name.
type shelf map[string][]byte

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func publicOf(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// preloadOf is a list of that many names in Chromium's form.
func preloadOf(count int) []byte {
	var out strings.Builder
	out.WriteString("// Copyright\n{\n  // a comment\n  \"pinsets\": [],\n  \"entries\": [\n")
	for i := range count {
		fmt.Fprintf(&out, "    { \"name\": \"n%d.test\", \"policy\": \"bulk-1-year\", \"mode\": \"force-https\", \"include_subdomains\": true },\n", i)
	}
	out.WriteString("    { \"name\": \"pins.test\", \"policy\": \"google\", \"pins\": \"x\" }\n  ]\n}\n")
	return []byte(out.String())
}

// stock is a full shelf; key signs the list of logs.
func stock(t *testing.T, names int, key *ecdsa.PrivateKey) shelf {
	t.Helper()
	s := shelf{"transport_security_state_static.json": preloadOf(names)}
	var logs []string
	for i := range 8 {
		der := publicOf(t, newKey(t))
		sum := sha256.Sum256(der)
		logs = append(logs, fmt.Sprintf(`{"description":"log %d","log_id":"%s","key":"%s","state":{"usable":{"timestamp":"2026-01-01T00:00:00Z"}}}`,
			i, base64.StdEncoding.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(der)))
	}
	s["log_list.json"] = fmt.Appendf(nil, `{"version":"90.1","log_list_timestamp":"2026-11-20T12:00:00Z","operators":[{"name":"us","logs":[%s]}]}`, strings.Join(logs, ","))
	s.sign(t, key)
	var roots bytes.Buffer
	roots.WriteString("##\n## Bundle of CA Root Certificates\n##\n## Certificate data from Mozilla last updated on: x\n## Certificate data from Mozilla as of: Tue Nov  3 04:12:02 2026 GMT\n")
	for root := range bundle.Roots() {
		roots.Write(pemOf("CERTIFICATE", root.Certificate))
	}
	s.publish(roots.Bytes())
	return s
}

func (s shelf) sign(t *testing.T, key *ecdsa.PrivateKey) {
	t.Helper()
	sum := sha256.Sum256(s["log_list.json"])
	signature, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	s["log_list.sig"], s["log_list_pubkey.pem"] = signature, pemOf("PUBLIC KEY", publicOf(t, key))
}

func (s shelf) publish(roots []byte) {
	sum := sha256.Sum256(roots)
	s["cacert.pem"], s["cacert.pem.sha256"] = roots, []byte(hex.EncodeToString(sum[:])+"  cacert.pem\n")
}

// publisher serves the shelf over https and gives an updater that trusts it.
func publisher(t *testing.T, s shelf) Updater {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := s[path.Base(r.URL.Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Last-Modified", noon.Add(-time.Hour).Format(http.TimeFormat))
		if cut, short := s["CUT "+path.Base(r.URL.Path)]; short {
			w.Header().Set("Content-Length", fmt.Sprint(len(file)))
			file = cut
		}
		_, _ = w.Write(file)
	}))
	t.Cleanup(server.Close)
	ca := pemOf("CERTIFICATE", server.Certificate().Raw)
	return Updater{Dir: filepath.Join(t.TempDir(), "data"), From: server.URL, Get: Web([][]byte{ca}), Now: func() time.Time { return noon }}
}

func (u Updater) must(t *testing.T) []Outcome {
	t.Helper()
	all, err := u.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestListsAreFetchedVerifiedAndRead(t *testing.T) {
	u := publisher(t, stock(t, 12_000, newKey(t)))
	for _, o := range u.must(t) {
		if o.Err != nil || !o.Have || !o.Newer {
			t.Errorf("%s: %+v", o.Kind, o)
		}
	}
	data, err := Open(u.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[Kind]string{Preload: "2026-11-23 12000", CTLogs: "2026-11-20 8", Roots: "2026-11-03"} {
		_, list, err := data.Read(kind)
		if got := fmt.Sprintf("%s %d", list.Date.Format(time.DateOnly), list.Entries); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q; %v", kind, got, want, err)
		}
	}
	for _, o := range u.must(t) {
		if o.Err != nil || o.Newer {
			t.Errorf("the second time %s: %+v", o.Kind, o)
		}
	}
}

// TestWrongListLeavesTheOldOne spoils one file after the other.
func TestWrongListLeavesTheOldOne(t *testing.T) {
	key := newKey(t)
	good := stock(t, 12_000, key)
	for name, c := range map[string]struct {
		kind  Kind
		spoil func(shelf)
		says  string
	}{
		"missing":          {Preload, func(s shelf) { delete(s, "transport_security_state_static.json") }, "404"},
		"cut short":        {Preload, func(s shelf) { s["CUT transport_security_state_static.json"] = preloadOf(12_000)[:9000] }, "unexpected EOF"},
		"an error page":    {Preload, func(s shelf) { s["transport_security_state_static.json"] = []byte("<html><p>Sorry</p></html>") }, "line 1"},
		"half of the JSON": {Preload, func(s shelf) { s["transport_security_state_static.json"] = preloadOf(12_000)[:9000] }, "unexpected EOF"},
		"shrunk":           {Preload, func(s shelf) { s["transport_security_state_static.json"] = preloadOf(10_100)[:0:0] }, "it holds no entry"},
		"a fifth and more": {Preload, func(s shelf) { s["transport_security_state_static.json"] = preloadOf(9_500) }, "fewer than 10000"},
		"too large":        {CTLogs, func(s shelf) { s["log_list.json"] = bytes.Repeat([]byte(" "), 9<<20) }, "larger than"},
		"changed after": {CTLogs, func(s shelf) {
			s["log_list.json"] = bytes.Replace(s["log_list.json"], []byte("90.1"), []byte("90.2"), 1)
		}, "signature is wrong"},
		"not signed any more": {CTLogs, func(s shelf) { delete(s, "log_list.sig") }, "not signed"},
		"signed by another":   {CTLogs, func(s shelf) { s.sign(t, newKey(t)) }, "another key"},
		"no JSON":             {CTLogs, func(s shelf) { s["log_list.json"] = []byte("hello"); s.sign(t, key) }, "reading log list"},
		"an older one": {CTLogs, func(s shelf) {
			s["log_list.json"] = bytes.Replace(s["log_list.json"], []byte("2026-11-20"), []byte("2026-10-20"), 1)
			s.sign(t, key)
		}, "older than the installed"},
		"another hash":         {Roots, func(s shelf) { s["cacert.pem"] = append(s["cacert.pem"], '\n') }, "not the file"},
		"no hash":              {Roots, func(s shelf) { delete(s, "cacert.pem.sha256") }, "hash is missing"},
		"a third of the roots": {Roots, func(s shelf) { s.publish(s["cacert.pem"][:len(s["cacert.pem"])/2]) }, "% less is not believed"},
	} {
		s := shelf{}
		for file, text := range good {
			s[file] = text
		}
		u := publisher(t, s)
		before := u.must(t)
		c.spoil(s)
		after := u.must(t)
		for i, o := range after {
			switch {
			case o.Kind != c.kind && o.Err != nil:
				t.Errorf("%s: %s failed too: %v", name, o.Kind, o.Err)
			case o.Kind == c.kind && (o.Err == nil || !strings.Contains(o.Err.Error(), c.says)):
				t.Errorf("%s: %v, want %q", name, o.Err, c.says)
			case o.List != before[i].List && o.Kind == c.kind:
				t.Errorf("%s: the old list did not stay: %+v", name, o.List)
			}
		}
		if data, err := Open(u.Dir); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if _, _, err := data.Read(c.kind); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPublisherMustProveWhoItIs(t *testing.T) {
	u := publisher(t, stock(t, 12_000, newKey(t)))
	u.Get = Web(nil)
	for _, o := range u.must(t) {
		if o.Err == nil || !strings.Contains(o.Err.Error(), "certificate") || o.Have {
			t.Errorf("%s: %+v", o.Kind, o)
		}
	}
	u.From = strings.Replace(u.From, "https://", "http://", 1)
	for _, o := range u.must(t) {
		if o.Err == nil || !strings.Contains(o.Err.Error(), "only https://") {
			t.Errorf("%s: %v", o.Kind, o.Err)
		}
	}
}

func TestFolderServesWithoutANetwork(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	out := gzip.NewWriter(&packed)
	fmt.Fprintln(out, "# Hosts of the preload list as of 2026-06-01")
	for i := range 10_500 {
		fmt.Fprintf(out, "n%d.test %d\n", i, i%2)
	}
	out.Close()
	if err := os.WriteFile(filepath.Join(dir, "hsts-preload.txt.gz"), packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	u := Updater{Dir: t.TempDir(), From: dir, Now: func() time.Time { return noon }}
	first := u.must(t)[0]
	if first.Err != nil || first.List.Entries != 10_500 || first.List.Date.Format(time.DateOnly) != "2026-06-01" {
		t.Errorf("%+v", first)
	}
}

func TestUpdatesSideBySideLeaveOneWhole(t *testing.T) {
	u := publisher(t, stock(t, 12_000, newKey(t)))
	var all sync.WaitGroup
	var mu sync.Mutex
	worked := 0
	for range 6 {
		all.Go(func() {
			outcomes, err := u.Update(context.WithoutCancel(t.Context()))
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, ErrBusy) {
				return
			}
			if worked++; err != nil || outcomes[0].Err != nil {
				t.Errorf("%v, %+v", err, outcomes)
			}
		})
	}
	all.Wait()
	data, err := Open(u.Dir)
	if err != nil || worked == 0 {
		t.Fatalf("%d updates came through: %v", worked, err)
	}
	for _, k := range Kinds() {
		if _, _, err := data.Read(k); err != nil {
			t.Error(err)
		}
	}
}

func TestSpoiltFileIsNotUsed(t *testing.T) {
	u := publisher(t, stock(t, 12_000, newKey(t)))
	file := filepath.Join(u.Dir, u.must(t)[0].List.File)
	if err := os.WriteFile(file, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := Open(u.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := data.Read(Preload); err == nil || !strings.Contains(err.Error(), "not what was installed") {
		t.Errorf("%v", err)
	}
}
