// The signed cookies of Python frameworks beside Flask: Django, Tornado, Bottle,
// Pyramid.

package cookieshape

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// djangoSigned knows django.core.signing: value:timestamp:signature with the
// time in base 62 and HMAC-SHA256 (SHA-1 before 3.1), and the messages cookie,
// which has no time.
func djangoSigned(c candidate) (Shape, bool) {
	s := Shape{Kind: "django-signed", Framework: "Django", Confidence: High, Because: "a value, a time in base 62 and a signature, parted by colons"}
	at := strings.LastIndexByte(c.plain, ':')
	if at < 1 {
		return Shape{}, false
	}
	head, sig := c.plain[:at], c.plain[at+1:]
	if len(sig) != 43 && len(sig) != 27 || !isURLSafe(sig) {
		return Shape{}, false
	}
	if c.lower == "messages" {
		s.Because = "a value and a signature parted by a colon, under the name of Django's messages"
		return s, true
	}
	middle := strings.LastIndexByte(head, ':')
	issued, ok := base62(head[middle+1:])
	if middle < 0 || !ok || issued < year2017/2 || time.Unix(issued, 0).After(c.now.Add(24*time.Hour)) {
		return Shape{}, false
	}
	s.Session = likeSession(c.lower) && !likeOnce(c.lower)
	if c.lower == "sessionid" {
		s.Because = "a session that django.core.signing signed, under Django's default name"
	}
	return s, true
}

// base62 reads digits, capitals and small letters, as django.utils.baseconv.
func base62(s string) (int64, bool) {
	if s == "" || len(s) > 7 || !isAlnum(s) {
		return 0, false
	}
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var n int64
	for i := range len(s) {
		n = n*62 + int64(strings.IndexByte(digits, s[i]))
	}
	return n, true
}

// tornadoSigned knows set_secure_cookie: version 2 with fields that bear their
// lengths, 64 hexadecimal digits at the end; version 1 with 40.
func tornadoSigned(c candidate) (Shape, bool) {
	s := Shape{Kind: "tornado", Framework: "Tornado", Session: true, Confidence: High, Because: "Tornado's signed fields with their lengths"}
	fields := strings.Split(c.plain, "|")
	last := fields[len(fields)-1]
	switch {
	case len(fields) == 6 && fields[0] == "2" && len(last) == 64 && isHex(last):
		for _, field := range fields[1:5] {
			length, text, ok := strings.Cut(field, ":")
			if n, err := strconv.Atoi(length); !ok || err != nil || n != len(text) {
				return Shape{}, false
			}
		}
		return s, true
	case len(fields) == 3 && len(last) == 40 && isHex(last) && len(fields[1]) == 10 && strings.Trim(fields[1], "0123456789") == "":
		s.Confidence, s.Because = Medium, "a value, a time and 40 hexadecimal digits, as Tornado's first format has them"
		_, ok := decodeStd(fields[0])
		return s, ok || fields[0] == ""
	}
	return Shape{}, false
}

// bottleSigned knows set_cookie(secret=…): "!" signature "?" pickle. Who holds
// the key can run code.
func bottleSigned(c candidate) (Shape, bool) {
	sig, message, ok := strings.Cut(strings.TrimPrefix(c.plain, "!"), "?")
	if !ok || !strings.HasPrefix(c.plain, "!") {
		return Shape{}, false
	}
	mac, okMAC := decode(paddedStd, sig)
	data, okData := decode(paddedStd, message)
	return Shape{Kind: "bottle", Framework: "Bottle", Session: true, Confidence: High, Because: "Bottle's signature and a pickle"},
		okMAC && (len(mac) == 16 || len(mac) == 32) && okData && isPickle(data)
}

// isPickle holds for a pickle of protocol 2 to 5: its first opcode, its last.
func isPickle(data []byte) bool {
	return len(data) > 3 && data[0] == 0x80 && data[1] >= 2 && data[1] <= 5 && data[len(data)-1] == '.'
}

// pyramidSession knows SignedCookieSessionFactory: HMAC-SHA512 and, since 2.0,
// JSON of two times and a dict, in one base64url text.
func pyramidSession(c candidate) (Shape, bool) {
	s := Shape{Kind: "pyramid", Framework: "Pyramid", Session: true, Confidence: High, Because: "an HMAC-SHA512 before a JSON list of two times and an object"}
	data, ok := decode(rawURL, strings.TrimRight(c.value, "="))
	if !ok || len(data) < 64+len("[0,0,{}]") {
		return Shape{}, false
	}
	body := data[64:]
	if isPickle(body) {
		s.Confidence, s.Because = Medium, "64 bytes that may be an HMAC-SHA512 before a pickle"
		return s, true
	}
	doc, ok := scanJSON(body)
	return s, ok && doc.kind == '[' && body[1] >= '0' && body[1] <= '9' && strings.HasSuffix(string(body), "}]")
}

// pyramidTicket knows AuthTktCookieHelper: a digest (128 hexadecimal digits for
// SHA-512, 32 for MD5), the time in 8, the user, "!" and tokens.
func pyramidTicket(c candidate) (Shape, bool) {
	ticket, _, ok := strings.Cut(c.plain, "!")
	if !ok {
		return Shape{}, false
	}
	for _, digest := range []int{128, 64, 32} {
		if len(ticket) < digest+8 || !isHex(ticket[:digest+8]) {
			continue
		}
		stamp, _ := hex.DecodeString(ticket[digest : digest+8])
		issued := int64(stamp[0])<<24 | int64(stamp[1])<<16 | int64(stamp[2])<<8 | int64(stamp[3])
		if issued > year2017/2 && time.Unix(issued, 0).Before(c.now.Add(24*time.Hour)) {
			return Shape{Kind: "pyramid", Framework: "Pyramid", Session: true, Confidence: High,
				Because: "an authentication ticket: digest, time, user"}, true
		}
	}
	return Shape{}, false
}
