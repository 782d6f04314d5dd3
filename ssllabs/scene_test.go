// Configurations for the tests, each a change to a good one.

package ssllabs

import (
	"slices"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

const (
	gcm128   tlshello.Suite = 0xC02F // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
	gcm256   tlshello.Suite = 0xC030
	cbc128   tlshello.Suite = 0xC013 // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
	dhe128   tlshello.Suite = 0x009E // TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
	static   tlshello.Suite = 0x009C // TLS_RSA_WITH_AES_128_GCM_SHA256
	rc4      tlshello.Suite = 0x0005 // TLS_RSA_WITH_RC4_128_SHA
	triple   tlshello.Suite = 0x000A // TLS_RSA_WITH_3DES_EDE_CBC_SHA
	des      tlshello.Suite = 0x0009 // TLS_RSA_WITH_DES_CBC_SHA
	export   tlshello.Suite = 0x0003 // TLS_RSA_EXPORT_WITH_RC4_40_MD5
	nothing  tlshello.Suite = 0x003B // TLS_RSA_WITH_NULL_SHA256
	anyone   tlshello.Suite = 0xC018 // TLS_ECDH_anon_WITH_AES_128_CBC_SHA
	aes128of tlshello.Suite = 0x1301
	aes256of tlshello.Suite = 0x1302
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// good is nginx with Mozilla's intermediate configuration and a chain that all
// trust: 100, 90 and 90, an A+.
func good() Facts {
	f := Facts{Verdicts: map[string]rule.Verdict{}}
	f.Versions.Value = observe.Versions{}
	for _, v := range tlshello.Versions() {
		f.Versions.Value[v] = observe.Answer{Result: observe.Denied}
	}
	f.Suites.Value.Versions = map[tlshello.Version]observe.SuiteList{}
	f.Features.Value.Versions = map[tlshello.Version]observe.HelloFeatures{}
	f.Groups.Value.Versions = map[tlshello.Version]observe.GroupList{}
	f.DH.Value.Complete = true
	f.Fallback.Value.Single = true
	accept(tlshello.TLS12, gcm128, gcm256)(&f)
	accept(tlshello.TLS13, aes128of, aes256of)(&f)
	f.Chain.Value = observe.Chain{At: noon, NameMatches: true, Trust: []observe.Store{{Name: "mozilla", Trusted: true}}, Certificates: []observe.Certificate{{
		NotBefore: noon.AddDate(0, -1, 0), NotAfter: noon.AddDate(0, 2, 0), KeyAlgorithm: "RSA", KeyBits: 2048, SignatureOf: "SHA-256",
	}}}
	f.HSTS.Value.Responses = []observe.HSTSResponse{{Purpose: "target", HSTS: httphead.HSTS{Present: true, Valid: true, MaxAgeSeconds: 63072000}}}
	for _, fault := range faults {
		f.Verdicts["encryption."+fault.name] = rule.Pass()
	}
	f.Verdicts["encryption.renegotiationclient"] = rule.Pass()
	return f
}

type change func(*Facts)

// accept makes a version accepted, with those suites and no other.
func accept(v tlshello.Version, suites ...tlshello.Suite) change {
	return func(f *Facts) {
		f.Versions.Value[v] = observe.Answer{Result: observe.Accepted}
		list := observe.SuiteList{Complete: true, Preference: observe.ByClient}
		for _, s := range suites {
			list.Suites = append(list.Suites, observe.SuiteSeen{Suite: s})
		}
		f.Suites.Value.Versions[v] = list
		if v == tlshello.SSL2 {
			return
		}
		f.Features.Value.Versions[v] = observe.HelloFeatures{Full: true, SecureRenegotiation: true}
		if v > tlshello.SSL3 {
			f.Groups.Value.Versions[v] = observe.GroupList{Complete: true, Groups: []observe.GroupSeen{{Group: tlshello.X25519}, {Group: tlshello.Secp384r1}}}
		}
		f.Fallback.Value = observe.Fallback{Answer: observe.Answer{Result: observe.Denied}}
	}
}

// add accepts more suites at a version.
func add(v tlshello.Version, suites ...tlshello.Suite) change {
	return func(f *Facts) {
		list := f.Suites.Value.Versions[v]
		for _, s := range suites {
			list.Suites = append(slices.Clip(list.Suites), observe.SuiteSeen{Suite: s})
		}
		f.Suites.Value.Versions[v] = list
	}
}

func refuse(v tlshello.Version) change {
	return func(f *Facts) {
		f.Versions.Value[v] = observe.Answer{Result: observe.Denied}
		delete(f.Suites.Value.Versions, v)
		delete(f.Features.Value.Versions, v)
		delete(f.Groups.Value.Versions, v)
	}
}

func silent(v tlshello.Version) change {
	return func(f *Facts) { f.Versions.Value[v] = observe.Answer{Result: observe.Silent} }
}

func order(v tlshello.Version, by observe.Preference, preferred tlshello.Suite) change {
	return func(f *Facts) {
		list := f.Suites.Value.Versions[v]
		list.Preference, list.Preferred = by, preferred
		f.Suites.Value.Versions[v] = list
	}
}

func group(v tlshello.Version, groups ...tlshello.Group) change {
	return func(f *Facts) {
		list := observe.GroupList{Complete: true}
		for _, g := range groups {
			list.Groups = append(list.Groups, observe.GroupSeen{Group: g})
		}
		f.Groups.Value.Versions[v] = list
	}
}

func dh(bits int) change {
	return func(f *Facts) {
		f.DH.Value.Seen = append(f.DH.Value.Seen, observe.DHSeen{Version: tlshello.TLS12, Suite: dhe128, Bits: bits})
	}
}

func leaf(edit func(*observe.Certificate)) change {
	return func(f *Facts) { edit(&f.Chain.Value.Certificates[0]) }
}

func key(algorithm string, bits int) change {
	return leaf(func(c *observe.Certificate) { c.KeyAlgorithm, c.KeyBits = algorithm, bits })
}

func chain(edit func(*observe.Chain)) change { return func(f *Facts) { edit(&f.Chain.Value) } }

func completed(mended bool) change {
	return chain(func(c *observe.Chain) { c.Incomplete, c.Completed = true, &observe.Completion{Mended: mended} })
}

func untrusted(f *Facts) { f.Chain.Value.Trust = []observe.Store{{Name: "mozilla"}} }

func hsts(h httphead.HSTS) change { return func(f *Facts) { f.HSTS.Value.Responses[0].HSTS = h } }

func feature(v tlshello.Version, edit func(*observe.HelloFeatures)) change {
	return func(f *Facts) {
		seen := f.Features.Value.Versions[v]
		edit(&seen)
		f.Features.Value.Versions[v] = seen
	}
}

func judged(name string, v rule.Verdict) change {
	return func(f *Facts) { f.Verdicts["encryption."+name] = v }
}

func unjudged(name string) change {
	return func(f *Facts) { delete(f.Verdicts, "encryption."+name) }
}

func scene(changes ...change) Facts {
	f := good()
	for _, c := range changes {
		c(&f)
	}
	return f
}
