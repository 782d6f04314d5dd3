// Readers against bytes that nobody thought of.

package tlshello

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fuzzClients are hellos of each kind, by number.
func fuzzClients() []Client {
	retried := Modern("target.test")
	retried.Cookie, retried.Transcript = []byte("cookie"), bytes.Repeat([]byte{9}, 40)
	return []Client{
		Modern("target.test"), retried, Modern("").GREASE(), old(),
		{Version: SSL2, Suites: Suites(SSL2)},
		{Version: SSL3, Suites: Suites(SSL3)},
		{Version: TLS10, Suites: Suites(TLS10), SSL2Format: true},
		{Version: TLS12, Suites: Suites(TLS12), Groups: Groups(), StatusRequest: true},
	}
}

func FuzzReadAnswer(f *testing.F) {
	files, err := filepath.Glob("testdata/*.bin")
	if err != nil || len(files) == 0 {
		f.Fatal("no recordings", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, byte(7), byte(2))
		f.Add(data, byte(4), byte(1))
	}
	f.Add([]byte(serverHelloOf(f, helloSpec{version: TLS13, suite: 0x1301, share: KeyShare{Group: X25519}})), byte(0), byte(2))
	f.Add([]byte(serverHelloOf(f, helloSpec{version: TLS13, suite: 0x1302, retry: true, group: Secp256r1})), byte(0), byte(2))
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n"), byte(3), byte(0))
	f.Fuzz(func(t *testing.T, data []byte, client, stage byte) {
		c := fuzzClients()[int(client)%len(fuzzClients())]
		until := Stage(stage % 3)
		in := &counter{r: bytes.NewReader(data)}
		answer, err := ReadAnswer(in, c, until)
		checkAnswer(t, answer, err)
		if in.n > maxTotal {
			t.Errorf("read %d bytes", in.n)
		}
		again, err2 := ReadAnswer(bytes.NewReader(data), c, until)
		if diff := cmp.Diff(answer, again); diff != "" || (err == nil) != (err2 == nil) {
			t.Errorf("twice read, two answers: %v, %v\n%s", err, err2, diff)
		}
		if second, ok := c.Retry(answer); ok {
			if _, err := second.Marshal(); err != nil {
				t.Errorf("a second hello without a form: %v", err)
			}
		}
	})
}

// checkAnswer holds an answer against what ReadAnswer promises.
func checkAnswer(t *testing.T, a Answer, err error) {
	t.Helper()
	data, fail := json.Marshal(a)
	if fail != nil || bytes.Contains(data, []byte(":null")) {
		t.Errorf("%v: %s", fail, data)
	}
	promises := map[Kind]bool{
		KindNothing:     errors.Is(err, io.EOF),
		KindServerHello: len(a.ServerHello) > 0,
		KindHelloRetry:  len(a.ServerHello) > 0 && a.Random == retryRandom && err == nil,
		KindAlert:       a.Alert != nil,
		KindNotTLS:      len(a.Banner) > 0 && err == nil,
		KindGarbled:     a.Detail != "" && len(a.Banner) > 0,
	}
	if !promises[a.Kind] {
		t.Errorf("%v with %v: %+v", a.Kind, err, a)
	}
	if len(a.Banner) > maxBanner || len(a.Warnings) > maxUseless+1 {
		t.Errorf("%d bytes of banner, %d warnings", len(a.Banner), len(a.Warnings))
	}
	_, _, _, _ = a.ALPN(), a.DowngradeSentinel(), a.OCSPStapling(), a.SecureRenegotiation()
}

func FuzzText(f *testing.F) {
	for _, word := range []string{"TLS 1.3", "SSLv2", "TLS_AES_128_GCM_SHA256", "SSL_CK_RC4_128_WITH_MD5", "x25519", "rsa_pss_rsae_sha256", "0x1301", "0x010080", "0x0a0A", "notTLS"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		settles(t, word, new(Version))
		settles(t, word, new(Suite))
		settles(t, word, new(Group))
		settles(t, word, new(SignatureScheme))
		settles(t, word, new(Kind))
	})
}

// settles checks that what is taken for a name has one form only.
func settles[N comparable, T interface {
	*N
	text
}](t *testing.T, word string, value T) {
	t.Helper()
	if value.UnmarshalText([]byte(word)) != nil {
		return
	}
	roundTrip(t, value, T(new(N)))
}
