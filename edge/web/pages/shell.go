// What stands around every page: who is signed in, where one can go, and what the
// last form came to.

package pages

import "strings"

// A Role is what a member may do.
type Role string

// The roles, each able to do what the one before it can.
const (
	Viewer Role = "viewer" // reads
	Member Role = "member" // scans, accepts findings, keeps monitors
	Admin  Role = "admin"  // members, keys, the scan policy
)

// A Shell is the same on all pages of an answer.
type Shell struct {
	Assets  map[string]string // "app.css" → where it is served
	Theme   string            // "light" or "dark"; "" follows the system
	Path    string            // of this page with its query, to come back to
	User    string            // "" when nobody is signed in
	Tenant  string
	Role    Role
	Engine  string // "middlebrick 1.0.0"
	Aged    string // what is old and should be renewed; "" for nothing
	Flashes []Flash
}

// A Flash is what the last form came to, said once.
type Flash struct {
	Tone string // "good", "bad", "unsure"
	Text string
}

// A Link leads somewhere on this server.
type Link struct {
	To, Text string
	Here     bool
}

// Nav are the places of the top line.
func (s Shell) Nav() []Link {
	links := []Link{{To: "/", Text: "Targets"}, {To: "/scans", Text: "Scans"}, {To: "/monitors", Text: "Monitors"}, {To: "/alerts", Text: "Alerts"}, {To: "/settings/keys", Text: "Settings"}}
	if s.Role != Admin {
		links[4].To = "/settings/account"
	}
	for i := range links {
		links[i].Here = s.within(links[i].To)
	}
	links[0].Here = links[0].Here || s.within("/targets") || s.within("/compare")
	return links
}

// within is true of a page below the first element of that address.
func (s Shell) within(to string) bool {
	path, _, _ := strings.Cut(s.Path, "?")
	if to == "/" {
		return path == "/"
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(to, "/"), "/")
	return path == "/"+first || strings.HasPrefix(path, "/"+first+"/")
}

// MayScan is true of who may change what is scanned.
func (s Shell) MayScan() bool { return s.Role == Member || s.Role == Admin }

// MayManage is true of who may change the settings.
func (s Shell) MayManage() bool { return s.Role == Admin }

// Themes are the choices of the switch.
func (s Shell) Themes() []choice {
	chosen := s.Theme
	if chosen == "" {
		chosen = "auto"
	}
	return []choice{{"auto", "Auto", chosen == "auto"}, {"light", "Light", chosen == "light"}, {"dark", "Dark", chosen == "dark"}}
}

// Sections are the pages of the settings.
func (s Shell) Sections() []Link {
	links := []Link{{To: "/settings/account", Text: "Your account"}}
	if s.MayManage() {
		links = append(links, Link{To: "/settings/keys", Text: "API keys"}, Link{To: "/settings/members", Text: "Members"})
	}
	links = append(links, Link{To: "/settings/policy", Text: "Scan policy"}, Link{To: "/settings/authorities", Text: "Trusted CAs"},
		Link{To: "/settings/channels", Text: "Channels"}, Link{To: "/settings/hosts", Text: "Verified hosts"}, Link{To: "/settings/audit", Text: "Audit log"},
		Link{To: "/settings/backup", Text: "Backup"}, Link{To: "/settings/about", Text: "About"})
	path, _, _ := strings.Cut(s.Path, "?")
	for i := range links {
		links[i].Here = links[i].To == path || strings.HasPrefix(path, links[i].To+"/")
	}
	return links
}

// A choice is one value of a list to choose from.
type choice struct {
	Value, Text string
	Chosen      bool
}

// A Form is what somebody filled in, and what is wrong with it.
type Form struct {
	Values map[string]string
	Wrong  map[string]string // field → what to mend; "" is the whole form
}

// Value is what a field holds.
func (f Form) Value(name string) string { return f.Values[name] }

// Ticked is true of a box that is ticked.
func (f Form) Ticked(name string) bool { return f.Values[name] != "" }

// Failed is true when something is wrong.
func (f Form) Failed() bool { return len(f.Wrong) > 0 }

// Whole is what is wrong with the form as a whole.
func (f Form) Whole() string { return f.Wrong[""] }

// A field is one line of a form with its label.
type field struct {
	form              Form
	Name, Label, Hint string
	Kind              string
}

// ID is the field's id in the page.
func (f field) ID() string { return f.Name }

// Value is what it holds.
func (f field) Value() string { return f.form.Values[f.Name] }

// Wrong is what to mend.
func (f field) Wrong() string { return f.form.Wrong[f.Name] }

// Type is the input's type.
func (f field) Type() string {
	if f.Kind == "" {
		return "text"
	}
	return f.Kind
}
