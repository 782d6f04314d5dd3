// Facts about names, ports and TLS.

package observe

import (
	"middlebrick/tlshello"
)

// Keys of what the name, the ports and TLS hellos tell.
var (
	Addresses   = newKey[Resolution]("dns.addresses")
	Ports       = newKey[Services]("ports.services")
	TLSVersions = newKey[Versions]("tls.versions")
	TLSSuites   = newKey[Suites]("tls.suites")
	TLSGroups   = newKey[Groups]("tls.groups")
	TLSDH       = newKey[DHParameters]("tls.dh")
	TLSFeatures = newKey[Features]("tls.features")
)

// Resolution is what the target's name resolved to, and the address that the
// whole scan is pinned to.
type Resolution struct {
	Host      string   `json:"host"`
	Addresses []string `json:"addresses"`
	Left      []string `json:"left"` // found and not scanned, with the reason in words
	Pinned    string   `json:"pinned"`
}

// Services is what the two ports of the target speak.
type Services struct {
	HTTPS Service `json:"https"`
	HTTP  Service `json:"http"`
}

// A Service is what one port speaks. Speaks is "tls", "http", "ssh", "smtp" or
// another protocol's name; "closed" when the connection was refused (proof that
// nothing is there); "mute" when connections are accepted, and closed without a
// byte for this protocol; "unknown" when no answer came.
type Service struct {
	Port   int    `json:"port"`
	Speaks string `json:"speaks"`
	Why    Why    `json:"why,omitempty"` // of "mute" and "unknown"
	Detail string `json:"detail"`
	Ref    Ref    `json:"ref"`
}

// Gap is why nothing is known of what the port speaks; nil when it is known.
func (s Service) Gap() *Gap {
	if s.Speaks != "mute" && s.Speaks != "unknown" {
		return nil
	}
	return &Gap{s.Why, s.Detail}
}

// A Result is one of the wire's answers to one question about TLS.
type Result string

// The answers. Absent is said when the port is proven to hold no TLS at all;
// silence is never a refusal.
const (
	Accepted Result = "accepted"
	Denied   Result = "refused"
	Silent   Result = "no-answer"
	Absent   Result = "absent"
)

// An Answer is the target's answer to one hello.
type Answer struct {
	Result Result         `json:"result"`
	Suite  tlshello.Suite `json:"suite,omitempty"` // chosen, when accepted
	Why    Why            `json:"why,omitempty"`   // of no answer
	Detail string         `json:"detail,omitempty"`
	Ref    Ref            `json:"ref"`
}

// Accepted is true when the target answered with a ServerHello for what was
// offered.
func (a Answer) Accepted() bool { return a.Result == Accepted }

// Refused is true when the target said no: an alert, or a close or reset twice
// while a control hello still worked.
func (a Answer) Refused() bool { return a.Result == Denied }

// Absent is true when the port is proven not to speak TLS.
func (a Answer) Absent() bool { return a.Result == Absent }

// Versions is the answer for each protocol version that was asked.
type Versions map[tlshello.Version]Answer

// Suites is what each accepted protocol version accepts.
type Suites struct {
	Absent   bool                           `json:"absent"`
	Versions map[tlshello.Version]SuiteList `json:"versions"`
}

// A SuiteList is the enumeration of one version, in the order of the suites'
// numbers. It is complete when hellos that offered all that was left were
// refused.
type SuiteList struct {
	Suites     []SuiteSeen    `json:"suites"`
	Complete   bool           `json:"complete"`
	Preference Preference     `json:"preference,omitempty"`
	Preferred  tlshello.Suite `json:"preferred,omitempty"` // what the server takes of all, where it is the server that chooses
	Why        Why            `json:"why,omitempty"`
	Detail     string         `json:"detail,omitempty"`
}

// A Preference says whose order of suites decides; empty when it was not told, or
// when there is but one suite.
type Preference string

// The preferences.
const (
	ByServer Preference = "server"
	ByClient Preference = "client"
)

// A SuiteSeen is one suite that the target chose.
type SuiteSeen struct {
	Suite tlshello.Suite `json:"suite"`
	Ref   Ref            `json:"ref"`
}

// A SuiteHit is one accepted suite in one version.
type SuiteHit struct {
	Version tlshello.Version
	Suite   tlshello.Suite
	Ref     Ref
}

// Find lists the accepted suites for which is holds, oldest version first, and
// says whether the enumeration of all versions was complete.
func (s Suites) Find(is func(tlshello.Suite) bool) (hits []SuiteHit, complete bool) {
	complete = true
	for _, version := range tlshello.Versions() {
		list, asked := s.Versions[version]
		if !asked {
			continue
		}
		complete = complete && list.Complete
		for _, seen := range list.Suites {
			if is(seen.Suite) {
				hits = append(hits, SuiteHit{version, seen.Suite, seen.Ref})
			}
		}
	}
	return hits, complete
}

// Groups is which key exchange groups the target accepts, per version.
type Groups struct {
	Absent   bool                           `json:"absent"`
	Versions map[tlshello.Version]GroupList `json:"versions"`
}

// A GroupList is the enumeration of the groups of one version.
type GroupList struct {
	Groups   []GroupSeen `json:"groups"`
	Complete bool        `json:"complete"`
	Why      Why         `json:"why,omitempty"`
	Detail   string      `json:"detail,omitempty"`
}

// A GroupSeen is one group that the target chose.
type GroupSeen struct {
	Group tlshello.Group `json:"group"`
	Ref   Ref            `json:"ref"`
}

// DHParameters are the finite-field parameters that ephemeral Diffie-Hellman
// suites came with. Complete is false when a DHE suite's parameters could not be
// read, or when the suites themselves were not all known.
type DHParameters struct {
	Absent   bool     `json:"absent"`
	Seen     []DHSeen `json:"seen"`
	Complete bool     `json:"complete"`
	Detail   string   `json:"detail,omitempty"`
}

// A DHSeen is one ServerKeyExchange's group.
type DHSeen struct {
	Version tlshello.Version `json:"version"`
	Suite   tlshello.Suite   `json:"suite"`
	Bits    int              `json:"bits"`  // length of the prime
	Prime   string           `json:"prime"` // SHA-256 of the prime, hex
	Known   string           `json:"known,omitempty"`
	Ref     Ref              `json:"ref"`
}

// Features is what ServerHellos carry beside their choice, per version.
type Features struct {
	Absent   bool                               `json:"absent"`
	Versions map[tlshello.Version]HelloFeatures `json:"versions"`
}

// HelloFeatures is what one version's ServerHello carried. Full is true when the
// hello before it offered all of it; otherwise (a target that stumbles over long
// hellos) what is missing was perhaps not asked for, and is not known.
type HelloFeatures struct {
	Full                 bool   `json:"full"`
	SecureRenegotiation  bool   `json:"secureRenegotiation"`
	ExtendedMasterSecret bool   `json:"extendedMasterSecret"`
	SessionTicket        bool   `json:"sessionTicket"`
	EncryptThenMAC       bool   `json:"encryptThenMac"`
	OCSPStapling         bool   `json:"ocspStapling"`
	Heartbeat            bool   `json:"heartbeat"`
	Compression          int    `json:"compression"`
	DowngradeSentinel    string `json:"downgradeSentinel,omitempty"`
	Extensions           []int  `json:"extensions"`
	Ref                  Ref    `json:"ref"`
}
