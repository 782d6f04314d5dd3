// Sending mail: one connection to a mail server through the dialer that was
// handed in, and what its answers mean.

package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// farewell is how long a mail server may take to say good-bye.
const farewell = 2 * time.Second

// mail sends the message to all of the channel's recipients, or to none: a server
// that refuses one of them is given no letter.
func (box Outbox) mail(ctx context.Context, c Channel, about Message, id string, now time.Time) Receipt {
	msg, err := box.letter(c.Mail, about, id, now)
	if err != nil {
		return Receipt{Outcome: Refused, Error: "the letter could not be written"}
	}
	if box.Dial == nil {
		return Receipt{Outcome: Refused, Error: "this server has no way to send mail"}
	}
	client, err := box.mailClient(ctx, c.Mail)
	if err != nil {
		return Receipt{Outcome: Refused, Error: "the mail server's settings could not be used"}
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return box.undelivered(cause(ctx, err))
	}
	defer func() {
		// The letter has been taken or refused by then; how the two part is no
		// matter, and worth no long wait.
		if session.UpdateDeadline(farewell) == nil {
			_ = client.CloseWithSMTPClient(session)
		}
	}()
	if err := client.SendWithSMTPClient(session, msg); err != nil && !msg.IsDelivered() {
		return box.undelivered(cause(ctx, err))
	}
	return Receipt{Outcome: Delivered, Status: 250, Answer: clean(msg.ServerResponse(), mostSnippet)}
}

// cause: a connection that we closed when the time was up ends in an error that
// does not say so.
func cause(ctx context.Context, err error) error {
	return errors.Join(ctx.Err(), err)
}

func (box Outbox) mailClient(ctx context.Context, m *Mail) (*mail.Client, error) {
	secure := &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12, RootCAs: box.Roots}
	policy := mail.NoTLS
	if m.Security == StartTLS {
		policy = mail.TLSMandatory
	}
	dial := func(_ context.Context, network, address string) (net.Conn, error) {
		conn, err := box.Dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		limited := &limited{Conn: conn, left: mostSMTP}
		// The library minds deadlines and no contexts.
		limited.forget = context.AfterFunc(ctx, func() { conn.Close() })
		if m.Security != TLS {
			return limited, nil
		}
		client := tls.Client(limited, secure)
		if err := client.HandshakeContext(ctx); err != nil {
			limited.Close()
			return nil, err
		}
		return client, nil
	}
	options := []mail.Option{
		mail.WithPort(m.port()), mail.WithTimeout(MostTime), mail.WithHELO(box.host()),
		mail.WithTLSPolicy(policy), mail.WithTLSConfig(secure), mail.WithDialContextFunc(dial),
	}
	if m.User != "" {
		options = append(options, mail.WithSMTPAuthCustom(&login{user: m.User, password: string(m.Password), host: m.Host}))
	}
	return mail.NewClient(m.Host, options...)
}

// errTalkative is of a mail server that never comes to an end.
var errTalkative = errors.New("the mail server says too much")

// limited is a connection that ends after so many bytes have been read.
type limited struct {
	net.Conn
	left   int
	forget func() bool
}

// Read reads no more than is left.
func (b *limited) Read(into []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTalkative
	}
	n, err := b.Conn.Read(into[:min(len(into), b.left)])
	b.left -= n
	return n, err
}

// Close lets go of the context too.
func (b *limited) Close() error {
	b.forget()
	return b.Conn.Close()
}

// errNoLogin is of a mail server that does not let anyone log in in a way that
// we know.
var errNoLogin = errors.New("no way to log in")

// login picks a way to log in from those that the server offers. All of them
// need an encrypted connection to the server that the password is for.
type login struct {
	user, password, host string
	chosen               smtp.Auth
}

// Start begins the first way that both sides know.
func (l *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if !server.TLS {
		return "", nil, errNoLogin
	}
	for _, way := range []struct {
		name string
		auth smtp.Auth
	}{
		{"PLAIN", smtp.PlainAuth("", l.user, l.password, l.host, false)},
		{"LOGIN", smtp.LoginAuth(l.user, l.password, l.host, false)},
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(l.user, l.password)},
	} {
		if slices.Contains(server.Auth, way.name) {
			l.chosen = way.auth
			return l.chosen.Start(server)
		}
	}
	return "", nil, errNoLogin
}

// Next goes on with it.
func (l *login) Next(fromServer []byte, more bool) ([]byte, error) {
	if l.chosen == nil {
		return nil, errNoLogin
	}
	return l.chosen.Next(fromServer, more)
}

// mailWords are replies that deserve a sentence of their own (RFC 5321, 4954).
var mailWords = map[int]string{
	421: "the mail server is closing", 450: "the mail server asks to try later", 451: "the mail server asks to try later",
	452: "the mail server has no room", 454: "the mail server cannot encrypt or log in at present",
	530: "the mail server wants a login, or encryption", 534: "the mail server wants another way to log in",
	535: "the mail server does not take the user and password", 538: "the mail server wants encryption first",
	550: "the mail server refuses the sender or a recipient", 551: "the mail server refuses a recipient",
	552: "the mail server finds the letter too long", 553: "the mail server refuses an address",
	554: "the mail server refuses the letter",
}

// undelivered: replies that begin with 4 are worth another attempt, and those that
// begin with 5 are not (RFC 5321, section 4.2.1). Without a reply it was the
// network.
func (box Outbox) undelivered(err error) Receipt {
	status, said := reply(err)
	if status == 0 {
		return box.unanswered(err)
	}
	words, ok := mailWords[status]
	if !ok {
		words = "the mail server refuses"
	}
	r := Receipt{Outcome: Refused, Status: status, Error: fmt.Sprintf("%s (%d)", words, status), Answer: clean(said, mostSnippet)}
	if status/100 == 4 {
		r.Outcome = Retry
	}
	return r
}

// reply is what the server said no with, if it said so.
func reply(err error) (status int, said string) {
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		return said.Code, said.Msg
	}
	if failed, ok := errors.AsType[*mail.SendError](err); ok {
		return failed.ErrorCode(), ""
	}
	return 0, ""
}

func (box Outbox) unanswered(err error) Receipt {
	switch {
	case errors.Is(err, errNoLogin):
		return Receipt{Outcome: Refused, Error: "the mail server offers no way to log in that is safe"}
	case strings.Contains(err.Error(), "does not support STARTTLS"): // the library has no type for it
		return Receipt{Outcome: Refused, Error: "the mail server offers no STARTTLS: choose tls, or another port"}
	case errors.Is(err, errTalkative):
		return Receipt{Outcome: Retry, Error: errTalkative.Error()}
	}
	return box.failure(err)
}
