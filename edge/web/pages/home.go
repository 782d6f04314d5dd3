// The first page: what to scan, what needs attention, and all targets.

package pages

// An Ask is the form that a scan is asked for with.
type Ask struct {
	Form Form
}

// Methods are what the target may be asked with; all of them only read.
func (a Ask) Methods() []choice {
	return choices(a.Form.Value("method"), "GET", "GET", "GET", "HEAD", "HEAD", "OPTIONS", "OPTIONS")
}

// Profiles are how deep a scan goes.
func (a Ask) Profiles() []choice {
	return choices(a.Form.Value("profile"), "standard", "quick", "Quick", "standard", "Standard", "deep", "Deep")
}

// choices are pairs of values and words; usual is the one that is chosen when none
// has been.
func choices(chosen, usual string, pairs ...string) []choice {
	if chosen == "" {
		chosen = usual
	}
	var all []choice
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, choice{pairs[i], pairs[i+1], pairs[i] == chosen})
	}
	return all
}

// A Home is the list of targets.
type Home struct {
	Ask       Ask
	Attention []Attention
	Targets   []Target
	All       int // targets of the tenant, whatever the filter
	Filter    Filter
	Paging    Paging
	Demo      bool   // the built-in demonstration can be scanned
	Command   string // the same on the command line
}

func (Home) file() string  { return "home" }
func (Home) title() string { return "Targets" }

// A Filter is how the list of targets was narrowed.
type Filter struct {
	Text, Grade, Sort string
}

// On is true when something is left out.
func (f Filter) On() bool { return f.Text != "" || f.Grade != "" }

// Grades are the grades to choose from.
func (f Filter) Grades() []choice {
	return choices(f.Grade, "", "", "Any", "A", "A", "B", "B", "C", "C", "D", "D", "F", "F", "none", "No grade")
}

// Sorts are the orders to choose from.
func (f Filter) Sorts() []choice {
	return choices(f.Sort, "worst", "worst", "Worst first", "latest", "Latest first", "name", "By name")
}

// An Attention is one thing that somebody should look at.
type Attention struct {
	Grade    Grade
	Target   string // method and address
	Why      string
	When     Moment
	To, Text string // where it leads, and what that is called
}

// A Target is one row.
type Target struct {
	ID, Method, URL string
	Grade           Grade
	Scores          Spark
	Open            Tally
	Last            Moment
	Scan            string // the latest scan's id
	Running         bool
	Failed          string // why the latest scan has no result; "" where it has one
}
