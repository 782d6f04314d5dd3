// Facts about what HTTP says on both forms of the target.

package observe

import (
	"middlebrick/cookieshape"
	"middlebrick/httphead"
	"middlebrick/webpage"
)

// Keys of what HTTP tells.
var (
	SecurePages = newKey[Pages]("https.pages")
	PlainPages  = newKey[Pages]("http.pages")
	PlainHops   = newKey[Redirects]("http.redirects")
	SetCookies  = newKey[Cookies]("http.cookies")
	SecureHSTS  = newKey[HSTS]("https.hsts")
	PlainHSTS   = newKey[HSTS]("http.hsts")
	Preloaded   = newKey[Preload]("hsts.preloaded")
	FlaskKeys   = newKey[Sessions]("http.sessions")
	SecureLoads = newKey[Mixed]("https.loads")
	APILinks    = newKey[Links]("https.links")
	ForgedHost  = newKey[Forged]("http.forgedhost")
	OwnScheme   = newKey[Schemes]("https.ownscheme")
	DebugPages  = newKey[Debuggers]("http.debugger")
)

// Pages is what one form of the target answered. Absent says why there is no
// such form ("" when there is): the port is proven closed, or speaks something
// else.
type Pages struct {
	Absent string `json:"absent"`
	Pages  []Page `json:"pages"`
}

// A Page is one answer to one GET.
type Page struct {
	URL       string           `json:"url"`
	Status    int              `json:"status"`
	Reason    string           `json:"reason"`
	Fields    []httphead.Field `json:"fields"` // redacted
	Media     string           `json:"media"`  // media type, lower case, without parameters
	Bytes     int              `json:"bytes"`  // of the body that was read
	Truncated bool             `json:"truncated"`
	Password  bool             `json:"password"` // the page asks for a password
	Purpose   string           `json:"purpose"`  // "target", "root", "missing", "slash", "static", "login"
	Ref       Ref              `json:"ref"`
}

// Values are the values of a header field, in order; names are compared without
// regard to case (RFC 9110 section 5.1).
func (p Page) Values(name string) []string { return httphead.Head{Fields: p.Fields}.Values(name) }

// Content is true when the page hands out something: a 2xx with a body.
func (p Page) Content() bool { return p.Status >= 200 && p.Status < 300 && p.Bytes > 0 }

// Redirects is where the http form leads.
type Redirects struct {
	Absent string `json:"absent"`
	Hops   []Hop  `json:"hops"`
	End    string `json:"end"` // "answer", "loop", "limit", "scope", "no-answer", "bad-location"
	Detail string `json:"detail,omitempty"`
}

// A Hop is one answer on the way. To is the resolved Location, empty when the
// answer is no redirect.
type Hop struct {
	URL    string `json:"url"`
	Status int    `json:"status"`
	To     string `json:"to"`
	Ref    Ref    `json:"ref"`
}

// Cookies is every Set-Cookie of every page that was asked, and how many
// answers were looked at on each form.
type Cookies struct {
	Seen        []Cookie `json:"seen"`
	HTTPSAsked  int      `json:"httpsAsked"`
	HTTPAsked   int      `json:"httpAsked"`
	HTTPSAbsent string   `json:"httpsAbsent"` // why there is no https form, "" when there is
}

// A Cookie is one Set-Cookie field. Its value has been replaced by its mark.
type Cookie struct {
	httphead.Cookie
	Shape           cookieshape.Shape `json:"shape"`
	URL             string            `json:"url"`
	Secured         bool              `json:"secured"` // came over https
	LifetimeSeconds int64             `json:"lifetimeSeconds"`
	Persistent      bool              `json:"persistent"` // outlives the browser session
	Refused         string            `json:"refused,omitempty"`
	Vary            []string          `json:"vary"`
	CacheControl    []string          `json:"cacheControl"`
	Status          int               `json:"status"`
	Ref             Ref               `json:"ref"`
}

// HSTS is what each answer of one form said about Strict-Transport-Security.
// Literal is true when the target is an address, to which it does not apply.
type HSTS struct {
	Absent    string         `json:"absent"`
	Literal   bool           `json:"literal"`
	Responses []HSTSResponse `json:"responses"`
}

// An HSTSResponse is one answer's header, parsed.
type HSTSResponse struct {
	URL     string        `json:"url"`
	Purpose string        `json:"purpose"`
	Status  int           `json:"status"`
	HSTS    httphead.HSTS `json:"hsts"`
	Ref     Ref           `json:"ref"`
}

// Preload is what the HSTS preload list says of the host.
type Preload struct {
	List       string `json:"list"` // the list's date or name
	Listed     bool   `json:"listed"`
	Entry      string `json:"entry,omitempty"`
	Subdomains bool   `json:"subdomains"`
}

// Sessions is what the recognised framework sessions give away.
type Sessions struct {
	Seen []Session `json:"seen"`
}

// A Session is one signed cookie, read without its key.
type Session struct {
	Cookie    string   `json:"cookie"`
	Framework string   `json:"framework"`
	Kind      string   `json:"kind"`
	Names     []string `json:"names"`              // of what stands in it, never the values
	KnownKey  string   `json:"knownKey,omitempty"` // the published key that signs it
	Tried     int      `json:"tried"`
	URL       string   `json:"url"`
	Ref       Ref      `json:"ref"`
}

// Mixed is what the https pages load and where their forms post.
type Mixed struct {
	Absent string      `json:"absent"`
	Pages  []MixedPage `json:"pages"`
}

// A MixedPage is one page or style sheet that was read.
type MixedPage struct {
	URL   string         `json:"url"`
	Loads []webpage.Load `json:"loads"`
	Forms []webpage.Form `json:"forms"`
	Cut   bool           `json:"cut"` // not read to its end
	Ref   Ref            `json:"ref"`
}

// Links are the http:// addresses of the target's own site in what it answers
// over https: JSON, Link headers, an OpenAPI description's servers.
type Links struct {
	Absent string    `json:"absent"`
	Asked  int       `json:"asked"`
	Found  []APILink `json:"found"`
	Unread []string  `json:"unread,omitempty"` // answers in JSON that were not read to their end
}

// An APILink is one such address.
type APILink struct {
	URL   string `json:"url"`
	Where string `json:"where"` // JSON pointer, "Link header", "servers[0]"
	Link  string `json:"link"`
	Ref   Ref    `json:"ref"`
}

// Forged is what answers did with a Host that nobody owns.
type Forged struct {
	Asked []ForgedAnswer `json:"asked"`
}

// A ForgedAnswer is the answer to one forged request.
type ForgedAnswer struct {
	Header   string `json:"header"` // "Host" or "X-Forwarded-Host"
	URL      string `json:"url"`
	Status   int    `json:"status"`
	Location string `json:"location"`
	Follows  bool   `json:"follows"` // Location leads to the forged name
	Ref      Ref    `json:"ref"`
}

// Schemes is whether the application, asked over https, believes to be on http.
type Schemes struct {
	Absent string        `json:"absent"`
	Asked  int           `json:"asked"`
	Leaks  []SchemeLeak  `json:"leaks"`
	Right  []SchemeProof `json:"right"` // redirects that named https
}

// A SchemeLeak is one place where http:// was written for the same host.
type SchemeLeak struct {
	URL    string `json:"url"`
	Status int    `json:"status"`
	Where  string `json:"where"` // "Location", "page", "JSON"
	Leak   string `json:"leak"`
	Ref    Ref    `json:"ref"`
}

// A SchemeProof is one absolute redirect that was right.
type SchemeProof struct {
	URL      string `json:"url"`
	Location string `json:"location"`
	Ref      Ref    `json:"ref"`
}

// Debuggers is what the Werkzeug debugger's style sheet answered, on each form.
type Debuggers struct {
	Asked []DebuggerAnswer `json:"asked"`
}

// A DebuggerAnswer is the answer on one form.
type DebuggerAnswer struct {
	URL    string `json:"url"`
	Status int    `json:"status"`
	Found  bool   `json:"found"`
	Ref    Ref    `json:"ref"`
}
