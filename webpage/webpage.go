// Package webpage reads an HTML page, an SVG document, a style sheet or a
// script as a browser would, and lists what it would fetch over an insecure
// connection and where its forms post.
//
// The judgement is Chromium's, as its DevTools protocol reports it, and
// TestChromiumAgrees holds the package to it. The standards behind it are
// W3C Mixed Content Level 2, Secure Contexts, Upgrade Insecure Requests,
// Content Security Policy Level 3 and the WHATWG HTML, URL and CSS texts.
//
// The reading is a single pass over a token stream, never a tree: its work
// grows with the length of the input and not with its nesting. It opens no
// connection, so that what a page's scripts compute is not seen; what could
// not be followed to the end sets Page.Truncated.
package webpage

import (
	"mime"
	"strings"
	"unicode/utf8"
)

// Input is what a server answered.
type Input struct {
	URL         string   // absolute address of the body, after redirects
	ContentType string   // Content-Type header; empty means text/html
	Body        []byte   // decoded from any content coding
	CSP         []string // Content-Security-Policy header values, not the report-only ones
}

// Page is what a browser would do with an Input. Its lists are never nil.
type Page struct {
	Loads         []Load   `json:"loads"`         // insecure requests only, forms last, at most 2,000
	Forms         []Form   `json:"forms"`         // at most 500
	PasswordField bool     `json:"passwordField"` // whether any password input stands in the live page
	Title         string   `json:"title"`         // white space collapsed, at most 200 bytes
	Truncated     bool     `json:"truncated"`     // a bound was reached, something may be missing
	Links         []string `json:"links"`         // http(s) addresses of a, area and informational link elements, at most 500
	Resources     []string `json:"resources"`     // style sheets and scripts over https or of the page's own origin, at most 50
}

// Load is one insecure request that a page causes.
type Load struct {
	URL       string `json:"url"`       // absolute, before any upgrade
	Element   string `json:"element"`   // "script", "img", "css url()", "@import", "fetch()", "form"
	Attribute string `json:"attribute"` // "src", "srcset", a CSS property; empty for a script's call
	Class     string `json:"class"`     // Blockable, Upgradable, FormTarget or Navigation
	Outcome   string `json:"outcome"`   // Blocked, Upgraded, Warned or Loaded
	Certain   bool   `json:"certain"`   // opening the page is enough; false if a click, a call or a matching rule must come first
	Line      int    `json:"line"`      // of the tag, counted from 1
	Snippet   string `json:"snippet"`   // at most 120 bytes of the tag or statement, control characters replaced
}

// What kind of mixed content a Load is, by W3C Mixed Content Level 2
// section 3 as Chromium applies it.
const (
	Blockable  = "blockable"  // scripts, style sheets, frames, fonts, fetches, srcset images
	Upgradable = "upgradable" // single images, audio, video
	FormTarget = "form"       // a form posts there
	Navigation = "navigation" // the page sends its visitor there by itself
)

// What Chromium does about a Load, the page's own policies counted in.
const (
	Blocked  = "blocked"  // not sent
	Upgraded = "upgraded" // sent over https instead
	Warned   = "warned"   // sent in clear once the user agrees: forms, and hosts on the local network
	Loaded   = "loaded"   // sent in clear: the page itself is not https, or it is a navigation
)

// Form is one form and where it posts.
type Form struct {
	Action   string `json:"action"`   // absolute; the page itself where none is given
	Method   string `json:"method"`   // "get", "post" or "dialog"
	Insecure bool   `json:"insecure"` // whether a submission leaves over an insecure connection
	Password bool   `json:"password"` // whether it holds a password input
}

// Bounds on what one page may make us keep. A page of a real site stays well
// below them.
const (
	maxBody      = 16 << 20 // bytes read
	maxLoads     = 2000
	maxForms     = 500
	maxLinks     = 500
	maxResources = 50
	maxURL       = 8 << 10  // bytes of one address
	maxBase      = 2 << 10  // bytes of a base element's address
	maxResolved  = 32 << 20 // bytes of all addresses put together
	maxNesting   = 3        // documents inside documents: srcdoc, data:, document.write
	maxSnippet   = 120
	maxTitle     = 200
)

// Read reads one answer. It never fails: what cannot be read causes no load.
func Read(in Input) Page {
	r := newReader(in)
	switch body := toUTF8(in.Body, in.ContentType); mediaKind(in.ContentType) {
	case kindCSS:
		r.readSheet(string(body), sheet{base: r.base, place: place{line: 1}})
	case kindScript:
		r.readScript(string(body), script{place: place{line: 1}, file: true, live: true})
	case kindXML:
		r.readMarkup(body, true)
	case kindHTML:
		r.readMarkup(body, false)
	}
	return r.finish()
}

type kind int

const (
	kindOther kind = iota
	kindHTML
	kindXML
	kindCSS
	kindScript
)

func mediaKind(contentType string) kind {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil && media == "" {
		media = strings.ToLower(strings.TrimSpace(contentType))
	}
	switch {
	case media == "" || media == "text/html":
		return kindHTML
	case media == "text/css":
		return kindCSS
	case isScriptType(media):
		return kindScript
	case media == "text/xml" || media == "application/xml" || strings.HasSuffix(media, "+xml"):
		return kindXML
	}
	return kindOther
}

// toUTF8 turns UTF-16, told by its byte order mark or its label, into UTF-8.
// Every other encoding in use keeps ASCII as it is, which is all that the
// reading needs.
func toUTF8(b []byte, contentType string) []byte {
	b = b[:min(len(b), maxBody)]
	_, params, _ := mime.ParseMediaType(contentType)
	label := strings.ToLower(params["charset"])
	switch {
	case len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF:
		return b[3:]
	case len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFE:
		return fromUTF16(b[2:], 0)
	case len(b) >= 2 && b[0] == 0xFE && b[1] == 0xFF:
		return fromUTF16(b[2:], 1)
	case label == "utf-16" || label == "utf-16le":
		return fromUTF16(b, 0)
	case label == "utf-16be":
		return fromUTF16(b, 1)
	}
	return b
}

// fromUTF16 decodes; high is the index of the more significant byte's
// opposite: 0 for little endian, 1 for big endian.
func fromUTF16(b []byte, high int) []byte {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		unit := rune(b[i+1-high])<<8 | rune(b[i+high])
		out = utf8.AppendRune(out, unit)
	}
	return out
}
