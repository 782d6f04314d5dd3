// Group B of the fault catalogue: names and addresses, answered by a name server
// of the test's own over pipes.

package scan_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/testbed/quirk"
)

var nameFaults = []fault{
	{id: "B01", prove: trouble{within: 3 * time.Second, change: asking(zone{code: dnsmessage.RCodeNameError})}.shows(unnamed("no such host"))},
	{id: "B02", prove: trouble{within: 5 * time.Second, change: asking(zone{code: dnsmessage.RCodeServerFailure})}.shows(unnamed("server misbehaving"))},
	{id: "B03", prove: trouble{within: 5 * time.Second, change: asking(zone{silent: true})}.shows(unanswered)},
	{id: "B04", prove: rebinding},
	{id: "B05", prove: mixedAddresses},
	{id: "B06", prove: manyAddresses},
	{id: "B07", prove: blackholedIPv6},
	{id: "B08", prove: trouble{within: 5 * time.Second, change: asking(zone{alias: "app.test."})}.shows(unnamed(""))},
	{id: "B09 truncated", prove: brokenResolver("truncated")},
	{id: "B09 garbled", prove: brokenResolver("garbled")},
	{id: "B09 long", prove: brokenResolver("long")},
	{id: "B10", prove: roundRobin},
}

// primeResolver has Go's resolver make what it keeps for good, outside of the
// bubbles, in which no channel of another may be used.
func primeResolver(t *testing.T) {
	t.Helper()
	if _, err := (&net.Resolver{PreferGo: true}).LookupHost(t.Context(), "localhost"); err != nil {
		t.Logf("localhost: %v", err)
	}
}

// A zone answers every question in one way.
type zone struct {
	code      dnsmessage.RCode
	addresses []string
	alias     string // a CNAME to this name, and nothing more
	silent    bool
}

// asking has the scan ask the zone, through Go's own resolver.
func asking(z zone) func(*scan.Request) {
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go z.serve(far)
		return near, nil
	}}
	return func(req *scan.Request) {
		req.Pins = nil
		req.Resolve = func(ctx context.Context, name string) ([]netip.Addr, error) {
			return resolver.LookupNetIP(ctx, "ip", name+".")
		}
	}
}

// serve answers messages with their length before them (RFC 1035 section 4.2.2).
func (z zone) serve(conn net.Conn) {
	defer conn.Close()
	for {
		length := make([]byte, 2)
		if _, err := io.ReadFull(conn, length); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		answer := z.answer(query)
		if z.silent {
			continue
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

func (z zone) answer(query []byte) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || len(m.Questions) == 0 {
		return nil
	}
	question := m.Questions[0]
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RCode: z.code, RecursionAvailable: true}, Questions: m.Questions}
	head := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET}
	if z.alias != "" {
		reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName(z.alias)}})
	}
	for _, text := range z.addresses {
		switch addr := netip.MustParseAddr(text); {
		case addr.Is4() && question.Type == dnsmessage.TypeA:
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: addr.As4()}})
		case addr.Is6() && question.Type == dnsmessage.TypeAAAA:
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	packed, err := reply.Pack()
	if err != nil {
		panic("packing a DNS answer: " + err.Error())
	}
	return packed
}

// unnamed checks a name that did not resolve, in the resolver's words.
func unnamed(words string) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		unreachable(observe.Unnamed)(t, s)
		if !strings.Contains(s.report.ErrorMessage, words) {
			t.Errorf("says %q, want %q", s.report.ErrorMessage, words)
		}
		if s.rec.End.Cost.Connections > 0 {
			t.Errorf("%d connections were made", s.rec.End.Cost.Connections)
		}
	}
}

// unanswered waits, in made-up time, until Go's resolver has given up too: it does
// not stop when it is told to.
func unanswered(t *testing.T, s seen) {
	unreachable(observe.Timeout)(t, s)
	time.Sleep(time.Minute)
}

// dials notes where connections went.
type dials struct {
	mu  sync.Mutex
	all []string
}

func (d *dials) note(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		d.mu.Lock()
		d.all = append(d.all, address)
		d.mu.Unlock()
		return dial(ctx, network, address)
	}
}

// hosts are the addresses without their ports, each once.
func (d *dials) hosts() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	hosts := []string{}
	for _, address := range d.all {
		host, _, _ := net.SplitHostPort(address)
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// public refuses what is not of the internet, as the server's policy does.
func public(to netip.AddrPort) error {
	if addr := to.Addr(); addr.IsLoopback() || addr.IsPrivate() {
		return fmt.Errorf("%s is private", addr)
	}
	return nil
}

// A name that is public when it is looked up and loopback ever after: one look-up
// decides, and the policy looks at what is dialled.
func rebinding(t *testing.T) {
	asked, seenAt := 0, &dials{}
	trouble{quirk: "none", options: quirk.Options{Secure: true}, change: func(req *scan.Request) {
		req.Pins, req.Permit, req.Dial = nil, public, seenAt.note(req.Dial)
		req.Resolve = func(context.Context, string) ([]netip.Addr, error) {
			asked++
			return []netip.Addr{netip.MustParseAddr(map[bool]string{true: "192.0.2.7", false: "127.0.0.1"}[asked == 1])}, nil
		}
	}}.shows(func(t *testing.T, s seen) {
		if diff := cmp.Diff([]string{"192.0.2.7"}, seenAt.hosts()); diff != "" || asked != 1 || s.report.Target.Pinned != "192.0.2.7" {
			t.Errorf("asked %d times, pinned %s, dialled (-want +got):\n%s", asked, s.report.Target.Pinned, diff)
		}
	})(t)
	trouble{quirk: "none", change: func(req *scan.Request) {
		asking(zone{addresses: []string{"127.0.0.1"}})(req)
		req.Permit = public
	}}.shows(unreachable(observe.Scope))(t)
}

func mixedAddresses(t *testing.T) {
	seenAt := &dials{}
	trouble{quirk: "none", options: quirk.Options{Secure: true}, change: func(req *scan.Request) {
		asking(zone{addresses: []string{"10.0.0.1", "192.0.2.7"}})(req)
		req.Permit, req.Dial = public, seenAt.note(req.Dial)
	}}.shows(func(t *testing.T, s seen) {
		found, _, _ := observe.Get(s.rec, observe.Addresses)
		if len(found.Left) != 1 || !strings.Contains(found.Left[0], "10.0.0.1") || !slices.Equal(seenAt.hosts(), []string{"192.0.2.7"}) {
			t.Errorf("left %v, dialled %v", found.Left, seenAt.hosts())
		}
	})(t)
}

func manyAddresses(t *testing.T) {
	addresses, seenAt := []string{}, &dials{}
	for i := range 1000 {
		addresses = append(addresses, fmt.Sprintf("192.0.%d.%d", 2+i/250, 1+i%250))
	}
	trouble{quirk: "none", options: quirk.Options{Secure: true}, change: func(req *scan.Request) {
		asking(zone{addresses: append(addresses, "2001:db8::1")})(req)
		req.Dial = seenAt.note(req.Dial)
	}}.shows(func(t *testing.T, s seen) {
		found, _, _ := observe.Get(s.rec, observe.Addresses)
		if len(found.Addresses) != 5 || len(found.Left) != 1 || !strings.Contains(found.Left[0], "996 more") || len(seenAt.hosts()) != 1 {
			t.Errorf("%d addresses, left %v, dialled %v", len(found.Addresses), found.Left, seenAt.hosts())
		}
	})(t)
}

// An address that swallows everything costs one wait at the most, and IPv4 is
// judged.
func blackholedIPv6(t *testing.T) {
	trouble{quirk: "none", options: quirk.Options{Secure: true}, within: 3 * time.Second, change: func(req *scan.Request) {
		asking(zone{addresses: []string{"2001:db8::1", "192.0.2.7"}})(req)
		req.Dial = holed("[2001:db8::1]", req.Dial)
	}}.shows(func(t *testing.T, s seen) {
		if s.report.Target.Pinned != "192.0.2.7" || s.report.TLS == nil {
			t.Errorf("pinned %q: %s", s.report.Target.Pinned, s.report.ErrorMessage)
		}
	})(t)
}

// holed drops connections to an address.
func holed(prefix string, dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasPrefix(address, prefix) {
			return dial(ctx, network, address)
		}
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
	}
}

func roundRobin(t *testing.T) {
	asked, seenAt := 0, &dials{}
	trouble{quirk: "none", options: quirk.Options{Secure: true}, change: func(req *scan.Request) {
		req.Pins, req.Dial = nil, seenAt.note(req.Dial)
		req.Resolve = func(context.Context, string) ([]netip.Addr, error) {
			asked++
			return []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, byte(asked)})}, nil
		}
	}}.shows(func(t *testing.T, s seen) {
		if asked != 1 || !slices.Equal(seenAt.hosts(), []string{"192.0.2.1"}) || s.report.Target.Pinned != "192.0.2.1" {
			t.Errorf("asked %d times, dialled %v, pinned %s", asked, seenAt.hosts(), s.report.Target.Pinned)
		}
	})(t)
}
