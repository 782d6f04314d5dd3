// Facts that stand around a certificate: whether its authority took it back,
// whether it was published, what is wrong with its form, and who may issue it.

package observe

import "time"

// Keys of what is known about the leaf beyond its chain.
var (
	CertRevocation = newKey[Revocation]("tls.revocation")
	CertTimestamps = newKey[Timestamps]("tls.timestamps")
	CertLint       = newKey[Lint]("tls.lint")
	NameCAA        = newKey[CAA]("dns.caa")
)

// Revocation is what the leaf's authority says of it. Permitted is false where
// the authority's own servers were not to be asked, so that a staple is all that
// could speak.
type Revocation struct {
	Absent    bool         `json:"absent"` // no TLS, or no certificate in it
	Detail    string       `json:"detail,omitempty"`
	Read      bool         `json:"read"` // the certificate could be read, so that the lists below are whole
	Permitted bool         `json:"permitted"`
	OCSPURLs  []string     `json:"ocspUrls"`
	CRLURLs   []string     `json:"crlUrls"`
	Answers   []Revocative `json:"answers"` // in the order in which they came
	Ref       Ref          `json:"ref"`
}

// A Revocative is one source's answer about one certificate. Status is "good",
// "revoked", or "unknown" (the responder does not know it); it is empty where
// the answer proves nothing, and Fault says why.
type Revocative struct {
	Source     string    `json:"source"` // "staple", "ocsp" or "crl"
	URL        string    `json:"url,omitempty"`
	Status     string    `json:"status"`
	Fault      string    `json:"fault,omitempty"`
	Why        Why       `json:"why,omitempty"` // no answer came
	Responder  string    `json:"responder,omitempty"`
	ThisUpdate time.Time `json:"thisUpdate,omitzero"`
	NextUpdate time.Time `json:"nextUpdate,omitzero"`
	RevokedAt  time.Time `json:"revokedAt,omitzero"`
	Reason     string    `json:"reason,omitempty"` // RFC 5280 section 5.3.1: "keyCompromise"
	Timestamps [][]byte  `json:"-"`                // SCTs that a staple carries
	Ref        Ref       `json:"ref"`
}

// Words of a Revocative's status.
const (
	StatusGood    = "good"
	StatusRevoked = "revoked"
	StatusUnknown = "unknown"
)

// Timestamps are the signed certificate timestamps (RFC 6962 section 3) that came
// with the leaf: promises of logs to publish it. List names the log list that
// they were held against and is empty where none is installed.
type Timestamps struct {
	Absent bool        `json:"absent"`
	Detail string      `json:"detail,omitempty"`
	Public bool        `json:"public"` // the chain leads to a root of browsers
	Days   int         `json:"days"`   // the certificate's lifetime
	Issuer bool        `json:"issuer"` // its issuer is known, without which none in it can be verified
	Seen   []Timestamp `json:"seen"`
	List   string      `json:"list"`
	ListAt time.Time   `json:"listAt,omitzero"`
	At     time.Time   `json:"at"`
	Ref    Ref         `json:"ref"`
}

// A Timestamp is one of them. Result is "valid" (signed by a log of the list that
// counts today), "retired" (signed by one before it retired), "rejected" (by one
// that browsers do not accept), "unknown" (of a log that the list does not have),
// "invalid" (the signature is wrong), "malformed", or "unverified".
type Timestamp struct {
	Source   string    `json:"source"` // "certificate", "tls" or "staple"
	LogID    string    `json:"logId"`  // hex
	Log      string    `json:"log,omitempty"`
	Operator string    `json:"operator,omitempty"`
	State    string    `json:"state,omitempty"` // of the log: "usable", "retired", …
	At       time.Time `json:"at,omitzero"`
	Result   string    `json:"result"`
	Detail   string    `json:"detail,omitempty"`
}

// Results of a Timestamp.
const (
	TimestampValid      = "valid"
	TimestampRetired    = "retired"
	TimestampUnknown    = "unknown"
	TimestampRejected   = "rejected"
	TimestampInvalid    = "invalid"
	TimestampMalformed  = "malformed"
	TimestampUnverified = "unverified"
)

// Lint is what zlint objects to in the leaf. Unread says why it was not linted.
type Lint struct {
	Absent  bool          `json:"absent"`
	Detail  string        `json:"detail,omitempty"`
	Public  bool          `json:"public"`  // held to the rules of public authorities too
	Private string        `json:"private"` // why an authority's rules do not apply: "self-signed"
	Unread  string        `json:"unread,omitempty"`
	Version string        `json:"version"` // of the lints
	Ran     int           `json:"ran"`
	Found   []LintFinding `json:"found"`
	Ref     Ref           `json:"ref"`
}

// A LintFinding is one lint that the certificate breaks.
type LintFinding struct {
	Name     string `json:"name"`   // "e_rsa_exp_negative"
	Status   string `json:"status"` // "error" or "fatal"
	Source   string `json:"source"` // "RFC5280", "CABF_BR", …
	Text     string `json:"text"`
	Citation string `json:"citation,omitempty"`
	Details  string `json:"details,omitempty"`
}

// CAA is who may issue certificates for the target's name (RFC 8659). Absent says
// why the question does not arise. At is the name at which records stood, empty
// when none of the name and its parents has any.
type CAA struct {
	Absent  string      `json:"absent"`
	Name    string      `json:"name"`
	At      string      `json:"at"`
	Asked   []string    `json:"asked"`
	Records []CAARecord `json:"records"`
	Cut     bool        `json:"cut,omitempty"` // there were more than are kept
	Ref     Ref         `json:"ref"`
}

// A CAARecord is one record as it stands in the DNS.
type CAARecord struct {
	Critical bool   `json:"critical"`
	Tag      string `json:"tag"`
	Value    string `json:"value"`
}
