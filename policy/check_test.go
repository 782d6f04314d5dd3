// Policies held against recordings of many kinds.

package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/tlshello"
)

// A put writes one observation.
type put func(testing.TB, *observe.Recording)

func with[T any](key observe.Key[T], value T) put {
	return func(t testing.TB, rec *observe.Recording) {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		rec.Entries[key.Name()] = observe.Entry{Key: key.Name(), Value: text}
	}
}

func recording(t testing.TB, puts ...put) *observe.Recording {
	rec := &observe.Recording{Entries: map[string]observe.Entry{}, End: &observe.End{}}
	for _, p := range puts {
		p(t, rec)
	}
	return rec
}

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func versionsOf(accepted ...tlshello.Version) observe.Versions {
	seen := observe.Versions{}
	for _, v := range tlshello.Versions() {
		seen[v] = observe.Answer{Result: observe.Denied}
		if slices.Contains(accepted, v) {
			seen[v] = observe.Answer{Result: observe.Accepted}
		}
	}
	return seen
}

func suites(list ...tlshello.Suite) observe.SuiteList {
	out := observe.SuiteList{Complete: true, Preference: observe.ByClient, Suites: []observe.SuiteSeen{}}
	for _, s := range list {
		out.Suites = append(out.Suites, observe.SuiteSeen{Suite: s})
	}
	return out
}

func groupList(list ...tlshello.Group) observe.GroupList {
	out := observe.GroupList{Complete: true, Groups: []observe.GroupSeen{}}
	for _, g := range list {
		out.Groups = append(out.Groups, observe.GroupSeen{Group: g})
	}
	return out
}

func leaf() observe.Certificate {
	return observe.Certificate{
		NotBefore: noon.AddDate(0, -1, 0), NotAfter: noon.AddDate(0, -1, 0).Add(90*24*time.Hour - time.Second),
		KeyAlgorithm: "ECDSA", KeyBits: 256, KeyCurve: "secp256r1", Signature: "ECDSA-SHA256", SignatureOf: "SHA-256",
	}
}

func chainOf(c observe.Certificate) observe.Chain {
	return observe.Chain{
		At: noon, AskedFor: "app.test", NameMatches: true, Stapled: true, StapleAsked: true,
		Trust: []observe.Store{{Name: "mozilla", Trusted: true}}, Certificates: []observe.Certificate{c},
	}
}

type byVersion[T any] map[tlshello.Version]T

// modern meets Mozilla's modern configuration, and everybody else's.
func modern(more ...put) []put {
	return append([]put{
		with(observe.TLSVersions, versionsOf(tlshello.TLS13)),
		with(observe.TLSSuites, observe.Suites{Versions: byVersion[observe.SuiteList]{tlshello.TLS13: suites(0x1301, 0x1302)}}),
		with(observe.TLSGroups, observe.Groups{Versions: byVersion[observe.GroupList]{tlshello.TLS13: groupList(tlshello.Secp256r1, tlshello.Secp384r1)}}),
		with(observe.TLSDH, observe.DHParameters{Complete: true, Seen: []observe.DHSeen{}}),
		with(observe.TLSFeatures, observe.Features{Versions: byVersion[observe.HelloFeatures]{tlshello.TLS13: {}}}),
		with(observe.TLSSignatures, observe.Signatures{Versions: byVersion[observe.SignatureList]{}}),
		with(observe.Certificates, chainOf(leaf())),
		with(observe.SecureHSTS, observe.HSTS{Responses: []observe.HSTSResponse{{Purpose: "target", HSTS: httphead.HSTS{Present: true, Valid: true, MaxAgeSeconds: 63072000}}}}),
	}, more...)
}

func outcomes(r Result) string {
	var bad []string
	for _, i := range r.Items {
		if i.Outcome == Fail || i.Outcome == Unknown {
			bad = append(bad, fmt.Sprintf("%s %s: %s", i.Outcome, i.ID, i.Saw))
		}
	}
	return strings.TrimSpace(string(r.Outcome) + "\n" + strings.Join(bad, "\n"))
}

func TestModernTargetMeetsEveryPolicyButOld(t *testing.T) {
	for _, p := range All() {
		want := "pass"
		if p.Name == "mozilla-old" {
			want = "fail\nfail certificateKey: ECDSA on secp256r1\nfail certificateSignature: ECDSA-SHA256"
		}
		if diff := cmp.Diff(want, outcomes(Check(p, recording(t, modern()...)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.Name, diff)
		}
	}
}

func TestRecordingOfNothingIsUnknown(t *testing.T) {
	for _, p := range All() {
		for _, i := range Check(p, recording(t)).Items {
			if i.Outcome != Unknown && !strings.HasPrefix(i.ID, "beyond.") {
				t.Errorf("%s: %s is %s though nothing was seen", p.Name, i.ID, i.Outcome)
			}
		}
	}
}

// Each observation taken away leaves no item passed that rests on it alone.
func TestMissingObservationNeverPasses(t *testing.T) {
	keys := []string{observe.TLSVersions.Name(), observe.TLSSuites.Name(), observe.TLSGroups.Name(), observe.TLSDH.Name(), observe.Certificates.Name(), observe.SecureHSTS.Name()}
	p, _ := Named("mozilla-intermediate")
	for _, key := range keys {
		rec := recording(t, modern()...)
		delete(rec.Entries, key)
		if got := Check(p, rec).Outcome; got != Unknown {
			t.Errorf("without %s the policy is %s", key, got)
		}
	}
}

func TestPortWithoutTLSFails(t *testing.T) {
	none := observe.Versions{}
	for _, v := range tlshello.Versions() {
		none[v] = observe.Answer{Result: observe.Absent}
	}
	p, _ := Named("mozilla-intermediate")
	got := outcomes(Check(p, recording(t, with(observe.TLSVersions, none), with(observe.TLSSuites, observe.Suites{Absent: true}),
		with(observe.TLSGroups, observe.Groups{Absent: true}), with(observe.TLSDH, observe.DHParameters{Absent: true}),
		with(observe.Certificates, observe.Chain{Absent: true}), with(observe.SecureHSTS, observe.HSTS{Absent: "closed"}))))
	if want := "fail\nfail versions.allowed: the port does not speak TLS"; got != want {
		t.Errorf("got %s", got)
	}
}

var ownCases = []struct {
	name, policy string
	changed      []put
	want         string
}{
	{"another version", `{"versions": {"allowed": ["TLS 1.3"]}}`, []put{with(observe.TLSVersions, versionsOf(tlshello.TLS10, tlshello.TLS13))},
		"fail\nfail versions.allowed: accepts TLS 1.0"},
	{"a missing version", `{"versions": {"required": ["TLS 1.2"]}}`, nil, "fail\nfail versions.required: refuses TLS 1.2"},
	{"a silent version", `{"versions": {"allowed": ["TLS 1.3"]}}`, []put{with(observe.TLSVersions, observe.Versions{tlshello.TLS13: {Result: observe.Accepted}})},
		"unknown\nunknown versions.allowed: no clear answer to SSLv2, SSLv3, TLS 1.0, TLS 1.1, TLS 1.2"},
	{"another suite", `{"suites": {"TLS 1.3": {"allowed": ["TLS_AES_256_GCM_SHA384"]}}}`, nil, "fail\nfail suites.TLS 1.3: accepts TLS_AES_128_GCM_SHA256"},
	{"suites not all asked", `{"suites": {"TLS 1.3": {"allowed": ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]}}}`,
		[]put{with(observe.TLSSuites, observe.Suites{Versions: byVersion[observe.SuiteList]{tlshello.TLS13: {Suites: []observe.SuiteSeen{{Suite: 0x1301}}}}})},
		"unknown\nunknown suites.TLS 1.3: not every suite was asked for"},
	{"a weak suite", `{"strength": {"minimumBits": 256}}`, nil, "fail\nfail strength: accepts TLS_AES_128_GCM_SHA256"},
	{"a forbidden kind", `{"strength": {"forbidden": ["cbc"]}}`,
		[]put{with(observe.TLSSuites, observe.Suites{Versions: byVersion[observe.SuiteList]{tlshello.TLS12: suites(0xC013)}})},
		"fail\nfail strength: accepts TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
	{"another group", `{"groups": {"allowed": ["secp256r1"]}}`, nil, "fail\nfail groups.allowed: accepts secp384r1"},
	{"no such group", `{"groups": {"anyOf": ["x25519", "X25519MLKEM768"]}}`, nil, "fail\nfail groups.anyOf: accepts secp256r1, secp384r1"},
	{"a short curve", `{"groups": {"minimumBits": 300}}`, nil, "fail\nfail groups.allowed: accepts secp256r1"},
	{"a short prime", `{"finiteField": {"minimumBits": 2048}}`,
		[]put{with(observe.TLSDH, observe.DHParameters{Complete: true, Seen: []observe.DHSeen{{Bits: 1024}}})}, "fail\nfail finiteField: uses one of 1024 bits"},
	{"a short ffdhe", `{"finiteField": {"minimumBits": 3000}}`,
		[]put{with(observe.TLSGroups, observe.Groups{Versions: byVersion[observe.GroupList]{tlshello.TLS13: groupList(tlshello.FFDHE2048)}})},
		"fail\nfail finiteField: uses one of 2048 bits"},
	{"the wrong order", `{"preference": {"order": "server"}}`,
		[]put{with(observe.TLSSuites, observe.Suites{Versions: byVersion[observe.SuiteList]{tlshello.TLS12: suites(0xC02F, 0xC030)}})},
		"fail\nfail preference: the client decides at TLS 1.2"},
	{"a weak signature", `{"signatureSchemes": {"allowed": ["ecdsa_secp256r1_sha256"]}}`,
		[]put{with(observe.TLSSignatures, observe.Signatures{Versions: byVersion[observe.SignatureList]{tlshello.TLS12: {Complete: true, Schemes: []observe.SignatureSeen{{Scheme: 0x0203}}}}})},
		"fail\nfail signatureSchemes: uses ecdsa_sha1"},
	{"compression", `{"features": {"noCompression": true}}`,
		[]put{with(observe.TLSFeatures, observe.Features{Versions: byVersion[observe.HelloFeatures]{tlshello.TLS12: {Compression: 1}}})},
		"fail\nfail features.compression: not so at TLS 1.2"},
	{"a feature that was not asked", `{"features": {"extendedMasterSecret": true}}`,
		[]put{with(observe.TLSFeatures, observe.Features{Versions: byVersion[observe.HelloFeatures]{tlshello.TLS12: {}}})},
		"unknown\nunknown features.extendedMasterSecret: not asked at TLS 1.2"},
	{"CBC without encrypt-then-MAC", `{"features": {"encryptThenMac": true}}`,
		[]put{with(observe.TLSSuites, observe.Suites{Versions: byVersion[observe.SuiteList]{tlshello.TLS12: suites(0xC013)}}),
			with(observe.TLSFeatures, observe.Features{Versions: byVersion[observe.HelloFeatures]{tlshello.TLS12: {Full: true}}})},
		"fail\nfail features.encryptThenMac: not so at TLS 1.2"},
	{"a long life", `{"certificateLifetime": {"maximumDays": 89}}`, nil, "fail\nfail certificateLifetime: 90.0 days"},
	{"a life to the day", `{"certificateLifetime": {"maximumDays": 90}}`, nil, "pass"},
	{"no staple", `{"staple": {}}`, []put{with(observe.Certificates, observe.Chain{StapleAsked: true, Certificates: []observe.Certificate{leaf()}})},
		"fail\nfail staple: none is stapled, and the certificate names nobody to ask for one"},
	{"another name, expired, untrusted", `{"certificate": {"valid": true, "name": true, "trusted": true}}`,
		[]put{with(observe.Certificates, observe.Chain{At: noon.AddDate(1, 0, 0), AskedFor: "other.test", Trust: []observe.Store{{Name: "mozilla"}}, Certificates: []observe.Certificate{leaf()}})},
		"fail\nfail certificate.valid: expired on 2026-12-30\nfail certificate.name: it is not for other.test\nfail certificate.trusted: no root store vouches for it"},
	{"a weak key", `{"certificateKey": {"rsaBits": 2048}}`, nil, "fail\nfail certificateKey: ECDSA on secp256r1"},
	{"short HSTS", `{"hsts": {"minimumSeconds": 63072001}}`, nil, "fail\nfail hsts: max-age is 63072000"},
	{"what cannot be seen passes nothing", `{"beyond": [{"text": "a lock on the door"}]}`, nil, "unknown"},
}

func TestOwnPolicies(t *testing.T) {
	for _, c := range ownCases {
		p, err := Parse("own.json", []byte(c.policy))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, outcomes(Check(p, recording(t, modern(c.changed...)...)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
