// How the target takes messages that a sound implementation refuses: what known
// faults of TLS software are told by.

package observe

import (
	"slices"
	"strings"

	"middlebrick/tlshello"
)

// Keys of what such messages tell.
var (
	Heartbeats = newKey[HeartbeatReplies]("tls.heartbeats")
	EarlyCCS   = newKey[Reactions]("tls.earlyccs")
	RSAOracle  = newKey[Reactions]("tls.rsaoracle")
	CBCOracle  = newKey[Reactions]("tls.cbcoracle")
	SSL2Keys   = newKey[SSL2Key]("tls.ssl2key")
	PlainTLS   = newKey[PlainUpgrade]("http.upgradetls")
)

// A Reaction is how the target took one message, as a word that can be compared:
// one of the constants, "alert bad_record_mac (20)", or "record of type 22". How a
// connection was closed, by FIN or RST, is not told apart: which of them comes
// depends on what the target's kernel had still unread, and so on chance.
type Reaction string

// OfAlert is the reaction of a fatal alert, or close_notify.
func OfAlert(description byte) Reaction {
	return Reaction("alert " + tlshello.Alert{Level: 2, Description: description}.String())
}

// Alert is true where the reaction is an alert.
func (r Reaction) Alert() bool { return strings.HasPrefix(string(r), "alert ") }

// The reactions that are no record.
const (
	ClosedOn Reaction = "closed"    // without an alert
	NoReply  Reaction = "no answer" // within the time of a hello
	Served   Reaction = "data"      // the record was taken as sound
)

// Reactions is how the target took several forms of one message. Spared says why
// the question cannot arise, where that is proven.
type Reactions struct {
	Absent  bool             `json:"absent"` // the port is proven to hold no TLS
	Spared  string           `json:"spared,omitempty"`
	Version tlshello.Version `json:"version,omitzero"`
	Trials  []Trial          `json:"trials"`
	Why     Why              `json:"why,omitempty"` // of what could not be asked
	Detail  string           `json:"detail,omitempty"`
}

// A Trial is one form of the message, and how it was taken each time that it was
// sent. Those of one group are to be compared.
type Trial struct {
	Group string         `json:"group"`
	Form  string         `json:"form"`
	Suite tlshello.Suite `json:"suite,omitempty"`
	Took  []Reaction     `json:"took"`
	Refs  []Ref          `json:"refs"`
}

// Of is the trial of that form in that group.
func (r Reactions) Of(group, form string) (Trial, bool) {
	for _, trial := range r.Trials {
		if trial.Group == group && trial.Form == form {
			return trial, true
		}
	}
	return Trial{}, false
}

// Note adds how a form was taken once more.
func (r *Reactions) Note(group, form string, suite tlshello.Suite, took Reaction, ref Ref) {
	at := slices.IndexFunc(r.Trials, func(t Trial) bool { return t.Group == group && t.Form == form })
	if at < 0 {
		at = len(r.Trials)
		r.Trials = append(r.Trials, Trial{Group: group, Form: form, Suite: suite})
	}
	r.Trials[at].Took, r.Trials[at].Refs = append(r.Trials[at].Took, took), append(r.Trials[at].Refs, ref)
}

// Groups are the groups of the trials, in the order asked.
func (r Reactions) Groups() (groups []string) {
	seen := map[string]bool{}
	for _, trial := range r.Trials {
		if !seen[trial.Group] {
			seen[trial.Group], groups = true, append(groups, trial.Group)
		}
	}
	return groups
}

// Steady is the one way in which the form was taken; false where it was taken in
// different ways, or never asked.
func (t Trial) Steady() (Reaction, bool) {
	if len(t.Took) == 0 {
		return "", false
	}
	for _, took := range t.Took {
		if took != t.Took[0] {
			return "", false
		}
	}
	return t.Took[0], true
}

// The forms of the message "change_cipher_spec before the key exchange", all in
// one group: followed by a record out of turn that stands in the clear, that record
// without it, and it alone; followed by the right ClientKeyExchange, and that
// without it.
const (
	CCSFollowed = "followed"
	CCSControl  = "control"
	CCSAlone    = "alone"
	CCSKeyed    = "keyed"
	CCSKeyAlone = "key-alone"
)

// The forms of an RSA-encrypted premaster secret (Boeck, Somorovsky, Young,
// "Return Of Bleichenbacher's Oracle Threat", 2018, section 3.2).
const (
	RSARight       = "right"       // 0002, padding, 00, version, 46 bytes
	RSAPrefix      = "prefix"      // begins with 4117
	RSASeparator   = "separator"   // 00 in a wrong place
	RSAUnseparated = "unseparated" // no 00 at all
	RSAVersion     = "version"     // the wrong version before the secret
)

// RSAForms are all of them, the right one first.
func RSAForms() []string {
	return []string{RSARight, RSAPrefix, RSASeparator, RSAUnseparated, RSAVersion}
}

// The groups of RSA messages: with a Finished that cannot be right behind them, and
// with a message out of turn instead of change_cipher_spec.
const (
	RSAFinished = "with Finished"
	RSAHalted   = "without change_cipher_spec"
)

// The forms of an encrypted record of CBC.
const (
	CBCSound        = "sound"         // nothing is altered
	CBCMAC          = "mac"           // a wrong MAC, right padding
	CBCPadding      = "padding"       // a right MAC, wrong padding
	CBCBoth         = "both"          // a wrong MAC and wrong padding
	CBCEmptyMAC     = "empty-mac"     // no content, a wrong MAC
	CBCEmptyPadding = "empty-padding" // no content, wrong padding
	CBCShort        = "short"         // nothing but right padding, no room for a MAC
)

// CBCForms are all of them, the sound one first.
func CBCForms() []string {
	return []string{CBCSound, CBCMAC, CBCPadding, CBCBoth, CBCEmptyMAC, CBCEmptyPadding, CBCShort}
}

// HeartbeatReplies is what each version does with a heartbeat request that claims
// more than it carries (RFC 6520 section 4: it must be dropped).
type HeartbeatReplies struct {
	Absent   bool                                `json:"absent"`
	Versions map[tlshello.Version]HeartbeatReply `json:"versions"`
}

// A HeartbeatReply is one version's. Agreed is true when its ServerHello had the
// extension; without it nothing more is asked. Carried is how many bytes the
// request had room for and Claimed how many it spoke of. Answered is the length of
// the answer's payload, of which nothing was read; 0 when the next answer was to
// the message behind it, which is then the Reaction.
type HeartbeatReply struct {
	Agreed   bool     `json:"agreed"`
	Carried  int      `json:"carried"`
	Claimed  int      `json:"claimed"`
	Answered int      `json:"answered"`
	Reaction Reaction `json:"reaction,omitempty"`
	Why      Why      `json:"why,omitempty"` // of what could not be asked
	Detail   string   `json:"detail,omitempty"`
	Ref      Ref      `json:"ref"`
}

// SSL2Key is whether SSLv2 is served with the key of the TLS certificate.
type SSL2Key struct {
	Absent bool             `json:"absent"` // the port is proven to hold no TLS
	SSL2   Result           `json:"ssl2"`
	Suites []tlshello.Suite `json:"suites"` // that SSLv2 names
	Bits   int              `json:"bits"`   // of SSLv2's RSA key; 0: there is none
	// Same says whether TLS proves its identity with this very key; empty where no
	// version of TLS is accepted.
	Same     Answered `json:"same"`
	ClearKey Answered `json:"clearKey"` // a master key partly in clear is taken for a suite that must have none (CVE-2016-0703)
	Why      Why      `json:"why,omitempty"`
	Detail   string   `json:"detail,omitempty"`
	Refs     []Ref    `json:"refs"`
}

// Answered is yes, no, or empty where it was not told.
type Answered string

// The answers.
const (
	Yes Answered = "yes"
	No  Answered = "no"
)

// PlainUpgrade is the answer of the http form to a request that asks to go on with
// TLS on the same connection (RFC 2817 section 3).
type PlainUpgrade struct {
	Absent   string `json:"absent,omitempty"` // why there is nothing to ask
	Status   int    `json:"status"`
	Upgrade  string `json:"upgrade,omitempty"` // what a 101 agrees to
	Switched bool   `json:"switched"`          // status 101
	URL      string `json:"url"`
	Ref      Ref    `json:"ref"`
}
