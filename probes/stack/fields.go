// Signs in header fields beside Server: fields of frameworks, the shape of
// cookies and tags, and the order in which servers write.

package stack

import (
	"regexp"
	"slices"
	"strings"
)

// A fieldSign is a field whose value matches; the first group is the version of
// the part, where the pattern has one.
type fieldSign struct {
	name, sure, field string
	value             *regexp.Regexp
}

var fieldTable = []fieldSign{
	{"Express", certain, "X-Powered-By", regexp.MustCompile(`^Express$`)},
	{"PHP", certain, "X-Powered-By", regexp.MustCompile(`^PHP(?:/(.+))?$`)},
	{"ASP.NET", certain, "X-Powered-By", regexp.MustCompile(`^ASP\.NET$`)},
	{"ASP.NET", certain, "X-AspNet-Version", regexp.MustCompile(`^([\d.]+)$`)},
	{"ASP.NET", certain, "X-AspNetMvc-Version", regexp.MustCompile(`^[\d.]+$`)},
	{"PHP", certain, "Expires", regexp.MustCompile(`^Thu, 19 Nov 1981 08:52:00 GMT$`)},
	{"Express", low, "ETag", regexp.MustCompile(`^(?:W/)?"[0-9a-f]{1,8}-[A-Za-z0-9+/]{27}"$`)},
	{"Rack", low, "X-Cascade", regexp.MustCompile(`^pass$`)},
	{"Starlette", high, "Set-Cookie", regexp.MustCompile(`; path=/[^;]*; (?:Max-Age=\d+; )?httponly; samesite=[a-z]+(?:; secure)?$`)},
}

func fields(a answer) (all []claim) {
	for _, f := range fieldTable {
		all = append(all, f.in(a)...)
	}
	return all
}

func (f fieldSign) in(a answer) []claim {
	for _, value := range a.head.Values(f.field) {
		match := f.value.FindStringSubmatch(value)
		if match == nil {
			continue
		}
		c := claim{name: f.name, sure: f.sure, because: said(f.field, value)}
		if f.field == "Set-Cookie" {
			c.because = "cookie attributes are spelt as it spells them"
		}
		if len(match) > 1 {
			c.versions = exactly(match[1])
		}
		return []claim{c}
	}
	return nil
}

var (
	uuid    = regexp.MustCompile(`^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	seconds = regexp.MustCompile(`^\d+\.\d+$`)
	md5Tag  = regexp.MustCompile(`^W/"[0-9a-f]{32}"$`)
)

// rails writes how long an answer took, and names the request.
func rails(a answer) []claim {
	timed, named := seconds.MatchString(a.head.Get("X-Runtime")), uuid.MatchString(a.head.Get("X-Request-Id"))
	if timed && !named {
		return one(md5Tag.MatchString(a.head.Get("ETag")), "Rails", high, "X-Runtime, and a weak ETag of 32 hexadecimal digits")
	}
	return one(timed && named, "Rails", high, "X-Runtime and X-Request-Id")
}

// djangoDefaults are the fields that its SecurityMiddleware and clickjacking
// middleware write unasked; an administrator may write the same.
func djangoDefaults(a answer) []claim {
	both := a.head.Get("X-Frame-Options") == "DENY" && a.head.Get("Referrer-Policy") == "same-origin"
	return one(both, "Django", low, "X-Frame-Options: DENY and Referrer-Policy: same-origin, which are its defaults")
}

// appendSlash: Django mends a missing slash with a path of its own and no body.
func appendSlash(a answer) []claim {
	mends := a.head.Status == 301 && a.head.Get("Content-Length") == "0" && a.head.Get("Location") == pathOf(a.url)+"/"
	return one(mends && a.head.Get("Referrer-Policy") == "same-origin", "Django", low, "mends a missing slash as its CommonMiddleware does")
}

// starletteSlash: Starlette's router mends it with 307, an absolute address and
// no body.
func starletteSlash(a answer) []claim {
	location := a.head.Get("Location")
	mends := a.head.Status == 307 && a.head.Get("Content-Length") == "0" && strings.Contains(location, "://") && strings.HasSuffix(location, pathOf(a.url)+"/")
	return one(mends, "Starlette", high, "mends a missing slash with 307, an absolute address and no body, as its router does")
}

func pathOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	at := strings.IndexByte(rest, '/')
	if at < 0 {
		return ""
	}
	path, _, _ := strings.Cut(rest[at:], "?")
	return path
}

// The order in which a server that does not name itself writes its fields. These
// claims count only beside a sign of what runs on such a server (finder.go).
func orders(a answer) []claim {
	names := a.named()
	if !a.http1() || len(names) < 2 || len(a.head.Values("Server")) > 0 {
		return nil
	}
	dates := len(a.head.Values("Date"))
	last := strings.ToLower(names[len(names)-1])
	beforeLast := strings.ToLower(names[len(names)-2])
	switch {
	case dates == 0:
		return slices.Concat(one(true, "uWSGI", low, "neither a Server nor a Date field"), one(true, "Puma", low, "neither a Server nor a Date field"))
	case slices.Contains(names, "Connection") && len(names) >= 4 && slices.IsSorted(names):
		return one(true, "waitress", low, "no Server field, and all fields stand in the order of the alphabet")
	case last == "date":
		return one(true, "gevent", low, "no Server field, and Date stands last")
	case last == "connection" && beforeLast == "date":
		return one(true, "eventlet", low, "no Server field, and Date stands last but for Connection")
	}
	return nil
}

var fieldSigns = []sign{fields, rails, djangoDefaults, appendSlash, starletteSlash,
	func(a answer) []claim {
		return one(echoesHost(a), "PHP built-in server", certain, "it sends the Host back as its first field")
	},
}
