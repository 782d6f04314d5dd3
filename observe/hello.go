// Facts that hellos of a special form bring to light.

package observe

import (
	"middlebrick/tlshello"
)

// Keys of what such hellos tell.
var (
	TLSSignatures = newKey[Signatures]("tls.signatures")
	TLSProtocols  = newKey[Protocols]("tls.alpn")
	TLSFallback   = newKey[Fallback]("tls.fallback")
	TLSTolerance  = newKey[Tolerance]("tls.tolerance")
	TLSNameless   = newKey[Nameless]("tls.nameless")
)

// Signatures is with which schemes the target signs its handshakes, at TLS 1.2
// and 1.3 (older versions have no choice: RFC 5246 section 7.4.1.4.1).
type Signatures struct {
	Absent   bool                               `json:"absent"`
	Versions map[tlshello.Version]SignatureList `json:"versions"`
}

// A SignatureList is the enumeration of one version's schemes, in the order of
// their numbers. Unsigned is true when no suite of the version signs anything.
type SignatureList struct {
	Schemes  []SignatureSeen `json:"schemes"`
	Unsigned bool            `json:"unsigned,omitempty"`
	Complete bool            `json:"complete"`
	Why      Why             `json:"why,omitempty"`
	Detail   string          `json:"detail,omitempty"`
}

// A SignatureSeen is one scheme that the target signed with.
type SignatureSeen struct {
	Scheme tlshello.SignatureScheme `json:"scheme"`
	Ref    Ref                      `json:"ref"`
}

// Protocols is which application protocols the target agrees to, each asked for
// alone (RFC 7301). Unknown is the answer to one that does not exist.
type Protocols struct {
	Absent  bool             `json:"absent"`
	Asked   []ProtocolAnswer `json:"asked"`
	Unknown ProtocolAnswer   `json:"unknown"`
}

// A ProtocolAnswer is the answer to a hello that offers one application protocol.
// Chosen is what the target agreed to; empty when it went on without.
type ProtocolAnswer struct {
	Protocol string `json:"protocol"`
	Chosen   string `json:"chosen"`
	Answer   Answer `json:"answer"`
}

// Accepts is true when the protocol was agreed to. Known is false when no clear
// answer came.
func (p Protocols) Accepts(protocol string) (accepts, known bool) {
	for _, asked := range p.Asked {
		if asked.Protocol == protocol {
			return asked.Chosen == protocol, asked.Answer.Result == Accepted || asked.Answer.Result == Denied
		}
	}
	return false, false
}

// Fallback is the answer to a hello that offers less than the newest version and
// says so by TLS_FALLBACK_SCSV (RFC 7507). Single is true when there is but one
// version and nothing to fall back to.
type Fallback struct {
	Absent  bool             `json:"absent"`
	Single  bool             `json:"single"`
	Newest  tlshello.Version `json:"newest,omitzero"`
	Offered tlshello.Version `json:"offered,omitzero"`
	Answer  Answer           `json:"answer"`
}

// Tolerance is how the target takes hellos that it must be able to read past.
// Accepted means that the hello was read: also where the target went on to refuse
// the application protocol in it (RFC 7301 section 3.2). Denied means the oddity:
// the same hello without it was accepted right after. Silence to the oddity twice,
// with the same hello without it answered in between, is Denied too, and IgnoredTwice
// its detail; there are servers that hang on hellos of certain lengths (RFC 7685
// section 1). Future is empty where no such question fits the target.
type Tolerance struct {
	Absent bool     `json:"absent"`
	Middle Answer   `json:"middle"` // a hello of 256 to 511 bytes
	Long   Answer   `json:"long"`   // a hello of more than 16 KiB, in several records
	Grease Answer   `json:"grease"` // reserved values in every list (RFC 8701)
	Future []Future `json:"future"`
}

// IgnoredTwice is the detail of a refusal by silence.
const IgnoredTwice = "no answer to it, twice, while the same hello without it was answered in between"

// A Future is the answer to a hello that offers a version that the target cannot
// know, beside those that it accepts; it must be answered with one of these (RFC
// 8446 section 4.2.1, appendix D.2). To a server without TLS 1.3 that is such a
// version, too.
type Future struct {
	Offered string           `json:"offered"` // "0x0305", "TLS 1.3"
	Field   string           `json:"field"`   // that offers it: "legacy_version" or "supported_versions"
	Chosen  tlshello.Version `json:"chosen,omitzero"`
	Answer  Answer           `json:"answer"`
}

// Nameless is what the target says to a hello without a server name. Literal is
// true when the target itself is an address, so that no hello has a name. Compared
// is false where it is not known which certificate is sent for the name.
type Nameless struct {
	Absent      bool         `json:"absent"`
	Literal     bool         `json:"literal"`
	AskedFor    string       `json:"askedFor"` // the name that was left out
	Answer      Answer       `json:"answer"`
	Certificate *Certificate `json:"certificate,omitempty"` // the leaf that was sent
	Compared    bool         `json:"compared"`
	Same        bool         `json:"same"` // as the one that is sent for the name
	NameMatches bool         `json:"nameMatches"`
}
