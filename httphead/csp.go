// Content-Security-Policy, as far as it changes what a page may load.

package httphead

import "strings"

// CSP is all enforced policies of one response; each is obeyed, so that one
// policy can only take away from what another allows (CSP3 section 3.1).
type CSP struct {
	Policies []Policy `json:"policies"`
}

// Policy is one serialized policy.
type Policy struct {
	Directives []Directive `json:"directives"`
}

// Directive is a name in lower case and its values as written.
type Directive struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// ParseCSP reads the values of all Content-Security-Policy fields of one
// response (CSP3 sections 2.2.1 and 2.2.2). A comma begins another policy, of
// directives with the same name the first counts. The Report-Only field
// enforces nothing and is not to be passed in.
func ParseCSP(values []string) CSP {
	csp := CSP{Policies: []Policy{}}
	for _, value := range values {
		for text := range strings.SplitSeq(value, ",") {
			if p := parsePolicy(text); len(p.Directives) > 0 {
				csp.Policies = append(csp.Policies, p)
			}
		}
	}
	return csp
}

func parsePolicy(text string) Policy {
	p := Policy{Directives: []Directive{}}
	for part := range strings.SplitSeq(text, ";") {
		words := strings.FieldsFunc(part, isASCIIBlank)
		if len(words) == 0 || !isASCII(part) {
			continue
		}
		name := strings.ToLower(words[0])
		if _, twice := p.Values(name); !twice {
			p.Directives = append(p.Directives, Directive{Name: name, Values: append([]string{}, words[1:]...)})
		}
	}
	return p
}

// Values returns what one directive of the policy says.
func (p Policy) Values(name string) (values []string, present bool) {
	for _, d := range p.Directives {
		if d.Name == name {
			return d.Values, true
		}
	}
	return nil, false
}

// UpgradeInsecureRequests says that http subresources and same-site navigations
// are asked for over https (Upgrade Insecure Requests, section 3.1).
func (c CSP) UpgradeInsecureRequests() bool { return c.has("upgrade-insecure-requests") }

// BlockAllMixedContent says that no http subresource is loaded at all (Mixed
// Content, 2016, section 4.1; obsolete since level 2, and void where requests
// are upgraded).
func (c CSP) BlockAllMixedContent() bool { return c.has("block-all-mixed-content") }

func (c CSP) has(name string) bool {
	for _, p := range c.Policies {
		if _, present := p.Values(name); present {
			return true
		}
	}
	return false
}

// fallbacks is the list of CSP3 section 6.8.3, from the most to the least
// specific; default-src ends each.
var fallbacks = map[string][]string{
	"script-src-elem": {"script-src"},
	"script-src-attr": {"script-src"},
	"style-src-elem":  {"style-src"},
	"style-src-attr":  {"style-src"},
	"worker-src":      {"child-src", "script-src"},
	"frame-src":       {"child-src"},
	"connect-src":     nil, "font-src": nil, "img-src": nil, "manifest-src": nil, "media-src": nil,
	"object-src": nil, "prefetch-src": nil, "script-src": nil, "style-src": nil, "child-src": nil,
}

// Sources returns, for a fetch directive such as "img-src", the source list that
// each policy applies, after the fallbacks. A policy that says nothing about it
// is left out; an empty result means that everything may be loaded. Directives
// without a fallback (form-action, frame-ancestors, base-uri) can be asked for
// too.
func (c CSP) Sources(directive string) [][]string {
	names := []string{directive}
	if general, fetch := fallbacks[directive]; fetch {
		names = append(append(names, general...), "default-src")
	}
	lists := [][]string{}
	for _, p := range c.Policies {
		if values, present := p.first(names); present {
			lists = append(lists, values)
		}
	}
	return lists
}

func (p Policy) first(names []string) ([]string, bool) {
	for _, name := range names {
		if values, present := p.Values(name); present {
			return values, true
		}
	}
	return nil, false
}

// isASCIIBlank is the Infra standard's ASCII whitespace.
func isASCIIBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\f' || r == '\r'
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
