// Decoding and verifying Flask's sessions, and the lists of published keys.

package cookieshape

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// session builds a value of Flask's form around a payload, with a false signature.
func session(payload string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".awRmFA." + strings.Repeat("A", 27)
}

func packed(payload []byte) string {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, _ = z.Write(payload)
	_ = z.Close()
	return "." + base64.RawURLEncoding.EncodeToString(out.Bytes()) + ".awRmFA." + strings.Repeat("A", 27)
}

func TestSessionGivesItsNamesAndNoValue(t *testing.T) {
	issued := time.Unix(1795450388, 0).UTC()
	for value, want := range map[string]FlaskSession{
		alice: {Keys: []string{"user"}, Issued: issued, LoggedIn: true},
		session(`{"_flashes":[{" t":["message","Please login"]}]}`): {
			Keys: []string{"_flashes"}, Tags: []string{" t"}, Issued: issued, Flashes: true},
		session(`{"b":{" b":"AA=="},"a":{"c":NaN,"d":-Infinity},"a":1}`): {Keys: []string{"a", "b"}, Tags: []string{" b"}, Issued: issued},
		session(`{"\u0061 \"é":[]}`):                                     {Keys: []string{`a "é`}, Issued: issued},
		session(`{"` + strings.Repeat("k", 300) + `":1}`):                {Keys: []string{strings.Repeat("k", 100) + "…"}, Issued: issued},
		packed([]byte(`{"_id":"x","_user_id":"42"}`)):                    {Keys: []string{"_id", "_user_id"}, Issued: issued, Compressed: true, LoggedIn: true},
		packed([]byte(`{"x":"` + strings.Repeat("a", 1<<19) + `"}`)):     {Keys: []string{"x"}, Issued: issued, Compressed: true},
		session(`{}`): {Keys: []string{}, Issued: issued},
	} {
		want.Keys = append([]string{}, want.Keys...)
		want.Tags = append([]string{}, want.Tags...)
		got, err := DecodeFlask(value)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%.80s: error %v, difference (-want +got):\n%s", value, err, diff)
		}
	}
}

func TestOtherTokensAreNoFlaskSession(t *testing.T) {
	for sentence, value := range map[string]string{
		"empty":                 "",
		"two fields":            "eyJ1c2VyIjoiYWxpY2UifQ.awRmFA",
		"blanks in the JSON":    session(`{"user": "alice"}`),
		"a string":              session(`"alice"`),
		"a list":                session(`[1]`),
		"no JSON":               session(`{"user":}`),
		"an open string":        session(`{"user":"a`),
		"a control character":   session("{\"user\":\"\x01\"}"),
		"text after the object": session(`{"user":1}x`),
		"no UTF-8":              session("{\"user\":\"\xff\"}"),
		"too deep":              session(strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)),
		"padding":               "eyJ1c2VyIjoiYWxpY2UifQ==.awRmFA." + strings.Repeat("A", 27),
		"left-over bits":        "eyJ1c2VyIjoiYWxpY2UifR.awRmFA." + strings.Repeat("A", 27),
		"a line break inside":   "eyJ1c2Vy\nIjoiYWxpY2UifQ.awRmFA." + strings.Repeat("A", 27),
		"a long signature":      alice + "A",
		"no zlib":               ".eyJ1c2VyIjoiYWxpY2UifQ.awRmFA." + strings.Repeat("A", 27),
		"a bomb":                packed([]byte(`{"x":"` + strings.Repeat("a", 2<<20) + `"}`)),
	} {
		if got, err := DecodeFlask(value); !errors.Is(err, ErrNotFlask) {
			t.Errorf("%s: %+v, %v", sentence, got, err)
		}
	}
}

func TestPublishedKeysAreFoundAndOthersAreNot(t *testing.T) {
	for _, c := range []struct {
		value, key string
	}{
		{sign(`{"user":"admin"}`, "fallback-secret-key"), "fallback-secret-key"},
		{sign(`{"user":"admin"}`, "_5#y2L\"F4Q8z\n\xec]/"), "_5#y2L\"F4Q8z\n\xec]/"},
		{sign(`{"user":"admin"}`, "\x02\x01thisismyscretkey\x01\x02\\e\\y\\y\\h"), "\x02\x01thisismyscretkey\x01\x02\\e\\y\\y\\h"},
		{sign(`{"user":"admin"}`, "6f1d0c9b5a"), ""},
	} {
		key, tried := KnownKey(c.value)
		if key != c.key || tried == 0 || VerifyFlask(c.value, c.key) != (c.key != "") {
			t.Errorf("%q after %d, want %q", key, tried, c.key)
		}
	}
	if key, tried := KnownKey("not a session"); key != "" || tried != 0 {
		t.Errorf("a value without form: %q after %d", key, tried)
	}
	if key, _ := KnownJWTKey(tokenHS256); key != "your-256-bit-secret" {
		t.Errorf("the example of jwt.io is signed by %q", key)
	}
	for _, value := range []string{"", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJSUzI1NiJ9.e30.AA", alice} {
		if key, tried := KnownJWTKey(value); key != "" || tried != 0 {
			t.Errorf("%q: %q after %d", value, key, tried)
		}
	}
}

// sign writes a session as Flask does.
func sign(payload, secret string) string {
	t, _ := splitToken(session(payload))
	return t.head + "." + base64.RawURLEncoding.EncodeToString(mac(sha1.New, mac(sha1.New, []byte(secret), "cookie-session"), t.head))
}

func TestKeysInBase64AreTriedDecoded(t *testing.T) {
	nacos := "SecretKey012345678901234567890123456789012345678901234567890123456789"
	head := "eyJhbGciOiJIUzUxMiJ9.e30"
	for key, encoded := range map[string]string{
		"VGhpc0lzTXlDdXN0b21TZWNyZXRLZXkwMTIzNDU2Nzg=": "VGhpc0lzTXlDdXN0b21TZWNyZXRLZXkwMTIzNDU2Nzg=",
		nacos: nacos[:68], // one character too many for base64
	} {
		raw, err := base64.StdEncoding.DecodeString(encoded)
		token := head + "." + base64.RawURLEncoding.EncodeToString(mac(jwtHashes["HS512"], raw, head))
		if got, _ := KnownJWTKey(token); got != key || err != nil {
			t.Errorf("%q is found for %q: %v", got, key, err)
		}
	}
}

func TestKeyListsAreLongAndHoldEachKeyOnce(t *testing.T) {
	for name, list := range map[string]string{"flask": flaskKeyList, "jwt": jwtKeyList} {
		keys, lines := readKeys(list), 0
		for line := range strings.SplitSeq(list, "\n") {
			if line != "" && !strings.HasPrefix(line, "# ") {
				lines++
			}
		}
		if len(keys) != lines || len(keys) < 90 {
			t.Errorf("%s: %d keys on %d lines", name, len(keys), lines)
		}
		for _, key := range keys {
			if strings.TrimSpace(key) != key || key == "" {
				t.Errorf("%s: key %q", name, key)
			}
		}
	}
	if keys := readKeys(flaskKeyList); keys[0] != "fallback-secret-key" || keys[1] != "dev" || len(keys) < 150 {
		t.Errorf("%d keys begin with %q", len(keys), keys[:2])
	}
}

func FuzzDecodeFlask(f *testing.F) {
	for _, payload := range []string{`{"user":"alice"}`, `{"a":[1,{"b":null}],"c":{" t":[]}}`, `{"\u00e9":NaN}`} {
		f.Add(session(payload))
		f.Add(packed([]byte(payload)))
	}
	f.Fuzz(func(t *testing.T, value string) {
		s, err := DecodeFlask(value)
		if err != nil {
			return
		}
		if s.Keys == nil || s.Tags == nil || len(s.Keys) > maxKeys || s.Issued.Year() < 2011 {
			t.Fatalf("%+v", s)
		}
		for _, key := range s.Keys {
			if len(key) > maxKeyLength+len("…") {
				t.Fatalf("a key of %d bytes", len(key))
			}
		}
		if again := sign(string(mustPayload(t, value)), "k"); !VerifyFlask(again, "k") {
			t.Fatalf("%q signed anew does not verify", again)
		}
	})
}

func mustPayload(t *testing.T, value string) []byte {
	t.Helper()
	token, ok := splitToken(value)
	data, _, okPayload := token.payload()
	if !ok || !okPayload {
		t.Fatalf("%q was decoded and has no payload", value)
	}
	return data
}

func FuzzClassify(f *testing.F) {
	for _, c := range shapes {
		f.Add(c.name, c.value)
	}
	kinds := map[string]bool{}
	for _, kind := range strings.Fields(`flask-session flask-remember flask-wtf-csrf flask-session-server starlette-session
		django-session django-signed jwt express-cookie-session express-session rails-session php-session tomcat-session
		rack-session bottle tornado pyramid opaque-session csrf other`) {
		kinds[kind] = true
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		s := Classify(name, value, now)
		if !kinds[s.Kind] || s.Because == "" || s.Confidence != High && s.Confidence != Medium && s.Confidence != Low {
			t.Fatalf("%q=%q: %+v", name, value, s)
		}
		if s.Session && s.CSRF || s.Kind == "flask-session" && !s.Session {
			t.Fatalf("%q=%q: %+v contradicts itself", name, value, s)
		}
		if len(value) >= 8 && strings.Contains(s.Because, value) {
			t.Fatalf("%q=%q: the reason repeats the value", name, value)
		}
	})
}
