// Content Security Policy, as far as it decides what a page may load, run and
// post (Content Security Policy Level 3).
package webpage

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"strings"
)

// policy maps a directive's name to its values. The first of a name counts.
type policy map[string][]string

// Bounds on policies: a page can carry any number of meta elements.
const (
	maxPolicies = 32
	maxSources  = 200 // values of one directive
)

// parsePolicies reads a header value or a meta element's content. A comma
// parts policies, a semicolon directives.
func parsePolicies(value string) (found []policy, cut bool) {
	for text := range strings.SplitSeq(value, ",") {
		p := policy{}
		for directive := range strings.SplitSeq(text, ";") {
			words := strings.Fields(directive)
			if len(words) == 0 {
				continue
			}
			name := strings.ToLower(words[0])
			if _, twice := p[name]; twice || !isDirective(name) {
				continue
			}
			cut = cut || len(words)-1 > maxSources
			p[name] = words[1:min(len(words), maxSources+1)]
		}
		if len(p) == 0 {
			continue
		}
		if len(found) == maxPolicies {
			return found, true
		}
		found = append(found, p)
	}
	return found, cut
}

func isDirective(name string) bool {
	switch name {
	case "upgrade-insecure-requests", "sandbox", "base-uri", "form-action":
		return true
	}
	return strings.HasSuffix(name, "-src") || strings.HasSuffix(name, "-src-elem") || strings.HasSuffix(name, "-src-attr")
}

// destination is what a request is for; it chooses the directive.
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
	toAnything // default-src alone
	toInlineScript
	toInlineStyle
	toHandler // an on… attribute
	toStyleAttribute
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
	toInlineScript:   {"script-src-elem", "script-src", "default-src"},
	toInlineStyle:    {"style-src-elem", "style-src", "default-src"},
	toHandler:        {"script-src-attr", "script-src", "default-src"},
	toStyleAttribute: {"style-src-attr", "style-src", "default-src"},
}

func (p policy) sources(to destination) (values []string, ruled bool) {
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
		flags, ok := p["sandbox"]
		if ok && !containsFold(flags, ability) {
			return true
		}
	}
	return false
}

// allowed says whether every policy lets a request for a go out.
func allowed(all []policy, to destination, a, self address) bool {
	for _, p := range all {
		if values, ruled := p.sources(to); ruled && !anyMatches(values, a, self) && !trusts(values) {
			return false
		}
	}
	return true
}

// allowedBy does the same for a directive without fallback: form-action,
// base-uri.
func allowedBy(all []policy, name string, a, self address) bool {
	for _, p := range all {
		if values, ruled := p[name]; ruled && !anyMatches(values, a, self) {
			return false
		}
	}
	return true
}

// trusts says whether a list lets requests through by nonce or hash, so that
// the address alone cannot tell.
func trusts(values []string) bool {
	for _, v := range values {
		if strings.HasPrefix(v, "'nonce-") || strings.HasPrefix(v, "'sha") {
			return true
		}
	}
	return false
}

// allowedInline says whether inline code runs: CSP3 section 6.7.3.3.
func allowedInline(all []policy, to destination, nonce, text string) bool {
	for _, p := range all {
		if values, ruled := p.sources(to); ruled && !inlineMatches(values, to, nonce, text) {
			return false
		}
	}
	return true
}

func inlineMatches(values []string, to destination, nonce, text string) bool {
	element := to == toInlineScript || to == toInlineStyle
	if element && nonce != "" && containsExactly(values, "'nonce-"+nonce+"'") {
		return true
	}
	if (element || containsFold(values, "'unsafe-hashes'")) && hashMatches(values, text) {
		return true
	}
	strict := to == toInlineScript && containsFold(values, "'strict-dynamic'")
	return containsFold(values, "'unsafe-inline'") && !trusts(values) && !strict
}

func hashMatches(values []string, text string) bool {
	for _, v := range values {
		algorithm, want, _ := strings.Cut(strings.Trim(v, "'"), "-")
		var sum []byte
		switch strings.ToLower(algorithm) {
		case "sha256":
			s := sha256.Sum256([]byte(text))
			sum = s[:]
		case "sha384":
			s := sha512.Sum384([]byte(text))
			sum = s[:]
		case "sha512":
			s := sha512.Sum512([]byte(text))
			sum = s[:]
		default:
			continue
		}
		if base64.StdEncoding.EncodeToString(sum) == strings.NewReplacer("-", "+", "_", "/").Replace(want) {
			return true
		}
	}
	return false
}

func containsFold(values []string, want string) bool {
	for _, v := range values {
		if strings.EqualFold(v, want) {
			return true
		}
	}
	return false
}

func containsExactly(values []string, want string) bool {
	for _, v := range values {
		if v == want {
			return true
		}
	}
	return false
}
