// Package report is the one document that a scan comes to: what the command
// line prints, the API serves and the CI gate reads. Its published JSON Schema
// is schema.json; minor versions only add.
package report

import (
	"time"

	"middlebrick/clients"
	"middlebrick/observe"
	"middlebrick/policy"
	"middlebrick/rule"
	"middlebrick/ssllabs"
	"middlebrick/target"
)

// Schema is the version that every report names.
const Schema = "middlebrick.scan/1.0"

// Status is how far the scan came.
type Status string

// The states of a scan; a report that was printed has one of the last three.
const (
	Completed   Status = "completed"
	Failed      Status = "failed"      // the target could not be reached: nothing was judged
	Interrupted Status = "interrupted" // stopped by the user; what was seen is judged
)

// A Report is the whole document. Lists are never null; a score that was not
// given is null and never zero.
type Report struct {
	Schema        string               `json:"schema"`
	ID            string               `json:"id"`
	Status        Status               `json:"status"`
	APIURL        string               `json:"apiUrl"`
	Method        string               `json:"method"`
	CreatedAt     time.Time            `json:"createdAt"`
	CompletedAt   time.Time            `json:"completedAt"`
	ErrorMessage  string               `json:"errorMessage,omitempty"`
	Engine        Engine               `json:"engine"`
	Target        Target               `json:"target"`
	Attack        Attack               `json:"attack"`
	Overall       *int                 `json:"overall"`
	LetterGrade   *string              `json:"letterGrade"`
	CappedBy      *string              `json:"cappedBy"`
	WithoutCap    *int                 `json:"withoutCap"`
	Withheld      string               `json:"withheld,omitempty"` // why there is no score
	Assessed      int                  `json:"assessedWeight"`     // percent of the checks' weight
	Coverage      Coverage             `json:"coverage"`
	Categories    map[string]*int      `json:"categories"` // display name → score
	Checks        []Check              `json:"checks"`     // in the order of reports
	Findings      []Finding            `json:"findings"`
	NotTested     []NotTested          `json:"notTested"`
	Passed        []string             `json:"passed"`
	NotApplicable []string             `json:"notApplicable"`
	TLS           *TLS                 `json:"tls"`
	HSTS          *observe.HSTS        `json:"hsts,omitempty"` // as answers over https carry it; absent where none could be read
	Labs          *ssllabs.Letter      `json:"labs"`           // the SSL Labs letter; null where there is no TLS to rate
	Policies      []policy.Result      `json:"policies"`       // those that were asked for
	Clients       []clients.Simulation `json:"clients"`        // what real clients would get, as predicted
	Road          []Step               `json:"road"`
	Data          []List               `json:"data,omitempty"` // the lists that age, as the scan had them; none of a recording that does not say
	Cost          observe.Cost         `json:"cost"`
	Remainder     *Remainder           `json:"remainder,omitempty"` // absent where nothing is accepted and there is no baseline
	Expired       []Expiry             `json:"expired,omitempty"`   // acceptances whose day is past
	Baseline      *Baseline            `json:"baseline,omitempty"`  // absent where there is none
}

// Engine is what judged.
type Engine struct {
	Version    string `json:"version"`
	Rules      int    `json:"rules"`
	ScoreModel string `json:"scoreModel"`
}

// Target is what was scanned, as the scan found it.
type Target struct {
	Host      string          `json:"host"`
	Port      int             `json:"port"`
	Addresses []string        `json:"addresses"`
	Pinned    string          `json:"pinned"`
	Local     bool            `json:"local"`
	Stack     []Part          `json:"stack"`    // from the outside to the inside
	Edge      string          `json:"edge"`     // the part that speaks to the client; "" where none can be told
	Platform  string          `json:"platform"` // the heading of fixes that fits best
	Audience  target.Audience `json:"audience"`
	Because   string          `json:"audienceBecause"`
	HTTPS     string          `json:"https"` // what the https port speaks
	HTTP      string          `json:"http"`
}

// A Part is one recognised piece of software.
type Part struct {
	Name       string      `json:"name"`
	Version    string      `json:"version"`
	Role       string      `json:"role"` // "proxy", "server", "framework", "extension", "language", "library"
	Confidence string      `json:"confidence"`
	Evidence   observe.Ref `json:"evidence"`
	Because    string      `json:"because"`
}

// Attack is the answer at the top: can someone in the middle read or change
// this traffic?
type Attack struct {
	Answer   string `json:"answer"` // "yes", "no", "unknown"
	Sentence string `json:"sentence"`
	Paths    []Path `json:"paths"`
}

// A Path is one way in.
type Path struct {
	Name     string   `json:"name"`
	Holds    string   `json:"holds"` // "yes", "residual", "no", "unknown"
	Because  string   `json:"because"`
	Findings []string `json:"findings"` // rule ids that it rests on
}

// Coverage is how much of what was planned could be answered.
type Coverage struct {
	Ran          int `json:"ran"`
	Planned      int `json:"planned"`
	Inconclusive int `json:"inconclusive"`
}

// A Check is one of the twelve. State is "assessed", "withheld",
// "not-applicable" or "not-implemented"; only the first has a score.
type Check struct {
	Key          string  `json:"key"`
	Name         string  `json:"name"`
	State        string  `json:"state"`
	Why          string  `json:"why,omitempty"` // of no score
	Score        *int    `json:"score"`
	Grade        *string `json:"grade"`
	Weight       int     `json:"weight"`
	Findings     int     `json:"findings"`
	Rules        int     `json:"rules"`
	Inconclusive int     `json:"inconclusive"`
	Arithmetic   []Term  `json:"arithmetic"` // how the score came about, line by line
}

// A Term is one line of a score's arithmetic.
type Term struct {
	Text  string `json:"text"`  // "start", "encryption.tls10 (high)", "capped by …"
	Delta int    `json:"delta"` // points
	Score int    `json:"score"` // after this line
}

// A Finding is one failure at one place.
type Finding struct {
	ID          string        `json:"id"` // fingerprint: stable over time, wording and address
	Rule        string        `json:"rule"`
	Category    string        `json:"category"`
	Severity    rule.Severity `json:"severity"`
	Base        rule.Severity `json:"baseSeverity"`
	Because     string        `json:"severityBecause,omitempty"`
	Title       string        `json:"title"`
	Description string        `json:"description"` // what was seen
	Means       string        `json:"means"`       // why it matters, one sentence
	Remediation string        `json:"remediation"` // the fix for the recognised platform, Markdown
	Fixes       []Fix         `json:"fixes"`
	Where       string        `json:"where"`
	Evidence    []Evidence    `json:"evidence"`
	Reproduce   []string      `json:"reproduce"`
	CWE         []int         `json:"cwe"`
	OWASP       string        `json:"owasp"`
	PCI         []string      `json:"pci"`
	References  []rule.Cite   `json:"references"`
	State       string        `json:"state"` // "open" or "accepted"
	New         bool          `json:"new"`
	Acceptance  *Acceptance   `json:"acceptance,omitempty"` // of an accepted one
}

// A Fix is what to type on one platform; the first in a finding's list fits the
// recognised stack.
type Fix struct {
	Platform string `json:"platform"`
	Text     string `json:"text"` // Markdown
}

// Evidence is one recorded exchange.
type Evidence struct {
	Ref      observe.Ref `json:"ref"`
	About    string      `json:"about"`
	Sent     string      `json:"sent"`
	Received string      `json:"received"`
}

// A NotTested is one rule whose question got no answer.
type NotTested struct {
	Rule   string      `json:"rule"`
	Reason observe.Why `json:"reason"`
	Detail string      `json:"detail"`
}

// A List is one of the lists that age: of what date it was at the time of the scan,
// or that there was none.
type List struct {
	Kind    string `json:"kind"`
	State   string `json:"state"` // "current", "old", "undated", "missing"
	Date    string `json:"date,omitempty"`
	Entries int    `json:"entries"`
	Says    string `json:"says"`
}

// A Step of the road up: with these rules mended too, the score would be this.
type Step struct {
	Fix     []string `json:"fix"`
	Overall int      `json:"overall"`
	Grade   string   `json:"letterGrade"`
}

// TLS is what the TLS side showed; null for what was not asked, or not answered.
type TLS struct {
	Versions     observe.Versions      `json:"versions"`
	Suites       *observe.Suites       `json:"suites"`
	Groups       *observe.Groups       `json:"groups"`
	DH           *observe.DHParameters `json:"dh"`
	Features     *observe.Features     `json:"features"`
	Signatures   *observe.Signatures   `json:"signatures"`
	Protocols    *observe.Protocols    `json:"protocols"` // of the application, by ALPN
	Fallback     *observe.Fallback     `json:"fallback"`
	Tolerance    *observe.Tolerance    `json:"tolerance"`
	Nameless     *observe.Nameless     `json:"nameless"`
	Certificates *observe.Chain        `json:"certificates"`
	Revocation   *observe.Revocation   `json:"revocation,omitempty"`
	Timestamps   *observe.Timestamps   `json:"timestamps,omitempty"`
	CAA          *observe.CAA          `json:"caa,omitempty"`
}
