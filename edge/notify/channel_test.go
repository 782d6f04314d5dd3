// Tests of channels: what is wrong with one is said by field and mend, and its
// secrets come out where they were asked for alone.

package notify_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/edge/notify"
)

func TestChannelsThatAreRightPass(t *testing.T) {
	for _, c := range everyChannel() {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", c, err)
		}
	}
}

func everyChannel() []notify.Channel {
	rotating, login := hook(), letterbox(notify.StartTLS)
	rotating.URL, rotating.OldSecret = "https://hooks.example:8443/in/a%2Fb?token=hush&to=ops&bare", former
	login.Mail.User, login.Mail.Password, login.Mail.Port = "ana", "correct horse", 2525
	return []notify.Channel{hook(), rotating, login, letterbox(notify.TLS), letterbox(notify.Plain),
		channelOf(notify.Slack), channelOf(notify.Teams), channelOf(notify.Discord)}
}

// wrong is a channel with one thing wrong in it.
func wrong(c notify.Channel, change func(*notify.Channel)) notify.Channel {
	if c.Mail != nil {
		m := *c.Mail
		c.Mail = &m
	}
	change(&c)
	return c
}

// A mistake is a channel with something wrong in it, and the fields to name.
type mistake struct {
	channel notify.Channel
	fields  string
}

func mistakes() []mistake {
	web := func(url string) notify.Channel {
		return wrong(hook(), func(c *notify.Channel) { c.URL = url })
	}
	letter := func(change func(*notify.Mail)) notify.Channel {
		return wrong(letterbox(notify.StartTLS), func(c *notify.Channel) { change(c.Mail) })
	}
	signed := func(s notify.Secret) notify.Channel {
		return wrong(hook(), func(c *notify.Channel) { c.Secret = s })
	}
	return []mistake{
		{notify.Channel{}, "kind"},
		{notify.Channel{Kind: "pager"}, "kind"},
		{web(""), "url"},
		{web("hooks.example/in"), "url"},
		{web("ftp://hooks.example/"), "url"},
		{web("https:///in"), "url"},
		{web("https://user:hush@hooks.example/"), "url"},
		{web("https://hooks.example/#part"), "url"},
		{web("https://hooks.example/\r\nX: y"), "url"},
		{web("https://hooks.example/" + strings.Repeat("a", 2048)), "url"},
		{web("unix:///run/docker.sock"), "url"},
		{wrong(channelOf(notify.Slack), func(c *notify.Channel) { c.URL = "http://hooks.slack.com/services/x" }), "url"},
		{wrong(channelOf(notify.Slack), func(c *notify.Channel) { c.Secret = secret }), "secret"},
		{signed(""), "secret"}, {signed("whsec_"), "secret"}, {signed("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "secret"},
		{signed("whsec_dG9vIHNob3J0"), "secret"}, {signed("whsec_%%%"), "secret"},
		{wrong(hook(), func(c *notify.Channel) { c.OldSecret = "old" }), "oldSecret"},
		{notify.Channel{Kind: notify.Email}, "mail"},
		{notify.Channel{Kind: notify.Email, Mail: &notify.Mail{}}, "mail.host mail.security mail.from mail.to"},
		{letter(func(m *notify.Mail) { m.Host = "unix:///run/smtp" }), "mail.host"},
		{letter(func(m *notify.Mail) { m.Host = "mail.example:25" }), "mail.host"},
		{letter(func(m *notify.Mail) { m.Host = "fe80::1%eth0" }), "mail.host"},
		{letter(func(m *notify.Mail) { m.Port = 65536 }), "mail.port"},
		{letter(func(m *notify.Mail) { m.User = "ana" }), "mail.password"},
		{letter(func(m *notify.Mail) { m.User, m.Password = "ana", "***" }), "mail.password"},
		{channelOf(notify.Slack).Public(), "url"},
		{letter(func(m *notify.Mail) { m.Security, m.User, m.Password = notify.Plain, "ana", "hush" }), "mail.security"},
		{letter(func(m *notify.Mail) { m.From = "a@x.example, b@x.example" }), "mail.from"},
		{letter(func(m *notify.Mail) { m.To = append(m.To, "bo@acme.example\r\nBcc: x@evil.example") }), "mail.to[1]"},
		{letter(func(m *notify.Mail) { m.To = make([]string, 21) }), "mail.to"},
		{letter(func(m *notify.Mail) { m.To = []string{"ünï@acme.example"} }), "mail.to[0]"},
	}
}

func TestWhatIsWrongIsNamedByItsField(t *testing.T) {
	for _, c := range mistakes() {
		var found notify.Problems
		if !errors.As(c.channel.Validate(), &found) {
			t.Errorf("%s passes, want %s", c.channel, c.fields)
			continue
		}
		var fields []string
		for _, p := range found {
			if len(fields) < 4 {
				fields = append(fields, p.Field)
			}
			if p.Mend == "" || strings.Contains(p.Mend, "hush") {
				t.Errorf("%s: %q", p.Field, p.Mend)
			}
		}
		if got := strings.Join(fields, " "); got != c.fields && !strings.HasPrefix(got, c.fields+" mail.to[0]") {
			t.Errorf("%s: %q, want %q", c.channel, got, c.fields)
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	for _, c := range everyChannel() {
		var logged strings.Builder
		slog.New(slog.NewTextHandler(&logged, nil)).Info("channel", "channel", c, "secrets", c.Secrets(), "secret", c.Secret)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("channel", "channel", c, "secret", c.Secret)
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		said := logged.String() + string(text) + fmt.Sprintf("%v %+v %#v %s %q %v %+v %#v %#v", c, c, c, c, c, c.Secrets(), c.Secrets(), c.Secrets(), c.Mail)
		for _, hush := range []string{string(secret)[7:], string(former)[7:], "correct horse", "hush", "/services/T0"} {
			if strings.Contains(said, hush) {
				t.Errorf("%s is printed: %s", hush, said)
			}
		}
	}
}

func TestPublicAndSecretsTogetherAreTheChannel(t *testing.T) {
	for _, c := range everyChannel() {
		public, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := json.Marshal(c.Secrets())
		if err != nil {
			t.Fatal(err)
		}
		var kept notify.Channel
		var secrets notify.Secrets
		if err := errors.Join(json.Unmarshal(public, &kept), json.Unmarshal(sealed, &secrets)); err != nil {
			t.Fatal(err)
		}
		got := kept.WithSecrets(secrets)
		if diff := cmp.Diff(c.Secrets(), got.Secrets()); diff != "" || string(public) != marshalled(t, got) {
			t.Errorf("%s (-want +got):\n%s", public, diff)
		}
	}
}

func marshalled(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestShownAddressKeepsWhatIsNoSecret(t *testing.T) {
	for _, c := range []struct {
		channel notify.Channel
		want    string
	}{
		{everyChannel()[1], "https://hooks.example:8443/in/a%2Fb?token=***&to=***&=***"},
		{channelOf(notify.Slack), "https://slack.example/***"},
		{notify.Channel{Kind: notify.Webhook, URL: "://hush"}, "***"},
	} {
		if got := c.channel.Public().URL; got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestChangedFieldsReplaceSecrets(t *testing.T) {
	was := everyChannel()[1]
	edited := was.Public()
	edited.URL, edited.OldSecret = "https://new.example/", ""
	edited.Secret = former
	got := edited.WithSecrets(was.Secrets())
	if want := (notify.Secrets{URL: "https://new.example/", Secret: string(former)}); got.Secrets() != want {
		t.Errorf("%s", marshalled(t, got.Secrets()))
	}
}

// Who may edit a channel must not learn its password by pointing it elsewhere.
func TestPasswordStaysWithItsServer(t *testing.T) {
	was := everyChannel()[2]
	for name, change := range map[string]func(*notify.Mail){
		"nothing":  func(m *notify.Mail) { m.From = "other@acme.example" },
		"host":     func(m *notify.Mail) { m.Host = "evil.example" },
		"port":     func(m *notify.Mail) { m.Port = 2526 },
		"security": func(m *notify.Mail) { m.Security = notify.Plain },
		"user":     func(m *notify.Mail) { m.User = "bo" },
	} {
		edited := wrong(was.Public(), func(c *notify.Channel) { change(c.Mail) })
		got := edited.WithSecrets(was.Secrets()).Mail.Password
		if kept := got == "correct horse"; kept != (name == "nothing") {
			t.Errorf("%s changed: kept is %v", name, kept)
		}
	}
}

func TestNewSecretsSign(t *testing.T) {
	made, err := notify.NewSecret(strings.NewReader(strings.Repeat("chance", 10)))
	if err != nil {
		t.Fatal(err)
	}
	if err := wrong(hook(), func(c *notify.Channel) { c.Secret = made }).Validate(); err != nil {
		t.Error(err)
	}
	if _, err := notify.NewSecret(strings.NewReader("short")); err == nil {
		t.Error("a secret was made of too little chance")
	}
}

func TestMailIsSplitByRecipient(t *testing.T) {
	c := wrong(letterbox(notify.TLS), func(c *notify.Channel) { c.Mail.To = []string{"ana@acme.example", "bo@acme.example"} })
	var to []string
	for _, one := range c.Each() {
		to = append(to, strings.Join(one.Mail.To, "+"))
	}
	if diff := cmp.Diff(c.Mail.To, to); diff != "" || len(hook().Each()) != 1 || len(letterbox(notify.TLS).Each()) != 1 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
