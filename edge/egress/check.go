// What can be refused before anything is dialled, and the settings page's question
// about one address. Neither decides: that is done at the dial.

package egress

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"middlebrick/scan"
	"middlebrick/target"
)

// CheckURL reads a URL that a user typed, and checks it. An error that is not
// Refused says what to type instead.
func (l *Live) CheckURL(raw string) (target.Target, error) {
	t, err := target.Parse(raw)
	if err != nil {
		return target.Target{}, err
	}
	return t, l.Check(t)
}

// Check refuses a target that would be refused at the dial whatever its name leads
// to: by its port, or by the address that it is. Every error is a Blocked.
func (l *Live) Check(t target.Target) error {
	again, err := target.Parse(t.URL)
	if err != nil || again.Host != t.Host || again.Port != t.Port || again.Scheme != t.Scheme {
		return Blocked{Reason: Name}
	}
	p := l.Policy()
	if !p.port(uint16(t.Port)) {
		return Blocked{Reason: Port}
	}
	addr, err := netip.ParseAddr(t.Host)
	if err == nil {
		return l.Permit(netip.AddrPortFrom(addr, uint16(t.Port)))
	}
	if !t.Loopback() {
		return nil
	}
	// The name is this machine wherever it is asked (RFC 6761 section 6.3).
	if err = l.Permit(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(t.Port))); err != nil {
		err = l.Permit(netip.AddrPortFrom(netip.IPv6Loopback(), uint16(t.Port)))
	}
	return err
}

// A Trial is the answer to "would this server connect to …?". It is for operators:
// it says what a name resolves to here.
type Trial struct {
	Host    string   `json:"host"`
	Port    int      `json:"port"`
	Allowed bool     `json:"allowed"` // all its addresses are
	Trouble string   `json:"trouble"` // why there is no answer; empty where there is
	Answers []Answer `json:"addresses"`
}

// An Answer is what the policy says of one address.
type Answer struct {
	Address  string `json:"address"`
	Allowed  bool   `json:"allowed"`
	Reason   Reason `json:"reason,omitempty"`
	Sentence string `json:"sentence,omitempty"`
	Block    string `json:"block,omitempty"` // of IANA's special-purpose registries
}

// Test tries a host, an address, either with a port, or a URL, without connecting.
// The port is 443 where none is named.
func (l *Live) Test(ctx context.Context, text string, resolve func(context.Context, string) ([]netip.Addr, error)) Trial {
	trial := Trial{Answers: []Answer{}}
	t, err := tried(strings.TrimSpace(text))
	if err != nil {
		trial.Trouble = shown(err.Error())
		return trial
	}
	trial.Host, trial.Port = t.Host, t.Port
	addrs, err := addressesOf(ctx, t.Host, resolve)
	switch {
	case err != nil:
		trial.Trouble = "the name could not be resolved: " + shown(err.Error())
	case len(addrs) == 0:
		trial.Trouble = "the name has no address"
	}
	trial.Allowed = trial.Trouble == ""
	for _, addr := range addrs[:min(len(addrs), mostTried)] {
		say := l.say(netip.AddrPortFrom(addr, uint16(t.Port)))
		trial.Allowed = trial.Allowed && say.Allowed
		trial.Answers = append(trial.Answers, say)
	}
	return trial
}

// mostTried is how many addresses of a name a Trial shows.
const mostTried = 32

func tried(text string) (target.Target, error) {
	if strings.Contains(text, "://") {
		return target.Parse(text)
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is6() {
		text = "[" + strings.ReplaceAll(text, "%", "%25") + "]"
	}
	if strings.ContainsAny(text, "/?#@\\") {
		return target.Target{}, errors.New("give a host or an address, with a port or without")
	}
	return target.Parse((&url.URL{Scheme: "https", Host: text}).String())
}

func addressesOf(ctx context.Context, host string, resolve func(context.Context, string) ([]netip.Addr, error)) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	return resolve(ctx, host)
}

func (l *Live) say(to netip.AddrPort) Answer {
	say := Answer{Address: to.Addr().String()}
	if name, rfc, known := scan.Special(to.Addr()); known {
		say.Block = name + " " + rfc
	}
	err := l.Permit(to)
	say.Allowed = err == nil
	var blocked Blocked
	if errors.As(err, &blocked) {
		say.Reason, say.Sentence = blocked.Reason, blocked.Reason.Sentence()
	}
	return say
}
