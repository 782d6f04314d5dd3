// The list of scans, and one that is still running.

package pages

// Scans is the list, newest first.
type Scans struct {
	Rows   []Scan
	Status string // the filter
	Target string // the filter: an address, or part of one
	Paging Paging
}

func (Scans) file() string  { return "scans" }
func (Scans) title() string { return "Scans" }

// Statuses are the states to choose from.
func (s Scans) Statuses() []choice {
	return choices(s.Status, "", "", "Any", "queued", "Queued", "processing", "Running", "completed", "Completed", "failed", "Failed", "cancelled", "Stopped", "interrupted", "Interrupted")
}

// A Scan is one row.
type Scan struct {
	ID, Method, URL string
	Status          string
	Grade           Grade
	Open            Tally
	Created         Moment
	Took            string // "6.8 s"; "" while it runs
	By              string // who asked: a person, a key, a monitor
	Error           string
}

// states are how the states of things are shown: a shape, a word, a tone.
var states = map[string]State{
	"queued": {"·", "Queued", "faint"}, "processing": {"…", "Running", "unsure"}, "completed": {"✓", "Completed", "good"},
	"failed": {"×", "Failed", "bad"}, "cancelled": {"×", "Stopped", "faint"}, "interrupted": {"×", "Interrupted", "unsure"},
	"ok": {"●", "OK", "good"}, "alert": {"■", "Alert", "bad"}, "nodata": {"?", "No data", "unsure"}, "paused": {"‖", "Paused", "faint"}, "new": {"·", "Not run yet", "faint"},
	"sent": {"✓", "Sent", "good"}, "held": {"‖", "Held", "faint"}, "waiting": {"…", "Waiting", "unsure"}, "disabled": {"‖", "Off", "faint"},
	"verified": {"✓", "Verified", "good"}, "pending": {"…", "Not yet", "unsure"}, "expired": {"×", "Expired", "bad"}, "revoked": {"×", "Revoked", "faint"}, "active": {"●", "Active", "good"}, "invited": {"…", "Invited", "unsure"},
}

// A State is how one is shown.
type State struct{ Sign, Word, Tone string }

// stateOf shows a word that is not in the table as itself.
func stateOf(name string) State {
	if s, ok := states[name]; ok {
		return s
	}
	return State{"·", name, "faint"}
}

// State is how far it is.
func (s Scan) State() State { return stateOf(s.Status) }

// A Live is a scan that has not ended.
type Live struct {
	ID, Method, URL string
	Status          string
	Since           Moment
	Done, Planned   int
	Says            string // "31 of 48 checks, about 3 s left"
	Now             string // what it is doing
	Checks          []Doing
	Found           []Early
}

func (Live) file() string    { return "live" }
func (l Live) title() string { return "Scanning " + l.URL }

// State is how far it is.
func (l Live) State() State { return stateOf(l.Status) }

// Percent is the bar's length.
func (l Live) Percent() int {
	if l.Planned <= 0 {
		return 0
	}
	return min(100, 100*l.Done/l.Planned)
}

// A Doing is one check of a running scan. Sign is "✓" when it is done, "…" while
// it runs and "·" before.
type Doing struct {
	Key, Name, Sign, Says string
}

// An Early is a finding before the end: what is known of it already.
type Early struct {
	Rule, Severity, Title string
}
