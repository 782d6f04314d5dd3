// Channels: where messages go, and what is wrong with how one was set up.

package notify

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// ChannelKind is what stands at a channel's other end.
type ChannelKind string

// The kinds of channels.
const (
	Webhook ChannelKind = "webhook"
	Email   ChannelKind = "email"
	Slack   ChannelKind = "slack"   // an incoming webhook
	Teams   ChannelKind = "teams"   // a webhook of Workflows
	Discord ChannelKind = "discord" // a channel's webhook
)

// ChannelKinds lists them all.
func ChannelKinds() []ChannelKind { return []ChannelKind{Webhook, Email, Slack, Teams, Discord} }

// A Channel is one place that messages go to. As JSON, and printed, it hides its
// secrets; Secrets has them.
type Channel struct {
	Kind ChannelKind `json:"kind"`
	// URL is the receiver's address. Slack, Teams and Discord take whoever knows it
	// for a friend, so there it is a secret.
	URL string `json:"url,omitempty"`
	// Secret signs a webhook: "whsec_" and 24 to 64 bytes in base64. While it is
	// being changed, OldSecret signs too.
	Secret    Secret `json:"secret,omitempty"`
	OldSecret Secret `json:"oldSecret,omitempty"`
	Mail      *Mail  `json:"mail,omitempty"` // of e-mail
}

// Security is how the way to a mail server is protected.
type Security string

// The ways. With StartTLS a server that does not offer it gets nothing.
const (
	StartTLS Security = "starttls" // port 587
	TLS      Security = "tls"      // port 465
	Plain    Security = "none"     // port 25; no password goes this way
)

var usualPorts = map[Security]int{StartTLS: 587, TLS: 465, Plain: 25}

// Mail is a mail server and what it is to carry.
type Mail struct {
	Host     string   `json:"host"`
	Port     int      `json:"port,omitempty"` // zero: the usual one
	Security Security `json:"security"`
	User     string   `json:"user,omitempty"`
	Password Secret   `json:"password,omitempty"`
	From     string   `json:"from"`
	To       []string `json:"to"`
}

// A Problem is one field that is wrong, and what would mend it.
type Problem struct {
	Field string `json:"field"` // as in JSON: "mail.to[1]"
	Mend  string `json:"mend"`
}

// Problems are all that is wrong with a channel.
type Problems []Problem

// Error names each field and its mend.
func (p Problems) Error() string {
	all := make([]string, 0, len(p))
	for _, one := range p {
		all = append(all, one.Field+": "+one.Mend)
	}
	return strings.Join(all, "; ")
}

const mostAddress = 2048 // bytes of a URL

// mostRecipients keeps one channel from becoming a mailing list.
const mostRecipients = 20

// Validate says what is wrong as Problems, or nil. What was typed is not repeated.
func (c Channel) Validate() error {
	var found Problems
	if !slices.Contains(ChannelKinds(), c.Kind) {
		return Problems{{"kind", "choose webhook, email, slack, teams or discord"}}
	}
	if c.Kind == Email {
		found = c.Mail.problems()
	} else {
		found = append(c.urlProblems(), c.secretProblems()...)
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

func (c Channel) urlProblems() Problems {
	u, err := url.Parse(c.URL)
	secure := c.Kind != Webhook
	switch {
	case c.URL == "":
		return Problems{{"url", "enter the address that messages are posted to"}}
	case len(c.URL) > mostAddress:
		return Problems{{"url", fmt.Sprintf("shorten it to %d bytes", mostAddress)}}
	case err != nil || u.Hostname() == "" || u.Opaque != "" || strings.ContainsFunc(c.URL, unprintable):
		return Problems{{"url", "enter a whole address: https://host/path"}}
	case strings.Contains(c.URL, hidden):
		return Problems{{"url", "enter it whole: " + hidden + " stands for what is not shown"}}
	case u.Scheme == "http" && secure:
		return Problems{{"url", "begin it with https://: who knows this address can write to your team"}}
	case u.Scheme != "https" && u.Scheme != "http":
		return Problems{{"url", "begin it with https://"}}
	case u.User != nil:
		return Problems{{"url", "leave out the user and password: webhooks are told from forgeries by their signature"}}
	case u.Fragment != "":
		return Problems{{"url", "leave out what follows #: it is never sent"}}
	}
	return nil
}

func unprintable(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }

func (c Channel) secretProblems() Problems {
	if c.Kind != Webhook {
		if c.Secret+c.OldSecret != "" {
			return Problems{{"secret", "leave it out: this service reads no signatures"}}
		}
		return nil
	}
	var found Problems
	if err := c.Secret.signs(); err != nil {
		found = append(found, Problem{"secret", err.Error()})
	}
	if c.OldSecret == "" {
		return found
	}
	if err := c.OldSecret.signs(); err != nil {
		found = append(found, Problem{"oldSecret", err.Error()})
	}
	return found
}

const secretPrefix = "whsec_"

// NewSecret makes a signing secret of 32 bytes of chance.
func NewSecret(chance io.Reader) (Secret, error) {
	bytes := make([]byte, 32)
	if _, err := io.ReadFull(chance, bytes); err != nil {
		return "", fmt.Errorf("make a signing secret: %w", err)
	}
	return Secret(secretPrefix + base64.StdEncoding.EncodeToString(bytes)), nil
}

// signs: the specification wants 24 to 64 bytes.
func (s Secret) signs() error {
	text, prefixed := strings.CutPrefix(string(s), secretPrefix)
	bytes, err := base64.StdEncoding.DecodeString(text)
	if !prefixed || err != nil || len(bytes) < 24 || len(bytes) > 64 {
		return fmt.Errorf("it must be whsec_ and 24 to 64 random bytes in base64; make one with: echo whsec_$(openssl rand -base64 32)")
	}
	return nil
}

// hostname is a name or an IPv4 address; no path, port or scheme passes for one.
var hostname = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?$`)

func (m *Mail) problems() Problems {
	if m == nil {
		return Problems{{"mail", "enter the mail server and the addresses"}}
	}
	found := m.serverProblems()
	if !address(m.From) {
		found = append(found, Problem{"mail.from", "enter one address: alerts@example.org"})
	}
	if len(m.To) == 0 || len(m.To) > mostRecipients {
		found = append(found, Problem{"mail.to", fmt.Sprintf("enter 1 to %d addresses", mostRecipients)})
	}
	for i, to := range m.To {
		if !address(to) {
			found = append(found, Problem{fmt.Sprintf("mail.to[%d]", i), "enter one address: ana@example.org"})
		}
	}
	return found
}

func (m *Mail) serverProblems() Problems {
	var found Problems
	literal, err := netip.ParseAddr(m.Host)
	if !hostname.MatchString(m.Host) && (err != nil || literal.Zone() != "") {
		found = append(found, Problem{"mail.host", "enter the mail server's name alone: mail.example.org"})
	}
	if m.Port < 0 || m.Port > 65535 {
		found = append(found, Problem{"mail.port", "choose one from 1 to 65535, or none for the usual one"})
	}
	if usualPorts[m.Security] == 0 {
		found = append(found, Problem{"mail.security", "choose starttls, tls or none"})
	}
	if (m.User == "") != (m.Password == "") {
		found = append(found, Problem{"mail.password", "enter a user and a password, or neither"})
	}
	if m.Password == hidden {
		found = append(found, Problem{"mail.password", "enter it anew: it is kept while server, port, user and protection stay as they are"})
	}
	if m.Security == Plain && m.Password != "" {
		found = append(found, Problem{"mail.security", "choose starttls or tls: without them anyone on the way reads the password"})
	}
	return found
}

// port is the one that was chosen, or the usual one.
func (m *Mail) port() int {
	if m.Port != 0 {
		return m.Port
	}
	return usualPorts[m.Security]
}

// address: exactly one, in ASCII, with nothing that ends a header's line.
func address(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && len(text) <= 320 && !strings.ContainsFunc(text, unicode.IsControl) &&
		!strings.ContainsFunc(parsed.Address, func(r rune) bool { return r > unicode.MaxASCII || unprintable(r) })
}

// Each splits a channel of e-mail into one for each recipient, so that an address
// that a server refuses does not keep the message from the others; each then
// needs its own delivery id. Other channels are returned alone.
func (c Channel) Each() []Channel {
	if c.Kind != Email || c.Mail == nil || len(c.Mail.To) < 2 {
		return []Channel{c}
	}
	var all []Channel
	for _, to := range c.Mail.To {
		one := *c.Mail
		one.To = []string{to}
		all = append(all, Channel{Kind: Email, Mail: &one})
	}
	return all
}
