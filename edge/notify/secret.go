// Secrets of channels: never printed, kept apart from the rest, and put back only
// where they belong.

package notify

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// A Secret is a text that does not print. As JSON it is "***" too; Secrets is
// what a store seals.
type Secret string

// hidden is what is shown in a secret's place. Sent back, it means "as before".
const hidden = "***"

// String hides the secret, but for whether there is one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides it from %#v.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalJSON hides it.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// String says what kind of channel it is, and to which host.
func (c Channel) String() string {
	public := c.Public()
	if c.Mail != nil {
		return string(c.Kind) + " " + c.Mail.Host
	}
	return strings.TrimSpace(string(c.Kind) + " " + public.URL)
}

// GoString is no more talkative.
func (c Channel) GoString() string { return c.String() }

// MarshalJSON writes the channel as it may be shown.
func (c Channel) MarshalJSON() ([]byte, error) {
	type bare Channel // without this method
	return plainJSON(bare(c.Public()))
}

// Public is the channel as it may be shown and kept in the open: secrets are
// "***", and of an address that is a secret the host is left. A webhook's address
// is shown but for the values of its query.
func (c Channel) Public() Channel {
	c.URL = c.shownURL()
	c.Secret, c.OldSecret = Secret(c.Secret.String()), Secret(c.OldSecret.String())
	c.Mail = changed(c.Mail, func(m Mail) Mail {
		m.Password = Secret(m.Password.String())
		m.To = append([]string{}, m.To...)
		return m
	})
	return c
}

func (c Channel) shownURL() string {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" {
		return Secret(c.URL).String()
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/" + hidden, RawPath: "/" + hidden}
	if c.Kind == Webhook {
		shown.Path, shown.RawPath, shown.RawQuery = u.Path, u.RawPath, hiddenQuery(u.RawQuery)
	}
	return shown.String()
}

// hiddenQuery keeps the names: "key=***".
func hiddenQuery(raw string) string {
	if raw == "" {
		return ""
	}
	var all []string
	for pair := range strings.SplitSeq(raw, "&") {
		name, _, valued := strings.Cut(pair, "=")
		if !valued {
			name = "" // a lone word may be the secret itself
		}
		all = append(all, name+"="+hidden)
	}
	return strings.Join(all, "&")
}

// Secrets are what of a channel must be sealed before it is kept. Unlike the
// channel, its JSON holds them; it does not print them.
type Secrets struct {
	URL       string `json:"url,omitempty"`
	Secret    string `json:"secret,omitempty"`
	OldSecret string `json:"oldSecret,omitempty"`
	Password  string `json:"password,omitempty"`
	// Server is whom the password is for: a password is not put back into a channel
	// that leads elsewhere.
	Server string `json:"server,omitempty"`
}

// String hides them all.
func (s Secrets) String() string { return "secrets of a channel" }

// GoString hides them all.
func (s Secrets) GoString() string { return s.String() }

// Secrets takes them out of the channel.
func (c Channel) Secrets() Secrets {
	s := Secrets{URL: c.URL, Secret: string(c.Secret), OldSecret: string(c.OldSecret)}
	if c.Mail != nil {
		s.Password, s.Server = string(c.Mail.Password), c.Mail.server()
	}
	return s
}

// server is all that decides who gets to see a password.
func (m *Mail) server() string {
	return strings.Join([]string{string(m.Security), strings.ToLower(m.Host), strconv.Itoa(m.port()), m.User}, " ")
}

// WithSecrets puts back what is hidden ("***", or an address as Public shows it)
// or was left out; what was entered anew stays. Public and WithSecrets together
// give the channel again. A password is put back only if server, port, user and
// protection are as they were, for otherwise whoever may edit a channel could
// have it sent to a server of their own.
func (c Channel) WithSecrets(s Secrets) Channel {
	before := Channel{Kind: c.Kind, URL: s.URL}
	if c.URL == "" || c.URL == before.shownURL() {
		c.URL = s.URL
	}
	c.Secret, c.OldSecret = c.Secret.or(s.Secret), c.OldSecret.orHidden(s.OldSecret)
	c.Mail = changed(c.Mail, func(m Mail) Mail {
		if m.server() == s.Server {
			m.Password = m.Password.or(s.Password)
		}
		return m
	})
	return c
}

func (s Secret) or(kept string) Secret {
	if s == "" || s == hidden {
		return Secret(kept)
	}
	return s
}

// orHidden: an old secret that is left out has been given up.
func (s Secret) orHidden(kept string) Secret {
	if s == hidden {
		return Secret(kept)
	}
	return s
}
