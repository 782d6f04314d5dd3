// The guarded way out: what it dials is decided at the dial, whatever a name, a
// redirect or the environment says.

package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two hosts on loopback: who stands at the first may be reached, who stands at the
// second may not.
const (
	openHost   = "127.0.0.2"
	closedHost = "127.0.0.1"
)

func onlyOpen(to netip.AddrPort) error {
	if to.Addr().String() != openHost {
		return fmt.Errorf("%w: not the open host", ErrBlocked)
	}
	return nil
}

// always resolves every name to the same addresses.
func always(texts ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) { return addrs(texts...), nil }
}

func addrs(texts ...string) (all []netip.Addr) {
	for _, text := range texts {
		all = append(all, netip.MustParseAddr(text))
	}
	return all
}

// A house is a server that counts who came.
type house struct {
	port     string
	accepted atomic.Int64
}

func (h *house) Accept(l net.Listener) (net.Conn, error) {
	c, err := l.Accept()
	if err == nil {
		h.accepted.Add(1)
	}
	return c, err
}

type door struct {
	net.Listener
	house *house
}

func (d door) Accept() (net.Conn, error) { return d.house.Accept(d.Listener) }

// serve listens at the address until the test ends.
func serve(t *testing.T, address string, handler http.HandlerFunc) *house {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{}
	_, h.port, _ = net.SplitHostPort(listener.Addr().String())
	server := httptest.NewUnstartedServer(handler)
	server.Listener.Close()
	server.Listener = door{listener, h}
	server.Start()
	t.Cleanup(server.Close)
	return h
}

// neighbours are an open and a closed server on the same port.
func neighbours(t *testing.T, handler http.HandlerFunc) (open, closed *house) {
	t.Helper()
	open = serve(t, openHost+":0", handler)
	closed = serve(t, closedHost+":"+open.port, func(http.ResponseWriter, *http.Request) {})
	return open, closed
}

func said(t *testing.T, client *http.Client, address string) (int, string, error) {
	t.Helper()
	answer, err := client.Get(address)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

func TestDialledAddressDecidesWhateverTheNameSaidBefore(t *testing.T) {
	open, closed := neighbours(t, hello)
	answers := [][]netip.Addr{addrs(openHost), addrs(closedHost)}
	o := Outbound{Permit: onlyOpen, Resolve: func(context.Context, string) ([]netip.Addr, error) {
		answer := answers[0]
		answers = answers[1:]
		return answer, nil
	}}
	client := o.Client()
	if status, body, err := said(t, client, "http://rebound.test:"+open.port+"/"); status != 200 || body != "hello" || err != nil {
		t.Fatalf("first %d %q %v", status, body, err)
	}
	if _, _, err := said(t, client, "http://rebound.test:"+open.port+"/"); !errors.Is(err, ErrBlocked) {
		t.Errorf("after the name was bound anew: %v", err)
	}
	if n := closed.accepted.Load(); n != 0 {
		t.Errorf("the closed host saw %d connections", n)
	}
}

func TestOfANamesAddressesThePermittedOneIsDialled(t *testing.T) {
	open, closed := neighbours(t, hello)
	o := Outbound{Permit: onlyOpen, Resolve: always(closedHost, "::ffff:"+closedHost, openHost)}
	if status, _, err := said(t, o.Client(), "http://both.test:"+open.port+"/"); status != 200 || err != nil {
		t.Errorf("%d %v", status, err)
	}
	if n := closed.accepted.Load(); n != 0 {
		t.Errorf("the closed host saw %d connections", n)
	}
}

func TestPostToARefusedAddressSendsNothing(t *testing.T) {
	_, closed := neighbours(t, hello)
	_, err := Outbound{Permit: onlyOpen}.Client().Post("http://"+closedHost+":"+closed.port+"/hook", "application/json", strings.NewReader("{}"))
	if !errors.Is(err, ErrBlocked) || strings.Contains(errors.Unwrap(err).Error(), closedHost) {
		t.Errorf("error %v; it should be a refusal, bare of the address", err)
	}
	if n := closed.accepted.Load(); n != 0 {
		t.Errorf("the closed host saw %d connections", n)
	}
}

func TestOutboundReachesThePublicInternetAloneUnlessTold(t *testing.T) {
	h := serve(t, closedHost+":0", hello)
	if _, _, err := said(t, Outbound{}.Client(), "http://"+closedHost+":"+h.port+"/"); !errors.Is(err, ErrBlocked) {
		t.Errorf("loopback: %v", err)
	}
}

func TestDialRefusesWhatIsNoHostAndPort(t *testing.T) {
	permitAny := Outbound{Permit: func(netip.AddrPort) error { return nil }, Resolve: always(openHost)}
	for _, c := range [][2]string{
		{"unix", "/run/postgresql/.s.PGSQL.5432"}, {"unix", "@abstract"}, {"tcp", "@abstract"}, {"tcp", "/run/socket"}, {"udp", "127.0.0.2:53"}, {"ip", "127.0.0.2"},
		{"tcp", "[fe80::1%lo]:80"}, {"tcp", "[::1%lo]:80"}, {"tcp", "[fe80::1%25lo]:80"}, {"tcp", "127.1:80"}, {"tcp", "2130706433:80"}, {"tcp", "0x7f.1:80"}, {"tcp", "0:80"},
		{"tcp", "host.test:http"}, {"tcp", "host.test:0"}, {"tcp", "host.test:65536"}, {"tcp", "host.test"}, {"tcp", ":80"}, {"tcp", ""}, {"tcp", "a@b:80"}, {"tcp", "a/b:80"},
	} {
		if conn, err := permitAny.Dial(t.Context(), c[0], c[1]); !errors.Is(err, ErrBlocked) {
			t.Errorf("%s %q: %v, %v", c[0], c[1], conn, err)
		}
	}
}

func TestPolicyThatBreaksRefuses(t *testing.T) {
	h := serve(t, closedHost+":0", hello)
	o := Outbound{Permit: func(netip.AddrPort) error { panic("broken") }}
	if _, _, err := said(t, o.Client(), "http://"+closedHost+":"+h.port+"/"); !errors.Is(err, ErrBlocked) {
		t.Errorf("error %v", err)
	}
	if n := h.accepted.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

func TestRedirectIsTheAnswerUnlessFollowingWasAskedFor(t *testing.T) {
	open, closed := neighbours(t, nil)
	to := "http://" + closedHost + ":" + closed.port + "/"
	front := serve(t, openHost+":0", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	o := Outbound{Permit: onlyOpen}
	if status, _, err := said(t, o.Client(), "http://"+openHost+":"+front.port+"/"); status != http.StatusFound || err != nil {
		t.Errorf("not followed: %d %v", status, err)
	}
	o.Redirects = 3
	if _, _, err := said(t, o.Client(), "http://"+openHost+":"+front.port+"/"); !errors.Is(err, ErrBlocked) {
		t.Errorf("followed to a closed host: %v", err)
	}
	if n := closed.accepted.Load() + open.accepted.Load(); n != 0 {
		t.Errorf("%d connections to where the redirect leads", n)
	}
}

func TestRedirectsAreCountedAndOfGetAlone(t *testing.T) {
	var seen atomic.Int64
	h := serve(t, openHost+":0", func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
	})
	client := Outbound{Permit: onlyOpen, Redirects: 2}.Client()
	if status, _, err := said(t, client, "http://"+openHost+":"+h.port+"/"); status != 307 || err != nil || seen.Load() != 3 {
		t.Errorf("%d %v after %d requests", status, err, seen.Load())
	}
	answer, err := client.Post("http://"+openHost+":"+h.port+"/", "text/plain", strings.NewReader("signed"))
	if err != nil || answer.StatusCode != 307 || seen.Load() != 4 {
		t.Errorf("a POST was sent on: %v, %d requests", err, seen.Load())
	}
}

func TestRedirectToWhatIsNoTargetIsRefused(t *testing.T) {
	for _, location := range []string{"gopher://" + openHost + "/", "file:///etc/passwd", "http://user:pw@" + openHost + "/", "http://2130706433/", "http://[fe80::1%25lo]/"} {
		h := serve(t, openHost+":0", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		})
		if status, _, err := said(t, Outbound{Permit: onlyOpen, Redirects: 3}.Client(), "http://"+openHost+":"+h.port+"/"); !errors.Is(err, ErrBlocked) {
			t.Errorf("%s: answered %d, %v", location, status, err)
		}
	}
}

func TestHeadersStayWithTheOriginTheyWereGivenFor(t *testing.T) {
	var got []string
	var there, back string
	note := func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.URL.Path+" "+r.Header.Get("Authorization")+r.Header.Get("X-Key")+r.Header.Get("Referer"))
		if next := map[string]string{"/first": "/second", "/second": there, "/third": back}[r.URL.Path]; next != "" {
			http.Redirect(w, r, next, http.StatusFound)
		}
	}
	first, other := serve(t, openHost+":0", note), serve(t, openHost+":0", note)
	there, back = "http://"+openHost+":"+other.port+"/third", "http://"+openHost+":"+first.port+"/fourth"
	req, err := http.NewRequest(http.MethodGet, "http://"+openHost+":"+first.port+"/first", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"secret"}, "X-Key": {"+key"}}
	answer, err := Outbound{Permit: onlyOpen, Redirects: 5}.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if diff := cmp.Diff([]string{"/first secret+key", "/second secret+key", "/third ", "/fourth "}, got); diff != "" {
		t.Errorf("headers that arrived (-want +got):\n%s", diff)
	}
}

func TestAddressesAreTriedInTurnAndTheFailureOfThePermittedOneIsTold(t *testing.T) {
	var asked []string
	o := Outbound{Resolve: always(closedHost, openHost, "127.0.0.3"), Permit: func(to netip.AddrPort) error {
		asked = append(asked, to.Addr().String())
		return onlyOpen(to)
	}}
	port := freePort(t)
	_, err := o.Dial(t.Context(), "tcp", "three.test:"+port)
	if Classify(err) != "refused" || errors.Is(err, ErrBlocked) {
		t.Errorf("error %v", err)
	}
	if want := []string{closedHost, openHost, "127.0.0.3"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
}

// freePort is a port of the open host at which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", openHost+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}
