// The settings: keys, members, what may be scanned, whom to trust and whom to tell.

package pages

// Keys are the API keys. Made is the whole new key, shown once.
type Keys struct {
	Rows []Key
	Made string
	Name string // of the new one
	Form Form
}

func (Keys) file() string  { return "keys" }
func (Keys) title() string { return "API keys" }

// Scopes are what a key may do.
func (k Keys) Scopes() []choice {
	return choices(k.Form.Value("scope"), "scan:write", "scan:read", "Read scans", "scan:write", "Read and start scans", "admin", "Everything")
}

// Lifetimes are how long a key lasts.
func (k Keys) Lifetimes() []choice {
	return choices(k.Form.Value("expires"), "90", "30", "30 days", "90", "90 days", "365", "A year", "", "For ever")
}

// A Key is one row; the key itself is not kept.
type Key struct {
	ID, Name, Shown, Scope string // shown as mb_8Kx2…f3Qa
	Created                Moment
	Used                   Moment
	From                   string // the address of the last use
	Expires                Moment
	Status                 string // "active", "expired", "revoked"
	By                     string
}

// State is whether it works.
func (k Key) State() State { return stateOf(k.Status) }

// Members are who may sign in.
type Members struct {
	Rows   []Person
	Invite string // the one-time link of the last invitation, shown once
	Form   Form
}

func (Members) file() string  { return "members" }
func (Members) title() string { return "Members" }

// Roles are what a member may be.
func (m Members) Roles() []choice {
	return choices(m.Form.Value("role"), "member", "viewer", "Viewer: reads", "member", "Member: scans", "admin", "Administrator")
}

// A Person is one member.
type Person struct {
	ID, Name, Email string
	Role            Role
	Status          string // "active", "invited", "disabled"
	Seen            Moment
	Self            bool
}

// State is whether the person can sign in.
func (p Person) State() State { return stateOf(p.Status) }

// Roles are what the person may be made.
func (p Person) Roles() []choice {
	return choices(string(p.Role), "viewer", "viewer", "Viewer", "member", "Member", "admin", "Administrator")
}

// Account is one's own page.
type Account struct {
	Name, Email string
	Form        Form
	Sessions    []Session
}

func (Account) file() string  { return "account" }
func (Account) title() string { return "Your account" }

// A Session is one browser that is signed in.
type Session struct {
	ID, Agent, From string
	Begun, Seen     Moment
	Here            bool
}

// ScanPolicy is what this server may connect to.
type ScanPolicy struct {
	Private []string // address ranges that the operator opened
	Ports   string
	Refused []string // what is always refused
	Form    Form
	Answer  string // of the address that was tested
	Allowed bool
	Asked   bool
}

func (ScanPolicy) file() string  { return "policy" }
func (ScanPolicy) title() string { return "Scan policy" }

// Authorities are the certificates that this tenant trusts beside the public ones.
type Authorities struct {
	Rows []Authority
	Form Form
}

func (Authorities) file() string  { return "authorities" }
func (Authorities) title() string { return "Trusted CAs" }

// An Authority is one of them.
type Authority struct {
	ID, Subject, SHA256 string
	Until               Moment
	Added               Moment
	By                  string
}

// Channels are where alerts go.
type Channels struct {
	Rows   []Channel
	Log    []Delivery
	Secret string // a new webhook's signing secret, shown once
	Form   Form
}

func (Channels) file() string  { return "channels" }
func (Channels) title() string { return "Channels" }

// Kinds are what a channel can be.
func (c Channels) Kinds() []choice {
	return choices(c.Form.Value("kind"), "webhook", "webhook", "Webhook, signed", "email", "E-mail", "slack", "Slack", "teams", "Microsoft Teams", "discord", "Discord")
}

// A Channel is one of them.
type Channel struct {
	ID, Name, Kind, To string // to: an address without its secret part
	Status             string // "ok", "failed", "disabled", "new"
	Last               string // "204 in 180 ms"
	At                 Moment
}

// State is how the last delivery went.
func (c Channel) State() State { return stateOf(c.Status) }

// Hosts are those that somebody proved to control; only they are sent credentials.
type Hosts struct {
	Rows []Host
	Form Form
}

func (Hosts) file() string  { return "hosts" }
func (Hosts) title() string { return "Verified hosts" }

// A Host is one of them. Token is what it must show.
type Host struct {
	ID, Name, Token string
	Status          string // "pending", "verified", "expired"
	At              Moment
	Until           Moment
	Says            string // what the last look found
}

// State is whether it is verified.
func (h Host) State() State { return stateOf(h.Status) }

// Audit is who did what.
type Audit struct {
	Rows   []Act
	Paging Paging
}

func (Audit) file() string  { return "audit" }
func (Audit) title() string { return "Audit log" }

// An Act is one line of it.
type Act struct {
	At                    Moment
	Who, What, Whom, From string
}

// Backup is how the data is kept, and how to take it along.
type Backup struct {
	Database string // "SQLite", "PostgreSQL"
	Size     string
	Last     Moment
	Says     string
	Command  string
	Restore  string
	Keep     string // the retention, in words
}

func (Backup) file() string  { return "backup" }
func (Backup) title() string { return "Backup" }

// About is what runs here.
type About struct {
	Facts []Fact
	Lists []Fact
}

// A Fact is a name and what there is to say.
type Fact struct{ Name, Says string }

func (About) file() string  { return "about" }
func (About) title() string { return "About" }
