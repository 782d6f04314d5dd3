// Monitors: what is scanned by itself, when that is worth an alert, and which
// alerts there were.

package pages

// Monitors is the list.
type Monitors struct {
	Rows []Monitor
}

func (Monitors) file() string  { return "monitors" }
func (Monitors) title() string { return "Monitors" }

// A Monitor is one row. Status is "ok", "alert", "nodata", "paused" or "new".
type Monitor struct {
	ID, Method, URL string
	Status          string
	Every           string // "6 hours"
	Next            Moment
	AlertWhen       string
	Note            string // "paused by ana", "3 of 3 failures"
	Last            Moment
	Grade           Grade
	Scan            string // the last one
}

// State is how it stands.
func (m Monitor) State() State { return stateOf(m.Status) }

// MonitorForm makes a monitor, or changes one.
type MonitorForm struct {
	ID       string // "" of a new one
	URL      string
	Status   string
	Form     Form
	Channels []Box
	Log      []Alert
	NeedHost bool // the host must be verified before credentials are sent to it
}

// A Box is one to tick.
type Box struct {
	Value, Text, Note string
	On                bool
}

func (MonitorForm) file() string { return "monitor" }
func (m MonitorForm) title() string {
	if m.ID == "" {
		return "New monitor"
	}
	return "Monitor of " + m.URL
}

// Methods are what the target may be asked with.
func (m MonitorForm) Methods() []choice { return Ask{m.Form}.Methods() }

// Profiles are how deep a scan goes.
func (m MonitorForm) Profiles() []choice { return Ask{m.Form}.Profiles() }

// Schedules are how often.
func (m MonitorForm) Schedules() []choice {
	return choices(m.Form.Value("every"), "24h", "6h", "Every 6 hours", "24h", "Daily", "168h", "Weekly", "720h", "Monthly", "cron", "By a cron line")
}

// Severities are from which one on a new finding alerts.
func (m MonitorForm) Severities() []choice {
	return choices(m.Form.Value("severity"), "high", "critical", "Critical", "high", "High or worse", "medium", "Medium or worse", "low", "Low or worse", "none", "Never")
}

// Alerts is the log of alerts, newest first.
type Alerts struct {
	Rows   []Alert
	State  string
	Paging Paging
}

func (Alerts) file() string  { return "alerts" }
func (Alerts) title() string { return "Alerts" }

// States are the states to choose from.
func (a Alerts) States() []choice {
	return choices(a.State, "", "", "All", "sent", "Sent", "held", "Held", "waiting", "Waiting", "failed", "Failed")
}

// An Alert is one thing that was worth telling. Status is "sent", "held", "waiting"
// or "failed".
type Alert struct {
	At          Moment
	Status      string
	Kind        string // "New finding", "Score drop", "Certificate expiry", "Unreachable", "Cleared"
	Text        string
	Method, URL string
	Monitor     string
	Scan        string
	Sent        []Delivery
}

// Standing is how it stands.
func (a Alert) Standing() State { return stateOf(a.Status) }

// A Delivery is one attempt to tell somebody.
type Delivery struct {
	At      Moment
	Channel string
	Event   string
	Status  string // "sent", "waiting", "failed"
	Says    string // "204 in 180 ms", "connection refused; next attempt in 5 minutes"
	Attempt int
}

// State is how it went.
func (d Delivery) State() State { return stateOf(d.Status) }
