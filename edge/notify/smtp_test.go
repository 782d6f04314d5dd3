// Tests of mail servers that misbehave, played from a script.

package notify_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"middlebrick/edge/notify"
)

func letterbox(security notify.Security) notify.Channel {
	return notify.Channel{Kind: notify.Email, Mail: &notify.Mail{Host: "mail.example", Security: security,
		From: "Alerts <alerts@acme.example>", To: []string{"ana@acme.example"}}}
}

// replying greets, and answers each command by its first word; other commands
// get "250 ok", and after DATA the letter is read to its end.
func replying(replies map[string]string) func(net.Conn, *bufio.Reader) {
	return func(conn net.Conn, lines *bufio.Reader) {
		say := func(word string) error {
			reply, ok := replies[word]
			if !ok {
				reply = map[string]string{"": "220 ready", "DATA": "354 go on", "QUIT": "221 bye"}[word]
			}
			if reply == "" {
				reply = "250 ok"
			}
			_, err := io.WriteString(conn, reply+"\r\n")
			return err
		}
		if say("") != nil {
			return
		}
		letter := false
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			if letter && word != "." {
				continue
			}
			if say(word) != nil {
				return
			}
			letter = word == "DATA"
		}
	}
}

func TestEveryReplyOfAMailServerHasItsOutcome(t *testing.T) {
	ehlo := "250-mail\r\n250 SIZE"
	for _, c := range []struct {
		name    string
		replies map[string]string
		want    notify.Receipt
	}{
		{"taken", map[string]string{"EHLO": ehlo, ".": "250 kept as \x1b[31m7"}, notify.Receipt{Outcome: notify.Delivered, Status: 250, Answer: "kept as [31m7"}},
		{"the greeting is a refusal", map[string]string{"": "554 go away"}, notify.Receipt{Outcome: notify.Refused, Status: 554,
			Error: "the mail server refuses the letter (554)", Answer: "go away"}},
		{"greylisted", map[string]string{"RCPT": "450 later"}, notify.Receipt{Outcome: notify.Retry, Status: 450, Error: "the mail server asks to try later (450)"}},
		{"unknown recipient", map[string]string{"RCPT": "550 no such user"}, notify.Receipt{Outcome: notify.Refused, Status: 550,
			Error: "the mail server refuses the sender or a recipient (550)"}},
		{"sender refused", map[string]string{"MAIL": "553 no"}, notify.Receipt{Outcome: notify.Refused, Status: 553, Error: "the mail server refuses an address (553)"}},
		{"no room", map[string]string{".": "452 full"}, notify.Receipt{Outcome: notify.Retry, Status: 452, Error: "the mail server has no room (452)"}},
		{"taken for spam", map[string]string{".": "554 spam"}, notify.Receipt{Outcome: notify.Refused, Status: 554, Error: "the mail server refuses the letter (554)"}},
		{"closing", map[string]string{"": "421 closing"}, notify.Receipt{Outcome: notify.Retry, Status: 421, Error: "the mail server is closing (421)", Answer: "closing"}},
		{"taken, and reset refused", map[string]string{"RSET": "500 what"}, notify.Receipt{Outcome: notify.Delivered, Status: 250, Answer: "ok"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := notify.Send(t.Context(), mailed(t, replying(c.replies)), letterbox(notify.Plain), alert(), "msg_1", time.Now())
				if got != c.want {
					t.Errorf("got  %+v\nwant %+v", got, c.want)
				}
			})
		})
	}
}

func TestMailServerWithoutEncryptionGetsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard strings.Builder
		box := mailed(t, func(conn net.Conn, lines *bufio.Reader) {
			replying(nil)(conn, bufio.NewReader(io.TeeReader(lines, &heard)))
		})
		c := letterbox(notify.StartTLS)
		c.Mail.User, c.Mail.Password = "ana", "hunter2"
		got := notify.Send(t.Context(), box, c, alert(), "msg_1", time.Now())
		if want := (notify.Receipt{Outcome: notify.Refused, Error: "the mail server offers no STARTTLS: choose tls, or another port"}); got != want {
			t.Errorf("%+v", got)
		}
		synctest.Wait()
		if strings.Contains(heard.String(), "AUTH") || strings.Contains(heard.String(), "MAIL") {
			t.Errorf("it was told %q", heard.String())
		}
	})
}

func TestTroublesomeMailServersAreLeft(t *testing.T) {
	for _, c := range []struct {
		name     string
		security notify.Security
		script   func(net.Conn, *bufio.Reader)
		want     string
	}{
		{"silent", notify.StartTLS, func(_ net.Conn, lines *bufio.Reader) { lines.ReadString('\n') }, "no answer in time"},
		{"silent under TLS", notify.TLS, func(_ net.Conn, lines *bufio.Reader) { io.Copy(io.Discard, lines) }, "no answer in time"},
		{"a word a second", notify.StartTLS, func(conn net.Conn, _ *bufio.Reader) {
			for err := error(nil); err == nil; time.Sleep(time.Second) {
				_, err = io.WriteString(conn, "220-wait\r\n")
			}
		}, "no answer in time"},
		{"endless", notify.StartTLS, func(conn net.Conn, _ *bufio.Reader) {
			for err := error(nil); err == nil; {
				_, err = io.WriteString(conn, strings.Repeat("a", 4096))
			}
		}, "the mail server says too much"},
		{"gone at once", notify.StartTLS, func(net.Conn, *bufio.Reader) {}, "the connection ended before an answer came"},
		{"no TLS", notify.TLS, func(conn net.Conn, lines *bufio.Reader) {
			go io.Copy(io.Discard, lines)
			io.WriteString(conn, "220 ready\r\n")
		}, "the receiver does not speak TLS there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := notify.Send(t.Context(), mailed(t, c.script), letterbox(c.security), alert(), "msg_1", time.Now())
				if got.Outcome != notify.Retry || got.Error != c.want || got.Took > 15*time.Second {
					t.Errorf("%+v, want %q", got, c.want)
				}
			})
		})
	}
}

// One that keeps the line open after it took the letter delays nothing else.
func TestPartingIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := mailed(t, func(conn net.Conn, lines *bufio.Reader) {
			replying(map[string]string{"QUIT": "221-bye"})(conn, lines)
		})
		got := notify.Send(t.Context(), box, letterbox(notify.Plain), alert(), "msg_1", time.Now())
		if got.Outcome != notify.Delivered || got.Took > 2*time.Second {
			t.Errorf("%+v", got)
		}
	})
}

func TestMailServerWithAForeignCertificateGetsNothing(t *testing.T) {
	certificate, _ := certificateFor(t, "other.example")
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		fmt.Fprint(conn, "220 ready\r\n")
		text, _ := io.ReadAll(conn)
		conn.Close()
		heard <- string(text)
	}()
	defer listener.Close()
	box := notify.Outbox{Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
	}}
	got := notify.Send(t.Context(), box, letterbox(notify.TLS), alert(), "msg_1", at())
	if got.Outcome != notify.Retry || got.Error != "the receiver's certificate could not be verified" {
		t.Errorf("%+v", got)
	}
	if text := <-heard; text != "" {
		t.Errorf("it was told %q", text)
	}
}
