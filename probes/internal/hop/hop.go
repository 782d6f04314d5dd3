// Package hop tells where an answer sends its client, as browsers decide it.
package hop

import (
	"net/url"
	"slices"
	"strings"

	"middlebrick/httphead"
)

// A Hop is one redirect.
type Hop struct {
	Written string // the Location, as it was written
	To      string // resolved against the address that was asked
	Err     error  // why no browser could follow: httphead.ErrScheme or ErrLocation
}

// redirects are the statuses that send a browser elsewhere (Fetch standard,
// "redirect status"); 300 and 304 may carry a Location and send nobody.
var redirects = map[int]bool{301: true, 302: true, 303: true, 307: true, 308: true}

// Of is the redirect that the answer of that address is; ok is false for every
// other answer. The first Location that is not empty counts, as in Chromium
// (HttpResponseHeaders::IsRedirect).
func Of(address string, head httphead.Head) (h Hop, ok bool) {
	locations := head.Values("Location")
	at := slices.IndexFunc(locations, func(value string) bool { return value != "" })
	if !redirects[head.Status] || at < 0 {
		return Hop{}, false
	}
	h.Written = locations[at]
	h.To, h.Err = httphead.Resolve(address, h.Written)
	return h, true
}

// URL is where the hop leads; false where no browser could follow.
func (h Hop) URL() (*url.URL, bool) {
	if h.Err != nil {
		return nil, false
	}
	u, err := url.Parse(h.To)
	return u, err == nil
}

// Absolute is true when the Location names its scheme: whoever wrote it believed
// to know what the client is speaking.
func (h Hop) Absolute() bool {
	written := strings.ToLower(strings.TrimSpace(h.Written))
	return strings.HasPrefix(written, "http:") || strings.HasPrefix(written, "https:")
}

// Host is the name of the host that the hop leads to, "" where none can be told.
func (h Hop) Host() string {
	u, ok := h.URL()
	if !ok {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
}
