// The items on groups, signature schemes and features of the handshake.

package policy

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// accepted are all groups of all versions; complete is false when there may be
// more.
func accepted(seen observe.Groups) (list []tlshello.Group, complete bool) {
	complete = true
	for _, v := range tlshello.Versions() {
		of, asked := seen.Versions[v]
		complete = complete && (!asked || of.Complete)
		for _, g := range of.Groups {
			if !slices.Contains(list, g.Group) {
				list = append(list, g.Group)
			}
		}
	}
	return list, complete
}

func (c *check) groups() {
	asked := c.p.doc.Groups
	if asked == nil {
		return
	}
	seen, _, gap := observe.Get(c.rec, observe.TLSGroups)
	if len(c.p.groups.allowed) > 0 || asked.MinimumBits > 0 {
		want := listed(c.p.groups.allowed)
		if asked.MinimumBits > 0 {
			want = fmt.Sprintf("curves of %d bits or more", asked.MinimumBits)
		}
		c.say("groups.allowed", "No other key exchange group is accepted", asked.Cite, want, c.allowedGroups(seen, gap))
	}
	if len(c.p.groups.anyOf) > 0 {
		c.say("groups.anyOf", "One of these key exchange groups is accepted", asked.Cite, listed(c.p.groups.anyOf), c.anyGroup(seen, gap))
	}
}

func (c *check) allowedGroups(seen observe.Groups, gap *observe.Gap) finding {
	if gap != nil {
		return unseen(gap)
	}
	if seen.Absent {
		return without()
	}
	list, complete := accepted(seen)
	extra := slices.DeleteFunc(slices.Clone(list), c.groupAllowed)
	switch {
	case len(extra) > 0:
		return finding{Fail, "accepts " + listed(extra)}
	case !complete:
		return finding{Unknown, "not every group was asked for"}
	case len(list) == 0:
		return finding{NotApplicable, "no group is negotiated"}
	}
	return finding{Pass, "accepts " + listed(list)}
}

func (c *check) groupAllowed(g tlshello.Group) bool {
	if len(c.p.groups.allowed) > 0 && !slices.Contains(c.p.groups.allowed, g) {
		return false
	}
	info, known := g.Info()
	return known && (info.Kind != "EC" || info.Size >= c.p.doc.Groups.MinimumBits)
}

func (c *check) anyGroup(seen observe.Groups, gap *observe.Gap) finding {
	if gap != nil {
		return unseen(gap)
	}
	if seen.Absent {
		return without()
	}
	list, complete := accepted(seen)
	found := slices.DeleteFunc(slices.Clone(list), func(g tlshello.Group) bool { return !slices.Contains(c.p.groups.anyOf, g) })
	switch {
	case len(found) > 0:
		return finding{Pass, "accepts " + listed(found)}
	case !complete:
		return finding{Unknown, "not every group was asked for"}
	case len(list) == 0:
		return finding{NotApplicable, "no group is negotiated"}
	}
	return finding{Fail, "accepts " + listed(list)}
}

// finiteField looks at the parameters of DHE suites and at the groups of RFC 7919.
func (c *check) finiteField() {
	asked := c.p.doc.FiniteField
	if asked == nil {
		return
	}
	want := fmt.Sprintf("%d bits or more", asked.MinimumBits)
	c.say("finiteField", "Diffie-Hellman groups over finite fields are long", asked.Cite, want, c.primes(asked.MinimumBits))
}

func (c *check) primes(least int) finding {
	seen, _, gap := observe.Get(c.rec, observe.TLSDH)
	if gap != nil {
		return unseen(gap)
	}
	if seen.Absent {
		return without()
	}
	shortest := 0
	note := func(bits int) {
		if shortest == 0 || bits < shortest {
			shortest = bits
		}
	}
	for _, one := range seen.Seen {
		note(one.Bits)
	}
	groups, _, gap := observe.Get(c.rec, observe.TLSGroups)
	list, complete := accepted(groups)
	for _, g := range list {
		if info, known := g.Info(); known && info.Kind == "FF" {
			note(info.Size)
		}
	}
	switch {
	case shortest > 0 && shortest < least:
		return finding{Fail, fmt.Sprintf("uses one of %d bits", shortest)}
	case gap != nil:
		return unseen(gap)
	case !seen.Complete || !complete:
		return finding{Unknown, "not every one could be read"}
	case shortest == 0:
		return finding{NotApplicable, "none is used"}
	}
	return finding{Pass, fmt.Sprintf("the shortest has %d bits", shortest)}
}

func (c *check) schemes() {
	asked := c.p.doc.Schemes
	if asked == nil {
		return
	}
	c.say("signatureSchemes", "No other signature scheme is used in handshakes", asked.Cite, listed(c.p.schemes), c.signed())
}

func (c *check) signed() finding {
	seen, _, gap := observe.Get(c.rec, observe.TLSSignatures)
	if gap != nil {
		return unseen(gap)
	}
	if seen.Absent {
		return without()
	}
	var extra []tlshello.SignatureScheme
	complete := true
	for _, v := range tlshello.Versions() {
		list, asked := seen.Versions[v]
		complete = complete && (!asked || list.Complete)
		for _, s := range list.Schemes {
			if !slices.Contains(c.p.schemes, s.Scheme) && !slices.Contains(extra, s.Scheme) {
				extra = append(extra, s.Scheme)
			}
		}
	}
	switch {
	case len(extra) > 0:
		return finding{Fail, "uses " + listed(extra)}
	case !complete:
		return finding{Unknown, "not every scheme was asked for"}
	}
	return finding{Pass, "uses no other"}
}

// A trait is one feature of the hellos up to TLS 1.2, which TLS 1.3 has built in
// or done away with.
type trait struct {
	id, text, want string
	asked          func(featuresAsked) bool
	holds          func(observe.HelloFeatures) bool
	told           func(observe.HelloFeatures) bool // whether the hello settles it
}

func full(h observe.HelloFeatures) bool { return h.Full }

var traits = []trait{
	{"compression", "TLS compression is off", "off", func(f featuresAsked) bool { return f.NoCompression },
		func(h observe.HelloFeatures) bool { return h.Compression == 0 }, func(h observe.HelloFeatures) bool { return h.Full || h.Compression != 0 }},
	{"secureRenegotiation", "Renegotiation is secure (RFC 5746)", "supported", func(f featuresAsked) bool { return f.SecureRenegotiation },
		func(h observe.HelloFeatures) bool { return h.SecureRenegotiation }, func(h observe.HelloFeatures) bool { return h.Full || h.SecureRenegotiation }},
	{"extendedMasterSecret", "The extended master secret is used (RFC 7627)", "supported", func(f featuresAsked) bool { return f.ExtendedMasterSecret },
		func(h observe.HelloFeatures) bool { return h.ExtendedMasterSecret }, func(h observe.HelloFeatures) bool { return h.Full || h.ExtendedMasterSecret }},
	{"heartbeat", "The heartbeat extension is off", "off", func(f featuresAsked) bool { return f.NoHeartbeat },
		func(h observe.HelloFeatures) bool { return !h.Heartbeat }, func(h observe.HelloFeatures) bool { return h.Full || h.Heartbeat }},
}

func (c *check) features() {
	asked := c.p.doc.Features
	if asked == nil {
		return
	}
	for _, t := range traits {
		if t.asked(*asked) {
			c.say("features."+t.id, t.text, asked.Cite, t.want, c.trait(t))
		}
	}
	if asked.EncryptThenMAC {
		c.say("features.encryptThenMac", "CBC suites come with encrypt-then-MAC (RFC 7366)", asked.Cite, "supported, or no CBC suite", c.encryptThenMAC())
	}
}

func (c *check) trait(t trait) finding {
	seen, _, gap := observe.Get(c.rec, observe.TLSFeatures)
	if gap != nil {
		return unseen(gap)
	}
	if seen.Absent {
		return without()
	}
	var failing, open, good []string
	for _, v := range []tlshello.Version{tlshello.SSL3, tlshello.TLS10, tlshello.TLS11, tlshello.TLS12} {
		h, asked := seen.Versions[v]
		switch {
		case !asked:
		case !t.told(h):
			open = append(open, v.String())
		case !t.holds(h):
			failing = append(failing, v.String())
		default:
			good = append(good, v.String())
		}
	}
	switch {
	case len(failing) > 0:
		return finding{Fail, "not so at " + strings.Join(failing, ", ")}
	case len(open) > 0:
		return finding{Unknown, "not asked at " + strings.Join(open, ", ")}
	case len(good) > 0:
		return finding{Pass, "so at " + strings.Join(good, ", ")}
	}
	return finding{NotApplicable, "TLS 1.3 alone is accepted, where the question does not arise"}
}

func (c *check) encryptThenMAC() finding {
	suites, _, gap := observe.Get(c.rec, observe.TLSSuites)
	if gap != nil {
		return unseen(gap)
	}
	if suites.Absent {
		return without()
	}
	hits, complete := suites.Find(tlshello.Suite.CBC)
	if len(hits) == 0 && complete {
		return finding{NotApplicable, "no CBC suite is accepted"}
	}
	if len(hits) == 0 {
		return finding{Unknown, "not every suite was asked for"}
	}
	return c.trait(trait{
		holds: func(h observe.HelloFeatures) bool { return h.EncryptThenMAC }, told: full,
	})
}
