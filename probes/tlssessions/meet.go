// One connection, with a handshake that is carried to its end.

package tlssessions

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"middlebrick/observe"
	"middlebrick/tlsclient"
	"middlebrick/tlshello"
)

// A meeting is one connection and what became of it.
type meeting struct {
	*tlsclient.Session
	answer observe.Answer // of the handshake
}

// finished is true where the handshake came to its end.
func (m meeting) finished() bool { return m.answer.Accepted() }

// meet makes a handshake and lets the caller go on with it. What was closed on is
// tried a second time.
func (f *finder) meet(about string, hello tlshello.Client, opt tlsclient.Options, then func(*tlsclient.Session) error) meeting {
	m := f.once(about, hello, opt, then)
	if m.answer.Why == observe.Closed || m.answer.Why == observe.Reset {
		m = f.once(about, hello, opt, then)
	}
	return m
}

func (f *finder) once(about string, hello tlshello.Client, opt tlsclient.Options, then func(*tlsclient.Session) error) meeting {
	m := meeting{answer: observe.Answer{Result: observe.Silent}}
	ref, gap := f.w.Talk(f.w.Urgent(f.ctx), f.w.Target().HTTPSPort, about, func(rw io.ReadWriter) (err error) {
		m.Session, err = tlsclient.Handshake(rw, hello, opt)
		if opt.Resume != nil {
			f.hide(m.Session, opt.Resume.SessionID)
		}
		var alert *tlshello.Alert
		switch {
		case errors.As(err, &alert):
			m.answer.Result, m.answer.Detail = observe.Denied, "alert "+alert.String()
			return nil
		case errors.Is(err, tlsclient.ErrUnsupported):
			m.answer.Why, m.answer.Detail = observe.Unasked, err.Error()
			return nil
		case err != nil:
			return err
		}
		m.answer.Result, m.answer.Suite = observe.Accepted, m.Suite
		return then(m.Session)
	})
	m.answer.Ref = ref
	if gap != nil {
		m.answer.Result, m.answer.Why, m.answer.Detail = observe.Silent, gap.Why, gap.Detail
	}
	return m
}

// leave says goodbye and hears the target out: what it still says, tickets above
// all, comes before its own goodbye, so that nobody waits for tickets that do not
// come. How the connection then ends says nothing. An alert is one for us.
func leave(s *tlsclient.Session) *tlshello.Alert {
	if s.Close() != nil {
		return nil
	}
	alert, _ := s.UntilClosed()
	if alert != nil && alert.Description == 0 {
		return nil
	}
	return alert
}

// goodbye says goodbye, and waits for nothing: all that was asked is answered.
func goodbye(s *tlsclient.Session) error {
	_ = s.Close()
	return nil
}

// hello offers one version with all that can be computed here, the best first; odd
// makes it differ from others.
func (f *finder) hello(version tlshello.Version, odd string) tlshello.Client {
	hello := f.w.Hello(version, ordered(version))
	hello.Random = sha256.Sum256(fmt.Appendf(hello.Random[:], "session %s %s", version, odd))
	hello.ALPN = nil
	if hello.Groups != nil {
		hello.Groups = slices.DeleteFunc(slices.Clone(hello.Groups), func(g tlshello.Group) bool { return !slices.Contains(computed(version), g) })
	}
	if _, reply, ok := f.w.First(f.w.Target().HTTPSPort); ok && version >= tlshello.TLS13 && slices.Contains(hello.Groups, reply.Group) {
		hello.Groups = []tlshello.Group{reply.Group} // one that is known: another could be asked for first
	}
	if len(hello.Groups) > 0 && version >= tlshello.TLS10 {
		hello.SessionTicket = true
	}
	hello.SessionID = nil
	if version >= tlshello.TLS13 {
		id := sha256.Sum256(hello.Random[:]) // some take a hello without one for no TLS 1.3
		hello.SessionID = id[:]
	}
	return hello
}

func computed(version tlshello.Version) []tlshello.Group {
	if version >= tlshello.TLS13 {
		return tlshello.KeyShareGroups()
	}
	return tlsclient.Groups()
}

// ordered are the suites that can be computed here, ephemeral keys and AEADs first:
// not every hello has room for all of them.
func ordered(version tlshello.Version) []tlshello.Suite {
	suites := tlsclient.Suites(version)
	slices.SortStableFunc(suites, func(a, b tlshello.Suite) int { return rank(a) - rank(b) })
	return suites
}

func rank(suite tlshello.Suite) int {
	order := 0
	for i, worse := range []bool{!suite.AEAD(), suite.StaticKey(), suite.TripleDES() || suite.RC4() || suite.DES(), suite.Anonymous() || suite.Null()} {
		if worse {
			order += 1 << i
		}
	}
	return order
}
