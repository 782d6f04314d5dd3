// The negotiation on paper, step by step.

package clients

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// target builds facts: what each version accepts, decided by the client's order.
type offer struct {
	v      tlshello.Version
	suites []tlshello.Suite
	groups []tlshello.Group
}

func facts(offers ...offer) Facts {
	f := Facts{Versions: observe.Versions{}, Suites: &observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{}},
		Groups: &observe.Groups{Versions: map[tlshello.Version]observe.GroupList{}}, DH: &observe.DHParameters{Complete: true}}
	for _, v := range tlshello.Versions() {
		f.Versions[v] = observe.Answer{Result: observe.Denied}
	}
	for _, o := range offers {
		f.Versions[o.v] = observe.Answer{Result: observe.Accepted}
		list := observe.SuiteList{Complete: true, Preference: observe.ByClient}
		for _, s := range o.suites {
			list.Suites = append(list.Suites, observe.SuiteSeen{Suite: s})
		}
		f.Suites.Versions[o.v] = list
		groups := observe.GroupList{Complete: true}
		for _, g := range o.groups {
			groups.Groups = append(groups.Groups, observe.GroupSeen{Group: g})
		}
		f.Groups.Versions[o.v] = groups
	}
	return f
}

func ordered(f Facts, v tlshello.Version, by observe.Preference, preferred tlshello.Suite) Facts {
	list := f.Suites.Versions[v]
	list.Preference, list.Preferred = by, preferred
	f.Suites.Versions[v] = list
	return f
}

func told(s Simulation) string {
	text := string(s.Outcome)
	if s.Version != 0 && s.Outcome == Connects {
		text += fmt.Sprintf(" %s", s.Version)
		if s.Suite != 0 {
			text += fmt.Sprintf(" %s", s.Suite)
		} else {
			text += fmt.Sprintf(" one of %d", len(s.Suites))
		}
		if s.Group != 0 {
			text += fmt.Sprintf(" %s", s.Group)
		}
		text += " secrecy " + s.ForwardSecrecy
	}
	if s.Because != "" {
		text += ": " + s.Because
	}
	return text
}

var (
	ecdhe  = []tlshello.Suite{0xC02F, 0xC030}
	curves = []tlshello.Group{tlshello.X25519, tlshello.Secp256r1}
	sample = Client{Name: "sample", SNI: true, Versions: []tlshello.Version{tlshello.TLS13, tlshello.TLS12, tlshello.TLS10},
		Suites: []tlshello.Suite{0x1301, 0xC030, 0xC02F, 0xC013, 0x009E, 0x009C, 0x002F}, Groups: curves, Shares: []tlshello.Group{tlshello.X25519},
		Schemes: []tlshello.SignatureScheme{0x0804, 0x0401}, LeastDH: 2048}
)

func namelessFacts(n observe.Nameless) Facts {
	f := facts(offer{tlshello.TLS12, ecdhe, curves})
	f.Nameless = &n
	return f
}

func dhFacts(bits int) Facts {
	f := facts(offer{tlshello.TLS12, []tlshello.Suite{0x009E}, nil})
	f.DH.Seen = []observe.DHSeen{{Version: tlshello.TLS12, Suite: 0x009E, Bits: bits}}
	return f
}

func signatureFacts(schemes ...tlshello.SignatureScheme) Facts {
	f := facts(offer{tlshello.TLS12, []tlshello.Suite{0xC02F, 0x009C}, curves})
	list := observe.SignatureList{Complete: true}
	for _, s := range schemes {
		list.Schemes = append(list.Schemes, observe.SignatureSeen{Scheme: s})
	}
	f.Signatures = &observe.Signatures{Versions: map[tlshello.Version]observe.SignatureList{tlshello.TLS12: list}}
	return f
}

func nameless() Client {
	c := sample
	c.SNI = false
	return c
}

var negotiations = []struct {
	name string
	c    Client
	f    Facts
	want string
}{
	{"the newest version, the client's first suite, the first share", sample,
		facts(offer{tlshello.TLS13, []tlshello.Suite{0x1302, 0x1301}, []tlshello.Group{tlshello.Secp256r1, tlshello.X25519}}, offer{tlshello.TLS12, ecdhe, curves}),
		"connects TLS 1.3 TLS_AES_128_GCM_SHA256 x25519 secrecy yes"},
	{"a group without a share", sample, facts(offer{tlshello.TLS13, []tlshello.Suite{0x1301}, []tlshello.Group{tlshello.Secp256r1}}),
		"connects TLS 1.3 TLS_AES_128_GCM_SHA256 secp256r1 secrecy yes"},
	{"no group", sample, facts(offer{tlshello.TLS13, []tlshello.Suite{0x1301}, []tlshello.Group{tlshello.Secp521r1}}), "fails: no key exchange group in common at TLS 1.3"},
	{"no version", sample, facts(offer{tlshello.TLS11, ecdhe, curves}), "fails: no version in common: TLS 1.3 is its newest, and the target accepts TLS 1.1"},
	{"a silent version", sample, func() Facts {
		f := facts(offer{tlshello.TLS12, ecdhe, curves})
		f.Versions[tlshello.TLS13] = observe.Answer{Result: observe.Silent}
		return f
	}(), "unknown: whether the target accepts TLS 1.3 is not known"},
	{"no suite", sample, facts(offer{tlshello.TLS12, []tlshello.Suite{0x0005}, curves}), "fails: no suite in common at TLS 1.2"},
	{"the client's order", sample, facts(offer{tlshello.TLS12, ecdhe, curves}), "connects TLS 1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 x25519 secrecy yes"},
	{"the target's order, of groups too", sample, ordered(facts(offer{tlshello.TLS12, ecdhe, curves}), tlshello.TLS12, observe.ByServer, 0xC02F),
		"connects TLS 1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 secrecy yes"},
	{"the target's order, of which the first is not offered", sample, ordered(facts(offer{tlshello.TLS12, append(ecdhe, 0x009D, 0x009C), curves}), tlshello.TLS12, observe.ByServer, 0x009D),
		"connects TLS 1.2 one of 3 secrecy unknown: the target chooses among these in an order of its own"},
	{"no order was told", sample, ordered(facts(offer{tlshello.TLS12, ecdhe, curves}), tlshello.TLS12, "", 0),
		"connects TLS 1.2 one of 2 secrecy yes: whose order decides among these is not known"},
	{"a static key", sample, facts(offer{tlshello.TLS12, []tlshello.Suite{0x009C}, nil}), "connects TLS 1.2 TLS_RSA_WITH_AES_128_GCM_SHA256 secrecy no"},
	{"no curve leaves the static key", sample, facts(offer{tlshello.TLS12, []tlshello.Suite{0xC02F, 0x009C}, []tlshello.Group{tlshello.Secp521r1}}),
		"connects TLS 1.2 TLS_RSA_WITH_AES_128_GCM_SHA256 secrecy no"},
	{"a short prime", sample, dhFacts(1024), "fails: the Diffie-Hellman group has 1024 bits, and it takes 2048 or more"},
	{"a long enough prime", sample, dhFacts(2048), "connects TLS 1.2 TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 secrecy yes"},
	{"signatures that it knows", sample, signatureFacts(0x0401), "connects TLS 1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 x25519 secrecy yes"},
	{"signatures that it does not know leave the static key", sample, signatureFacts(0x0201), "connects TLS 1.2 TLS_RSA_WITH_AES_128_GCM_SHA256 secrecy no"},
	{"TLS 1.0 signs with SHA-1", sample, facts(offer{tlshello.TLS10, []tlshello.Suite{0xC013}, curves}),
		"fails: it offers TLS 1.0, whose signatures rest on SHA-1, and takes none of those"},
	{"TLS 1.0 without a signature", sample, facts(offer{tlshello.TLS10, []tlshello.Suite{0x002F}, curves}), "connects TLS 1.0 TLS_RSA_WITH_AES_128_CBC_SHA secrecy no"},
	{"a name is needed", nameless(), namelessFacts(observe.Nameless{Answer: observe.Answer{Result: observe.Denied}}),
		"fails: it sends no server name, and without one the target refuses"},
	{"without a name another certificate", nameless(), namelessFacts(observe.Nameless{Answer: observe.Answer{Result: observe.Accepted}}),
		"fails: it sends no server name, and without one the certificate is for another name"},
	{"suites not known", sample, Facts{Versions: observe.Versions{tlshello.TLS13: {Result: observe.Accepted}}}, "unknown: the target's suites are not known"},
}

func TestNegotiationIsFollowed(t *testing.T) {
	for _, n := range negotiations {
		if got := told(Predict(n.c, n.f)); got != n.want {
			t.Errorf("%s: %s, want %s", n.name, got, n.want)
		}
	}
}

func TestNothingIsPredictedWithoutTLS(t *testing.T) {
	if got := Simulate(facts()); len(got) != 0 {
		t.Errorf("%d predictions for a target that accepts nothing", len(got))
	}
}

// A prediction never names what one of the two does not have.
func TestPredictionIsInBothOffers(t *testing.T) {
	all := All()
	rapid.Check(t, func(t *rapid.T) {
		var offers []offer
		for _, v := range tlshello.Versions()[1:] {
			if rapid.Bool().Draw(t, v.String()) {
				offers = append(offers, offer{v, rapid.SliceOfNDistinct(rapid.SampledFrom(tlshello.Suites(v)), 1, 4, rapid.ID).Draw(t, "suites"),
					rapid.SliceOfNDistinct(rapid.SampledFrom(tlshello.Groups()), 0, 4, rapid.ID).Draw(t, "groups")})
			}
		}
		c := rapid.SampledFrom(all).Draw(t, "client")
		s := Predict(c, facts(offers...))
		for _, o := range offers {
			if o.v == s.Version && s.Outcome == Connects {
				both(t, c, o, s)
			}
		}
		if s.Outcome == Connects && s.Version == 0 {
			t.Fatalf("%s connects without a version", c.Name)
		}
	})
}

func both(t *rapid.T, c Client, o offer, s Simulation) {
	for _, suite := range s.Suites {
		if !contains(c.Suites, suite) || !contains(o.suites, suite) {
			t.Fatalf("%s gets %s, which one of the two does not have", c.Name, suite)
		}
	}
	if s.Group != 0 && (!contains(c.Groups, s.Group) || !contains(o.groups, s.Group)) {
		t.Fatalf("%s gets %s, which one of the two does not have", c.Name, s.Group)
	}
}
