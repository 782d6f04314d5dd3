// Group G of the fault catalogue through what really dials: a scan, a webhook, a
// redirect, a name that is bound anew by a name server of the test's own.

package egress

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/target"
)

// A visited server counts its connections.
type visited struct {
	net.Listener
	visits atomic.Int64
}

func (v *visited) Accept() (net.Conn, error) {
	c, err := v.Listener.Accept()
	if err == nil {
		v.visits.Add(1)
	}
	return c, err
}

func serve(t *testing.T, address string, handler http.HandlerFunc) (*visited, netip.AddrPort) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	v := &visited{Listener: listener}
	server := httptest.NewUnstartedServer(handler)
	server.Listener.Close()
	server.Listener = v
	server.Start()
	t.Cleanup(server.Close)
	return v, netip.MustParseAddrPort(listener.Addr().String())
}

func nothing(http.ResponseWriter, *http.Request) {}

// opened is a policy that opens 127.0.0.2 and every port, and nothing else that is
// not public.
func opened() Policy {
	return Policy{Mode: Ranges, Ranges: prefixes("127.0.0.2/32"), Ports: []Ports{{1, 65535}}}
}

// binding is a name server that gives its addresses in turn, the last for ever, none
// of them for longer than the moment; and a resolver that asks it.
func binding(t *testing.T, addresses ...string) (resolve func(context.Context, string) ([]netip.Addr, error), asked *atomic.Int64) {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int64)
	var lock sync.Mutex
	server := &dns.Server{PacketConn: socket, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, question *dns.Msg) {
		answer := new(dns.Msg)
		answer.SetReply(question)
		if question.Question[0].Qtype == dns.TypeA {
			lock.Lock()
			answer.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: question.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.ParseIP(addresses[0])}}
			addresses = addresses[min(1, len(addresses)-1):]
			lock.Unlock()
			asked.Add(1)
		}
		_ = w.WriteMsg(answer)
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = socket.Close() })
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		return resolver.LookupNetIP(ctx, "ip", host)
	}, asked
}

func scanned(t *testing.T, req scan.Request, raw string) *observe.Recording {
	t.Helper()
	parsed, err := target.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	req.Target = parsed
	rec, err := scan.Run(t.Context(), req, func(scan.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestScanOfARefusedAddressDialsNothingAndTellsNoAddress(t *testing.T) {
	v, at := serve(t, "127.0.0.1:0", nothing)
	l := live(t, opened())
	resolve, _ := binding(t, "127.0.0.1")
	rec := scanned(t, scan.Request{Permit: l.Permit, Resolve: resolve}, "http://inside.test:"+portOf(at)+"/")
	if n := v.visits.Load(); n != 0 || !Stopped(rec) {
		t.Errorf("%d connections, stopped %v", n, Stopped(rec))
	}
	text, err := json.Marshal(scan.Judge(rec, nil))
	if err != nil || strings.Contains(string(text), "127.0.0.1") {
		t.Errorf("the report names the address: %v", err)
	}
}

func TestReportKeepsQuietAboutTheAddressesThatAreLeftAside(t *testing.T) {
	_, at := serve(t, "127.0.0.2:0", nothing)
	l := live(t, opened())
	resolve := func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("10.11.12.13"), at.Addr()}, nil
	}
	rec := scanned(t, scan.Request{Permit: l.Permit, Resolve: resolve}, "http://both.test:"+portOf(at)+"/")
	seen, _, _ := observe.Get(rec, observe.Addresses)
	if diff := cmp.Diff([]string{Refusal}, seen.Left); diff != "" {
		t.Errorf("left aside (-want +got):\n%s", diff)
	}
	if Stopped(rec) {
		t.Error("the scan counts as refused")
	}
}

func TestScanStaysWhereItsNameWasBoundFirst(t *testing.T) {
	open, at := serve(t, "127.0.0.2:0", nothing)
	shut, _ := serve(t, "127.0.0.1:"+portOf(at), nothing)
	l := live(t, opened())
	resolve, asked := binding(t, "127.0.0.2", "127.0.0.1")
	scanned(t, scan.Request{Permit: l.Permit, Resolve: resolve}, "http://rebound.test:"+portOf(at)+"/")
	if open.visits.Load() == 0 || shut.visits.Load() != 0 || asked.Load() != 1 {
		t.Errorf("%d connections to the open host, %d to the closed one, %d times resolved", open.visits.Load(), shut.visits.Load(), asked.Load())
	}
}

func TestWebhookIsRefusedOnceItsNameIsBoundAnew(t *testing.T) {
	open, at := serve(t, "127.0.0.2:0", nothing)
	shut, _ := serve(t, "127.0.0.1:"+portOf(at), nothing)
	l := live(t, opened())
	hook := "http://hook.test:" + portOf(at) + "/"
	if _, err := l.CheckURL(hook); err != nil {
		t.Fatalf("on submitting: %v", err)
	}
	way := l.Outbound()
	way.Resolve, _ = binding(t, "127.0.0.2", "127.0.0.1")
	client := way.Client()
	answer, err := client.Post(hook, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	_, err = client.Post(hook, "application/json", strings.NewReader("{}"))
	if reasonOf(t, err) != ByPolicy || open.visits.Load() != 1 || shut.visits.Load() != 0 {
		t.Errorf("%v; %d connections to the open host, %d to the closed one", err, open.visits.Load(), shut.visits.Load())
	}
}

func TestRedirectIntoTheNetworkIsRefused(t *testing.T) {
	shut, at := serve(t, "127.0.0.1:0", nothing)
	for _, location := range []string{"http://" + at.String() + "/", "http://[::ffff:127.0.0.1]:" + portOf(at) + "/", "http://localhost:" + portOf(at) + "/"} {
		_, front := serve(t, "127.0.0.2:0", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, location, http.StatusFound) })
		way := live(t, opened()).Outbound()
		way.Redirects = 5
		way.Resolve = func(context.Context, string) ([]netip.Addr, error) { return []netip.Addr{at.Addr()}, nil }
		if _, err := way.Client().Get("http://" + front.String() + "/"); reasonOf(t, err) != ByPolicy {
			t.Errorf("%s: %v", location, err)
		}
	}
	if n := shut.visits.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

func TestScanWithAPolicyThatBreaksDialsNothing(t *testing.T) {
	v, at := serve(t, "127.0.0.2:0", nothing)
	rec := scanned(t, scan.Request{Permit: func(netip.AddrPort) error { panic("broken") }}, "http://"+at.String()+"/")
	if n := v.visits.Load(); n != 0 || !Stopped(rec) {
		t.Errorf("%d connections, stopped %v", n, Stopped(rec))
	}
}

// What is permitted when the scan looks at it, and not any more when the very next
// system call connects, is not connected to.
func TestScanAsksAgainAtTheDialItself(t *testing.T) {
	v, at := serve(t, "127.0.0.2:0", nothing)
	var asked atomic.Int64
	scanned(t, scan.Request{Parallel: 1, Permit: func(netip.AddrPort) error {
		if asked.Add(1) > 2 { // for the name's address, for the dial that is planned
			return Blocked{Reason: ByPolicy}
		}
		return nil
	}}, "http://"+at.String()+"/")
	if n := v.visits.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

func TestScanIgnoresTheProxyOfTheEnvironment(t *testing.T) {
	proxy, front := serve(t, "127.0.0.1:0", nothing)
	v, at := serve(t, "127.0.0.2:0", nothing)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://"+front.String())
	}
	resolve := func(context.Context, string) ([]netip.Addr, error) { return []netip.Addr{at.Addr()}, nil }
	scanned(t, scan.Request{Permit: live(t, opened()).Permit, Resolve: resolve}, "http://direct.test:"+portOf(at)+"/")
	if v.visits.Load() == 0 || proxy.visits.Load() != 0 {
		t.Errorf("the target saw %d connections, the proxy %d", v.visits.Load(), proxy.visits.Load())
	}
}

// A proxy that was named carries the scan too; where its tunnels lead is decided
// here, for the scan asks for addresses.
func TestScanGoesThroughTheNamedProxyAndStaysInsideThePolicy(t *testing.T) {
	v, at := serve(t, "127.0.0.2:0", nothing)
	shut, closed := serve(t, "127.0.0.1:0", nothing)
	var asked sync.Map
	_, front := serve(t, "127.0.0.3:0", func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Method+" "+r.Host, true)
		far, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer far.Close()
		w.WriteHeader(http.StatusOK)
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer near.Close()
		go func() { _, _ = io.Copy(far, near); _ = far.(*net.TCPConn).CloseWrite() }()
		_, _ = io.Copy(near, far)
	})
	p := opened()
	p.Proxy = &url.URL{Scheme: "http", Host: front.String()}
	l := live(t, p)
	for _, to := range []netip.AddrPort{at, closed} {
		req := scan.Request{}
		l.Guard(&req)
		scanned(t, req, "http://"+to.String()+"/")
	}
	if _, tunnelled := asked.Load("CONNECT " + at.String()); !tunnelled || v.visits.Load() == 0 || shut.visits.Load() != 0 {
		t.Errorf("asked for a tunnel %v; the target saw %d connections, the closed host %d", tunnelled, v.visits.Load(), shut.visits.Load())
	}
}

// Whoever asks cannot tell one refusal from another: not by its words, which hold
// neither an address nor a reason, and not by what it is.
func TestEveryRefusalReadsTheSame(t *testing.T) {
	l := live(t, Policy{Mode: Public, Self: []netip.AddrPort{netip.MustParseAddrPort("9.9.9.9:443")}})
	client := l.Outbound().Client()
	for _, address := range []string{"10.0.0.1", "10.0.0.1:22", "8.8.8.8:22", "169.254.169.254", "9.9.9.9:443", "127.0.0.1", "[::1]", "[fd00::1]", "127.0.0.1:5432"} {
		raw := "https://" + address + "/hook"
		_, checked := l.CheckURL(raw)
		_, err := client.Get(raw)
		for _, err := range []error{checked, errors.Unwrap(err), l.Permit(netip.MustParseAddrPort("127.0.0.1:1"))} {
			if err == nil || err.Error() != Refusal || Told(err) != Refusal || !Refused(err) {
				t.Errorf("%s: %v", address, err)
			}
		}
		if Told(err) != Refusal {
			t.Errorf("%s: told as %q", address, Told(err))
		}
	}
}

func portOf(at netip.AddrPort) string {
	_, port, _ := net.SplitHostPort(at.String())
	return port
}
