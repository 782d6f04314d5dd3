// The cookie-date algorithm of RFC 6265 section 5.1.1, which reads every spelling
// that browsers read: "Thu, 24-Dec-2026 16:13:46 GMT" and "Thu, 24 Dec 2026 …".

package httphead

import (
	"strings"
	"time"
)

// ParseCookieDate reads an Expires value. The zone is always UTC, whatever is
// written. False where a part is missing or no such moment exists.
func ParseCookieDate(text string) (time.Time, bool) {
	d := cookieDate{hour: -1, day: -1, month: -1, year: -1}
	for token := range strings.FieldsFuncSeq(text, isDateDelimiter) {
		d.take(token)
	}
	return d.time()
}

// isDateDelimiter is %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E.
func isDateDelimiter(r rune) bool {
	return r == '\t' || ' ' <= r && r <= '/' || ';' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~'
}

type cookieDate struct{ hour, minute, second, day, month, year int }

// take gives a token to the first part that is still missing and fits.
func (d *cookieDate) take(token string) {
	if h, m, s, ok := clock(token); ok && d.hour < 0 {
		d.hour, d.minute, d.second = h, m, s
		return
	}
	if n, ok := leadingNumber(token, 1, 2); ok && d.day < 0 {
		d.day = n
		return
	}
	if n := month(token); n >= 0 && d.month < 0 {
		d.month = n
		return
	}
	if n, ok := leadingNumber(token, 2, 4); ok && d.year < 0 {
		d.year = n
	}
}

func (d cookieDate) time() (time.Time, bool) {
	year := d.year
	switch {
	case 70 <= year && year <= 99:
		year += 1900
	case 0 <= year && year <= 69:
		year += 2000
	}
	if d.day < 1 || d.day > 31 || d.month < 0 || year < 1601 || d.hour < 0 || d.hour > 23 || d.minute > 59 || d.second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(d.month+1), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	return t, t.Day() == d.day
}

// month knows a month by its first three letters; 0 is January, -1 none.
func month(token string) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(token) < 3 {
		return -1
	}
	at := strings.Index(names, strings.ToLower(token[:3]))
	if at < 0 || at%3 != 0 {
		return -1
	}
	return at / 3
}

// clock reads hms-time: three fields of one or two digits, anything after them.
func clock(token string) (hour, minute, second int, ok bool) {
	parts := strings.SplitN(token, ":", 3)
	if len(parts) < 3 {
		return 0, 0, 0, false
	}
	hour, okHour := number(parts[0], 1, 2)
	minute, okMinute := number(parts[1], 1, 2)
	second, okSecond := leadingNumber(parts[2], 1, 2)
	return hour, minute, second, okHour && okMinute && okSecond
}

// number reads a text of least to most digits and nothing else.
func number(s string, least, most int) (int, bool) {
	n, ok := leadingNumber(s, least, most)
	return n, ok && isDigits(s)
}

// leadingNumber reads least to most digits that no further digit follows.
func leadingNumber(s string, least, most int) (n int, ok bool) {
	digits := 0
	for digits < len(s) && isDigit(s[digits]) {
		digits++
	}
	if digits < least || digits > most {
		return 0, false
	}
	for _, c := range []byte(s[:digits]) {
		n = n*10 + int(c-'0')
	}
	return n, true
}
