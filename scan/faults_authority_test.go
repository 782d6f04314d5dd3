// Faults of those who are asked beside the target: authorities and resolvers.

package scan_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/quirk"
)

// endlessAuthority: whatever is asked, the answer has no end. What came is bounded,
// and proves nothing.
func endlessAuthority(t *testing.T) {
	authority := ca.At(noon)
	pair := authority.WithAddresses(ca.Addresses{OCSP: "http://ocsp.ca.example/", CRL: "http://crl.ca.example/x.crl"}, named)
	p := presenting(pair, authority.RootPEM(), quirk.Options{Secure: true})
	p.change = func(req *scan.Request) {
		at := netip.MustParseAddr("127.0.0.9")
		req.AskCA = true
		req.Pins = append(req.Pins, scan.Pin{Host: "ocsp.ca.example", Addr: at}, scan.Pin{Host: "crl.ca.example", Addr: at})
		req.Dial = elsewhere(req.Dial, at)
	}
	p.proves(chainSeen{"", "no", "answered"}, func(t *testing.T, s seen) {
		revocation, _, gap := observe.Get(s.rec, observe.CertRevocation)
		if gap != nil || len(revocation.Answers) != 2 {
			t.Fatalf("%v, %+v", gap, revocation)
		}
		for _, answer := range revocation.Answers {
			if answer.Status != "" || answer.Why != observe.Budget {
				t.Errorf("%+v", answer)
			}
		}
		if cost := s.rec.End.Cost.Beyond; cost.BytesReceived > 9<<20 || cost.Requests != 2 {
			t.Errorf("cost %+v", cost)
		}
		if got := verdict(s.report, "encryption.certrevoked"); !strings.HasPrefix(got, "unknown") {
			t.Errorf("certrevoked: %s", got)
		}
	})(t)
}

// elsewhere is the dialer of a target, with an endless server at one more address.
func elsewhere(dial dialer, at netip.Addr) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasPrefix(address, at.String()+":") {
			return dial(ctx, network, address)
		}
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			_, _ = far.Read(make([]byte, 4096))
			_, _ = io.WriteString(far, "HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n")
			for page := make([]byte, 64<<10); ; {
				if _, err := far.Write(page); err != nil {
					return
				}
			}
		}()
		return near, nil
	}
}

// metadataAuthority: all that the certificate names is the cloud's metadata
// service, and the user permitted to ask.
func metadataAuthority(t *testing.T) {
	const address = "http://169.254.169.254/latest/meta-data/"
	authority, seenAt := ca.At(noon), &dials{}
	pair := authority.WithAddresses(ca.Addresses{OCSP: address, CRL: address, Issuer: address}, named)
	pair.Chain = pair.Chain[:1]
	p := presenting(pair, authority.RootPEM(), quirk.Options{Secure: true})
	p.change = func(req *scan.Request) { req.AskCA, req.Dial = true, seenAt.note(req.Dial) }
	p.proves(chainSeen{"certchainincomplete:high", "yes", "answered"}, func(t *testing.T, s seen) {
		if hosts := fmt.Sprint(seenAt.hosts()); hosts != "[127.0.0.1]" {
			t.Errorf("dialled %s", hosts)
		}
		chain, _, _ := observe.Get(s.rec, observe.Certificates)
		if chain.Completed == nil || chain.Completed.Mended || !strings.Contains(chain.Completed.Detail, "not asked") {
			t.Errorf("%+v", chain.Completed)
		}
		if got := verdict(s.report, "encryption.certrevoked"); !strings.HasPrefix(got, "unknown") {
			t.Errorf("certrevoked: %s", got)
		}
	})(t)
}

// brokenResolver: a resolver that always says that the answer did not fit, and
// then fails, answers with 64 KiB, or talks rubbish. Only the one rule does not
// know.
func brokenResolver(how string) func(*testing.T) {
	return func(t *testing.T) {
		req := request(t, "https://api.middlebrick.com/")
		req.Pins[0].Addr = netip.MustParseAddr("192.0.2.1")
		req.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }
		req.Rules, req.Nameservers = authorityRules(t, "certcaa"), []string{resolver(t, how)}
		begun := time.Now()
		rec, _ := look(t, req)
		caa, _, gap := observe.Get(rec, observe.NameCAA)
		took := time.Since(begun)
		switch {
		case took > 6*time.Second:
			t.Errorf("took %v", took)
		case how == "long" && (gap != nil || len(caa.Records) != 50):
			t.Errorf("%v, %d records", gap, len(caa.Records))
		case how != "long" && gap == nil:
			t.Errorf("read %+v", caa)
		}
	}
}

// resolver answers over UDP that the answer did not fit, and over TCP in that way.
func resolver(t *testing.T, how string) string {
	t.Helper()
	packets, stream := bothOn(t)
	handle := dns.HandlerFunc(func(out dns.ResponseWriter, asked *dns.Msg) {
		answer := new(dns.Msg)
		answer.SetReply(asked)
		switch {
		case out.RemoteAddr().Network() == "udp":
			answer.Truncated = true
		case how == "truncated":
			answer.Truncated, answer.Rcode = true, dns.RcodeServerFailure
		case how == "garbled":
			_, _ = out.Write([]byte(strings.Repeat("x", 4000)))
			return
		case how == "long":
			for len(answer.Answer) < 700 {
				answer.Answer = append(answer.Answer, &dns.CAA{Hdr: dns.RR_Header{Name: asked.Question[0].Name, Rrtype: dns.TypeCAA, Class: dns.ClassINET}, Tag: "issue", Value: strings.Repeat("a", 40)})
			}
		}
		_ = out.WriteMsg(answer)
	})
	var ready, ended sync.WaitGroup
	t.Cleanup(ended.Wait)
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: handle}, {Listener: stream, Handler: handle}} {
		ready.Add(1)
		server.NotifyStartedFunc = ready.Done
		ended.Go(func() { _ = server.ActivateAndServe() })
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	ready.Wait()
	return packets.LocalAddr().String()
}

// bothOn listens over UDP and TCP on one port, the first that is free for both.
func bothOn(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 50 {
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		stream, err := net.Listen("tcp", packets.LocalAddr().String())
		if err == nil {
			return packets, stream
		}
		packets.Close()
	}
	t.Fatal("no port is free for both")
	return nil, nil
}
