// Offline tests of a signature against keys that everybody can read.

package cookieshape

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
)

// The lists hold defaults of products, examples of documentation and tutorials,
// and placeholders that examples leave behind. One key a line; "# " begins a
// comment; a line in double quotes is a Go string literal, for bytes that a line
// cannot hold.
var (
	//go:embed keys/flask.txt
	flaskKeyList string
	//go:embed keys/jwt.txt
	jwtKeyList string
)

// VerifyFlask says whether secret signed this session: HMAC-SHA1 of payload and
// time under a key that is HMAC-SHA1 of "cookie-session" under SECRET_KEY
// (flask.sessions.SecureCookieSessionInterface).
func VerifyFlask(value, secret string) bool {
	t, ok := splitToken(value)
	return ok && t.signedBy(secret, "cookie-session")
}

// signedBy derives the key with key_derivation "hmac", which Flask asks of
// itsdangerous for its session.
func (t signedToken) signedBy(secret, salt string) bool {
	return t.matches(mac(sha1.New, []byte(secret), salt))
}

// signedByDefault derives it with itsdangerous' own default, "django-concat":
// SHA-1 of salt, "signer" and secret.
func (t signedToken) signedByDefault(secret, salt string) bool {
	key := sha1.Sum([]byte(salt + "signer" + secret))
	return t.matches(key[:])
}

func (t signedToken) matches(key []byte) bool {
	want, err := base64.RawURLEncoding.DecodeString(t.sig)
	return err == nil && hmac.Equal(want, mac(sha1.New, key, t.head))
}

func mac(h func() hash.Hash, key []byte, message string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(message))
	return m.Sum(nil)
}

// maxSigned is more than any browser keeps of a cookie, in bytes; longer values
// are not worth a thousand hashes.
const maxSigned = 16 << 10

// KnownKey looks for the published key that made a value and returns it, or "",
// with the number of keys tried; 0 where the value has no form that a key of
// Flask's could be tried on. It takes Flask's session, Flask-WTF's token,
// Flask-Login's remember_token and Starlette's session. Nothing is sent.
func KnownKey(value string) (key string, tried int) {
	if verify := verifierOf(value); verify != nil && len(value) <= maxSigned {
		return firstKey(readKeys(flaskKeyList), verify)
	}
	return "", 0
}

// verifierOf picks the check that fits the form of a value.
func verifierOf(value string) func(secret string) bool {
	if id, digest, ok := strings.Cut(value, "|"); ok && len(digest) == 128 && isHex(digest) {
		want, _ := hex.DecodeString(digest)
		return func(secret string) bool { return hmac.Equal(want, mac(sha512.New, []byte(secret), id)) }
	}
	t, ok := splitToken(value)
	if !ok {
		return nil
	}
	return func(secret string) bool {
		return t.signedBy(secret, "cookie-session") || // Flask
			t.signedByDefault(secret, "wtf-csrf-token") || // Flask-WTF
			t.signedByDefault(secret, "itsdangerous.Signer") // Starlette
	}
}

// jwtHashes are the HMACs of RFC 7518 section 3.2.
var jwtHashes = map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}

// KnownJWTKey looks for the published key that signed a JSON Web Token with
// HS256, HS384 or HS512, as KnownKey does; 0 tried for every other value. A key
// that is itself base64 is tried decoded as well, as Java libraries use it.
func KnownJWTKey(token string) (key string, tried int) {
	header, ok := readJWTHeader(token)
	sum, symmetric := jwtHashes[header.Alg]
	at := strings.LastIndexByte(token, '.')
	if !ok || !symmetric || strings.Count(token, ".") != 2 || len(token) > maxSigned {
		return "", 0
	}
	want, ok := decode(base64.RawURLEncoding, token[at+1:])
	if !ok {
		return "", 0
	}
	return firstKey(readKeys(jwtKeyList+"\n"+flaskKeyList), func(secret string) bool {
		if hmac.Equal(want, mac(sum, []byte(secret), token[:at])) {
			return true
		}
		raw, ok := decodeStd(secret[:len(secret)-oddEnd(secret)])
		return ok && hmac.Equal(want, mac(sum, raw, token[:at]))
	})
}

// oddEnd is 1 for a text whose last character no base64 could have; Java's
// decoders drop it, and with it use the default key of Nacos.
func oddEnd(s string) int {
	if len(s)%4 == 1 {
		return 1
	}
	return 0
}

func firstKey(keys []string, verify func(string) bool) (string, int) {
	for i, key := range keys {
		if verify(key) {
			return key, i + 1
		}
	}
	return "", len(keys)
}

// readKeys parses a list, each key once.
func readKeys(list string) []string {
	keys, seen := []string{}, map[string]bool{}
	for line := range strings.SplitSeq(list, "\n") {
		if line == "" || line == "#" || strings.HasPrefix(line, "# ") {
			continue
		}
		key := line
		if unquoted, err := strconv.Unquote(line); err == nil && line[0] == '"' {
			key = unquoted
		}
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}
