// A policy as it stands in its file.

package policy

// A document is the file. Every section is optional; one that is absent asks
// nothing. The JSON Schema of it is schema.json.
type document struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Version string `json:"version"`
	Date    string `json:"date"`
	Source  string `json:"source"`
	Note    string `json:"note"`

	Versions    *versionsAsked       `json:"versions"`
	Suites      map[string]listAsked `json:"suites"` // by version
	Strength    *strengthAsked       `json:"strength"`
	Groups      *groupsAsked         `json:"groups"`
	FiniteField *bitsAsked           `json:"finiteField"`
	Preference  *orderAsked          `json:"preference"`
	Schemes     *listAsked           `json:"signatureSchemes"`
	Features    *featuresAsked       `json:"features"`
	Certificate *certificateAsked    `json:"certificate"`
	Key         *keyAsked            `json:"certificateKey"`
	Signature   *listAsked           `json:"certificateSignature"` // hashes, or hash and key: "SHA-256", "ECDSA-SHA256"
	Lifetime    *daysAsked           `json:"certificateLifetime"`
	Staple      *demand              `json:"staple"`
	HSTS        *secondsAsked        `json:"hsts"`
	Beyond      []beyondSight        `json:"beyond"`
}

// demand is a section that has nothing to choose.
type demand struct {
	Cite string `json:"cite"`
}

type listAsked struct {
	Allowed []string `json:"allowed"`
	Cite    string   `json:"cite"`
}

type versionsAsked struct {
	Allowed  []string `json:"allowed"`
	Required []string `json:"required"`
	Cite     string   `json:"cite"`
}

// strengthAsked is for policies that name no suites but what a suite must be.
type strengthAsked struct {
	MinimumBits int      `json:"minimumBits"`
	Forbidden   []string `json:"forbidden"` // the words of kinds
	Cite        string   `json:"cite"`
}

type groupsAsked struct {
	Allowed     []string `json:"allowed"`
	AnyOf       []string `json:"anyOf"`
	MinimumBits int      `json:"minimumBits"` // of curves
	Cite        string   `json:"cite"`
}

type bitsAsked struct {
	MinimumBits int    `json:"minimumBits"`
	Cite        string `json:"cite"`
}

type orderAsked struct {
	Order string `json:"order"` // "client" or "server"
	Cite  string `json:"cite"`
}

type featuresAsked struct {
	NoCompression        bool   `json:"noCompression"`
	SecureRenegotiation  bool   `json:"secureRenegotiation"`
	ExtendedMasterSecret bool   `json:"extendedMasterSecret"`
	EncryptThenMAC       bool   `json:"encryptThenMac"` // where CBC suites are accepted
	NoHeartbeat          bool   `json:"noHeartbeat"`
	Cite                 string `json:"cite"`
}

type certificateAsked struct {
	Valid   bool   `json:"valid"`
	Name    bool   `json:"name"`
	Trusted bool   `json:"trusted"`
	Cite    string `json:"cite"`
}

// keyAsked: a kind of key that has neither bits nor curves is not allowed.
type keyAsked struct {
	RSABits   int      `json:"rsaBits"`
	Curves    []string `json:"curves"`    // of ECDSA keys
	CurveBits int      `json:"curveBits"` // of ECDSA keys, where curves are not named
	Ed25519   bool     `json:"ed25519"`
	Cite      string   `json:"cite"`
}

type daysAsked struct {
	MaximumDays int    `json:"maximumDays"`
	Cite        string `json:"cite"`
}

type secondsAsked struct {
	MinimumSeconds int64  `json:"minimumSeconds"`
	Cite           string `json:"cite"`
}

// beyondSight is a demand that no scan from outside can see to.
type beyondSight struct {
	Text string `json:"text"`
	Cite string `json:"cite"`
}
