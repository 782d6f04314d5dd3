// Tokens of itsdangerous: payload.timestamp.signature.

package cookieshape

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"
	"time"
)

const (
	// maxPayload bounds what a compressed payload may grow to, in bytes.
	maxPayload = 1 << 20
	// Timestamps of itsdangerous before 1.0 count from 2011, later ones from 1970;
	// the second cannot be less than 2017, the first not more for decades.
	epoch2011 = 1293840000
	year2017  = 1483228800
)

// signedToken is payload.timestamp.signature taken apart, nothing verified.
type signedToken struct {
	head   string // everything that is signed: payload and timestamp
	text   string // the payload as written, "." before a compressed one
	issued time.Time
	sig    string
}

// splitToken cuts at the last two dots, as itsdangerous does; the signature is
// HMAC-SHA1's 20 bytes, the timestamp 4.
func splitToken(value string) (signedToken, bool) {
	end := strings.LastIndexByte(value, '.')
	if end < 0 || len(value)-end-1 != 27 {
		return signedToken{}, false
	}
	t := signedToken{head: value[:end], sig: value[end+1:]}
	middle := strings.LastIndexByte(t.head, '.')
	if middle < 1 || len(t.head)-middle-1 != 6 {
		return signedToken{}, false
	}
	t.text = t.head[:middle]
	if strings.Contains(t.text[1:], ".") {
		return signedToken{}, false
	}
	if _, ok := decode(rawURL, t.sig); !ok {
		return signedToken{}, false
	}
	stamp, ok := decode(rawURL, t.head[middle+1:])
	if !ok {
		return signedToken{}, false
	}
	seconds := int64(binary.BigEndian.Uint32(stamp))
	if seconds < year2017 {
		seconds += epoch2011
	}
	t.issued = time.Unix(seconds, 0).UTC()
	return t, true
}

// plausible says that the token was made before now, with a day for clocks that
// disagree.
func (t signedToken) plausible(now time.Time) bool {
	return t.issued.Before(now.Add(24 * time.Hour))
}

// payload decodes base64url without padding, which is how URLSafeSerializer
// writes it, and unpacks it where a dot stands before it.
func (t signedToken) payload() (data []byte, compressed, ok bool) {
	text, compressed := strings.CutPrefix(t.text, ".")
	data, ok = decode(rawURL, text)
	if !ok || !compressed {
		return data, compressed, ok
	}
	data, ok = inflate(data)
	return data, compressed, ok
}

// content is a token's payload, scanned.
type content struct {
	signedToken
	document
	compressed bool
}

// readToken takes a token apart and scans its payload. False where it is none of
// itsdangerous' serializers'.
func readToken(value string) (content, bool) {
	t, ok := splitToken(value)
	if !ok {
		return content{}, false
	}
	data, compressed, ok := t.payload()
	if !ok {
		return content{}, false
	}
	doc, ok := scanJSON(data)
	return content{signedToken: t, document: doc, compressed: compressed}, ok
}

// inflate unpacks zlib to its end, at most maxPayload bytes of it.
func inflate(packed []byte) ([]byte, bool) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, false
	}
	data, err := io.ReadAll(io.LimitReader(z, maxPayload+1))
	return data, err == nil && len(data) <= maxPayload
}

// wtfToken knows Flask-WTF's token, which is a signed JSON string of 40
// hexadecimal digits and stands in a form rather than in a cookie.
func wtfToken(c candidate) (Shape, bool) {
	return Shape{Kind: "flask-wtf-csrf", Framework: "Flask-WTF", CSRF: true, Confidence: High,
		Because: "an itsdangerous token whose payload is a string of 40 hexadecimal digits"}, c.signed && c.token.hex40
}

// dangerousToken takes what is left of itsdangerous: strings, lists, and objects
// that the names rule out as sessions.
func dangerousToken(c candidate) (Shape, bool) {
	s := Shape{Kind: "other", Framework: "itsdangerous", Confidence: Medium, Because: "an itsdangerous token, but neither name nor payload is that of a session"}
	if likeSession(c.lower) && !likeOnce(c.lower) {
		s.Kind, s.Session, s.Because = "opaque-session", true, "an itsdangerous token under a name that people give to logins"
	}
	return s, c.signed
}
