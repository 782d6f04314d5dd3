// The items on versions, suites, groups and what hellos carry.

package policy

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// listed is "a, b, c", all of them; who shows it may cut it.
func listed[T fmt.Stringer](items []T) string {
	if len(items) == 0 {
		return "none"
	}
	var names []string
	for _, item := range items {
		names = append(names, item.String())
	}
	return strings.Join(names, ", ")
}

// absent is true when the port is proven to hold no TLS.
func absent(seen observe.Versions) bool {
	for _, answer := range seen {
		if !answer.Absent() {
			return false
		}
	}
	return len(seen) > 0
}

func (c *check) versions() {
	asked := c.p.doc.Versions
	if asked == nil {
		return
	}
	seen, _, gap := observe.Get(c.rec, observe.TLSVersions)
	if len(c.p.versions.allowed) > 0 {
		c.say("versions.allowed", "No other protocol version is accepted", asked.Cite, listed(c.p.versions.allowed), c.allowedVersions(seen, gap))
	}
	if len(c.p.versions.required) > 0 {
		c.say("versions.required", "These protocol versions are accepted", asked.Cite, listed(c.p.versions.required), c.requiredVersions(seen, gap))
	}
}

func (c *check) allowedVersions(seen observe.Versions, gap *observe.Gap) finding {
	var accepted, extra, open []tlshello.Version
	for _, v := range tlshello.Versions() {
		answer := seen[v]
		switch {
		case answer.Accepted():
			accepted = append(accepted, v)
			if !slices.Contains(c.p.versions.allowed, v) {
				extra = append(extra, v)
			}
		case !answer.Refused() && !slices.Contains(c.p.versions.allowed, v):
			open = append(open, v)
		}
	}
	switch {
	case gap != nil:
		return unseen(gap)
	case absent(seen):
		return finding{Fail, "the port does not speak TLS"}
	case len(extra) > 0:
		return finding{Fail, "accepts " + listed(extra)}
	case len(open) > 0:
		return finding{Unknown, "no clear answer to " + listed(open)}
	case len(accepted) == 0:
		return finding{Unknown, "no version was seen to be accepted"}
	}
	return finding{Pass, "accepts " + listed(accepted)}
}

func (c *check) requiredVersions(seen observe.Versions, gap *observe.Gap) finding {
	var missing, open []tlshello.Version
	for _, v := range c.p.versions.required {
		switch answer := seen[v]; {
		case answer.Accepted():
		case answer.Refused(), answer.Absent():
			missing = append(missing, v)
		default:
			open = append(open, v)
		}
	}
	switch {
	case gap != nil:
		return unseen(gap)
	case len(missing) > 0:
		return finding{Fail, "refuses " + listed(missing)}
	case len(open) > 0:
		return finding{Unknown, "no clear answer to " + listed(open)}
	}
	return finding{Pass, "accepts them"}
}

// suites judges each version that the policy has a list for.
func (c *check) suites() {
	seen, _, gap := observe.Get(c.rec, observe.TLSSuites)
	versions, _, gapV := observe.Get(c.rec, observe.TLSVersions)
	for _, v := range tlshello.Versions() {
		allowed, asked := c.p.suites[v]
		if !asked {
			continue
		}
		f := finding{NotApplicable, v.String() + " is not accepted"}
		switch answer := versions[v]; {
		case gapV != nil:
			f = unseen(gapV)
		case absent(versions):
			f = without()
		case answer.Accepted() && gap != nil:
			f = unseen(gap)
		case answer.Accepted():
			f = suitesOf(seen.Versions[v], allowed)
		case !answer.Refused():
			f = finding{Unknown, "no clear answer to " + v.String()}
		}
		c.say("suites."+v.String(), "No other suite is accepted at "+v.String(), c.p.doc.Suites[v.String()].Cite, listed(allowed), f)
	}
}

func suitesOf(list observe.SuiteList, allowed []tlshello.Suite) finding {
	var extra []tlshello.Suite
	for _, s := range list.Suites {
		if !slices.Contains(allowed, s.Suite) {
			extra = append(extra, s.Suite)
		}
	}
	switch {
	case len(extra) > 0:
		return finding{Fail, "accepts " + listed(extra)}
	case !list.Complete || len(list.Suites) == 0:
		return finding{Unknown, "not every suite was asked for"}
	}
	return finding{Pass, fmt.Sprintf("accepts %d of them", len(list.Suites))}
}

// A kind is a word for suites that a policy can forbid.
type kind struct {
	word string
	is   func(tlshello.Suite) bool
}

var kinds = []kind{
	{"null", tlshello.Suite.Null}, {"anonymous", tlshello.Suite.Anonymous}, {"export", tlshello.Suite.Export},
	{"rc4", tlshello.Suite.RC4}, {"des", tlshello.Suite.DES}, {"3des", tlshello.Suite.TripleDES},
	{"static-key", tlshello.Suite.StaticKey}, {"cbc", tlshello.Suite.CBC}, {"not-aead", func(s tlshello.Suite) bool { return !s.AEAD() }},
	{"md5", func(s tlshello.Suite) bool { info, ok := s.Info(); return ok && info.MAC == "MD5" }},
}

func kindWords() []string {
	var list []string
	for _, k := range kinds {
		list = append(list, k.word)
	}
	return list
}

func kindNamed(word string) func(tlshello.Suite) bool {
	for _, k := range kinds {
		if k.word == word {
			return k.is
		}
	}
	return nil
}

func (c *check) strength() {
	asked := c.p.doc.Strength
	if asked == nil {
		return
	}
	want := "none of " + strings.Join(asked.Forbidden, ", ")
	if asked.MinimumBits > 0 {
		want = fmt.Sprintf("%d bits or more, %s", asked.MinimumBits, want)
	}
	c.say("strength", "Every accepted suite is strong", asked.Cite, want, c.strong(*asked))
}

func (c *check) strong(asked strengthAsked) finding {
	seen, _, gap := observe.Get(c.rec, observe.TLSSuites)
	if gap != nil {
		return unseen(gap)
	}
	if seen.Absent {
		return without()
	}
	hits, complete := seen.Find(asked.weak)
	var names []tlshello.Suite
	for _, hit := range hits {
		if !slices.Contains(names, hit.Suite) {
			names = append(names, hit.Suite)
		}
	}
	switch {
	case len(names) > 0:
		return finding{Fail, "accepts " + listed(names)}
	case !complete || len(seen.Versions) == 0:
		return finding{Unknown, "not every suite was asked for"}
	}
	return finding{Pass, "accepts no weaker one"}
}

func (s strengthAsked) weak(suite tlshello.Suite) bool {
	if info, known := suite.Info(); !known || info.Bits < s.MinimumBits {
		return true
	}
	return slices.ContainsFunc(s.Forbidden, func(word string) bool { return kindNamed(word)(suite) })
}

func (c *check) preference() {
	asked := c.p.doc.Preference
	if asked == nil {
		return
	}
	c.say("preference", "The "+asked.Order+"'s order of suites decides", asked.Cite, asked.Order, c.ordered(observe.Preference(asked.Order)))
}

func (c *check) ordered(want observe.Preference) finding {
	seen, _, gap := observe.Get(c.rec, observe.TLSSuites)
	if gap != nil {
		return unseen(gap)
	}
	if seen.Absent {
		return without()
	}
	choice, told := false, false
	for _, v := range []tlshello.Version{tlshello.TLS10, tlshello.TLS11, tlshello.TLS12} {
		list := seen.Versions[v]
		choice = choice || len(list.Suites) > 1
		if list.Preference != "" && list.Preference != want {
			return finding{Fail, fmt.Sprintf("the %s decides at %s", list.Preference, v)}
		}
		told = told || list.Preference == want
	}
	switch {
	case told:
		return finding{Pass, fmt.Sprintf("the %s decides", want)}
	case choice:
		return finding{Unknown, "whose order decides was not told"}
	}
	return finding{NotApplicable, "below TLS 1.3 there is no choice"}
}
