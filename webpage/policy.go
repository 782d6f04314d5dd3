// Content Security Policy, as far as it decides what a page may load, run and
// post (Content Security Policy Level 3).

package webpage

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"slices"
	"strings"

	"middlebrick/weburl"
)

// policy maps a directive's name to its values. The first of a name counts.
type policy map[string][]source

// Bounds on policies: a page can carry any number of meta elements, and every
// address is held against every value.
const (
	maxPolicies = 32
	maxSources  = 1000 // values of all policies together
	maxSource   = 2048 // bytes of one
)

// parsePolicies reads a header value or a meta element's content. A comma
// parts policies, a semicolon directives. At most room values are kept; cut
// says whether anything was left out.
func parsePolicies(value string, room int) (all []policy, used int, cut bool) {
	for text := range strings.SplitSeq(value, ",") {
		p := policy{}
		for directive := range strings.SplitSeq(text, ";") {
			n, short := p.add(strings.Fields(directive), room-used)
			used += n
			cut = cut || short
		}
		if len(p) > 0 && len(all) == maxPolicies {
			return all, used, true
		}
		if len(p) > 0 {
			all = append(all, p)
		}
	}
	return all, used, cut
}

// add takes one directive: its name, then its values.
func (p policy) add(words []string, room int) (used int, cut bool) {
	if len(words) == 0 {
		return 0, false
	}
	name := strings.ToLower(words[0])
	if _, twice := p[name]; twice || !slices.Contains(known, name) {
		return 0, false
	}
	p[name] = []source{}
	for _, word := range words[1:] {
		if used == room || len(word) > maxSource {
			cut = true
			continue
		}
		p[name] = append(p[name], parseSource(word))
		used++
	}
	return used, cut
}

// known are the directives that matter here. Among those that do not is
// block-all-mixed-content: browsers no longer obey it (Mixed Content Level 2
// section 4.4 has nothing left for it to block, and Chromium upgrades all the
// same).
var known = []string{
	"upgrade-insecure-requests", "sandbox", "base-uri", "form-action",
	"default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr",
	"img-src", "media-src", "font-src", "connect-src", "frame-src", "child-src", "object-src", "manifest-src", "worker-src",
}

// destination is what a request, or a piece of inline code, is for; it chooses
// the directive.
type destination int

const (
	toScript destination = iota
	toWorker
	toStyle
	toImage
	toMedia
	toFont
	toConnect
	toFrame
	toObject
	toManifest
	toAnything       // default-src alone
	toHandler        // an on… attribute
	toStyleAttribute // a style attribute
)

// directives lists, for each destination, the directives that may rule it;
// the first that is present does (CSP3 section 6.8.3).
var directives = [...][]string{
	toScript:         {"script-src-elem", "script-src", "default-src"},
	toWorker:         {"worker-src", "child-src", "script-src", "default-src"},
	toStyle:          {"style-src-elem", "style-src", "default-src"},
	toImage:          {"img-src", "default-src"},
	toMedia:          {"media-src", "default-src"},
	toFont:           {"font-src", "default-src"},
	toConnect:        {"connect-src", "default-src"},
	toFrame:          {"frame-src", "child-src", "default-src"},
	toObject:         {"object-src", "default-src"},
	toManifest:       {"manifest-src", "default-src"},
	toAnything:       {"default-src"},
	toHandler:        {"script-src-attr", "script-src", "default-src"},
	toStyleAttribute: {"style-src-attr", "style-src", "default-src"},
}

func (p policy) sources(to destination) (values []source, ruled bool) {
	for _, name := range directives[to] {
		if values, ruled = p[name]; ruled {
			return values, true
		}
	}
	return nil, false
}

// upgrades says whether insecure requests become https before anything else
// looks at them (Upgrade Insecure Requests section 3.2).
func upgrades(all []policy) bool {
	for _, p := range all {
		if _, ok := p["upgrade-insecure-requests"]; ok {
			return true
		}
	}
	return false
}

// sandboxed says whether a policy takes an ability away from the page, such
// as "allow-forms".
func sandboxed(all []policy, ability string) bool {
	for _, p := range all {
		if flags, ok := p["sandbox"]; ok && !has(flags, ability) {
			return true
		}
	}
	return false
}

// allowed says whether every policy lets a request for a go out. A list with
// nonces or hashes may let it through by those: the address alone cannot tell.
func allowed(all []policy, to destination, a, self weburl.URL) bool {
	for _, p := range all {
		if values, ruled := p.sources(to); ruled && !anyMatches(values, a, self) && !trusts(values) {
			return false
		}
	}
	return true
}

// allowedBy does the same for a directive without fallback: form-action,
// base-uri.
func allowedBy(all []policy, name string, a, self weburl.URL) bool {
	for _, p := range all {
		if values, ruled := p[name]; ruled && !anyMatches(values, a, self) {
			return false
		}
	}
	return true
}

// trusts says whether a list knows code by nonce or hash.
func trusts(values []source) bool {
	return slices.ContainsFunc(values, func(s source) bool { return s.nonce != "" || s.hash != "" })
}

func has(values []source, word string) bool {
	return slices.ContainsFunc(values, func(s source) bool { return s.word == word })
}

// allowedInline says whether inline code runs (CSP3 section 6.7.3.3).
func allowedInline(all []policy, to destination, nonce, text string) bool {
	var sums map[string]string
	for _, p := range all {
		values, ruled := p.sources(to)
		if !ruled {
			continue
		}
		if sums == nil && trusts(values) {
			sums = hashes(text)
		}
		if !inlineMatches(values, to, nonce, sums) {
			return false
		}
	}
	return true
}

func inlineMatches(values []source, to destination, nonce string, sums map[string]string) bool {
	element := to == toScript || to == toStyle
	for _, s := range values {
		if element && s.nonce != "" && s.nonce == nonce {
			return true
		}
		if s.hash != "" && s.hash == sums[s.algorithm] && (element || has(values, "'unsafe-hashes'")) {
			return true
		}
	}
	strict := to == toScript && has(values, "'strict-dynamic'")
	return has(values, "'unsafe-inline'") && !trusts(values) && !strict
}

func hashes(text string) map[string]string {
	short, middle, long := sha256.Sum256([]byte(text)), sha512.Sum384([]byte(text)), sha512.Sum512([]byte(text))
	encode := base64.StdEncoding.EncodeToString
	return map[string]string{"sha256": encode(short[:]), "sha384": encode(middle[:]), "sha512": encode(long[:])}
}
