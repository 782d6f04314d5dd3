// The door to the authority: shut unless permitted, and narrow.

package wire

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/target"
)

// consulting is a wire to a target at that address whose names resolve as the
// table says.
func consulting(t *testing.T, at string, names map[string]string, dial func(context.Context, string, string) (net.Conn, error), change func(*Options)) (*Wire, *observe.Recorder) {
	t.Helper()
	to, err := target.Parse("https://api.shop.test/")
	if err != nil {
		t.Fatal(err)
	}
	rec := observe.NewRecorder(observe.Header{}, time.Now, []byte("k"))
	opts := Options{Target: to, UserAgent: "middlebrick/test", Limits: Standard(), AskCA: true, Dial: dial,
		Resolve: func(_ context.Context, host string) ([]netip.Addr, error) {
			if host == "api.shop.test" {
				return []netip.Addr{netip.MustParseAddr(at)}, nil
			}
			return []netip.Addr{netip.MustParseAddr(names[host])}, nil
		}}
	if change != nil {
		change(&opts)
	}
	w := New(opts, rec)
	if _, gap := w.Resolve(t.Context()); gap != nil {
		t.Fatal(gap)
	}
	return w, rec
}

const (
	publicTarget  = "93.184.215.14"
	privateTarget = "10.1.2.3"
)

// TestCertificateCannotSendAScannerIntoItsOwnNetwork: the address stands in a
// certificate that the target wrote.
func TestCertificateCannotSendAScannerIntoItsOwnNetwork(t *testing.T) {
	for _, row := range []struct {
		target, address string
		asked           bool
	}{
		{publicTarget, "http://ca.test/x", true},
		{publicTarget, "http://ca.test:8080/x", true},
		{publicTarget, "http://loopback.test/", false},
		{publicTarget, "http://127.0.0.1/", false},
		{publicTarget, "http://[::1]/", false},
		{publicTarget, "http://[::ffff:127.0.0.1]/", false},
		{publicTarget, "http://[64:ff9b::7f00:1]/", false},
		{publicTarget, "http://[2002:7f00:1::]/", false},
		{publicTarget, "http://10.0.0.1/", false},
		{publicTarget, "http://100.64.0.1/", false},
		{publicTarget, "http://192.168.1.1/", false},
		{publicTarget, "http://169.254.169.254/latest/meta-data/", false},
		{publicTarget, "http://0.0.0.0/", false},
		{publicTarget, "http://[fe80::1%25lo]/", false},
		{publicTarget, "http://ca.test:22/", false},
		{publicTarget, "http://ca.test:6379/", false},
		{privateTarget, "http://127.0.0.1/", true},
		{privateTarget, "http://10.0.0.1:8888/", true},
		{privateTarget, "http://ca.test/", true},
		{privateTarget, "http://169.254.169.254/latest/meta-data/", false},
		{privateTarget, "http://[fd00:ec2::254]/", false},
		{publicTarget, "https://ca.test/", false},
		{publicTarget, "ldap://ca.test/cn=x", false},
		{publicTarget, "file:///etc/passwd", false},
		{publicTarget, "http://user@ca.test/", false},
		{publicTarget, "http://ca.test/\r\nX: y", false},
		{publicTarget, "http:///x", false},
		{publicTarget, "", false},
	} {
		var f fake
		f.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
		w, _ := consulting(t, row.target, map[string]string{"ca.test": "8.8.4.4", "loopback.test": "127.0.0.1"}, f.dial, nil)
		body, _, gap := w.Consult(t.Context(), Consultation{Address: row.address, Most: 100})
		switch {
		case row.asked && (gap != nil || string(body) != "ok"):
			t.Errorf("%s of a target at %s: %q, %v", row.address, row.target, body, gap)
		case !row.asked && (gap == nil || gap.Why != observe.Scope || len(f.dialled) > 0):
			t.Errorf("%s of a target at %s: %v after dialling %v", row.address, row.target, gap, f.dialled)
		}
	}
}

func TestNobodyIsAskedWithoutPermission(t *testing.T) {
	var f fake
	w, _ := consulting(t, publicTarget, map[string]string{"ca.test": "8.8.4.4"}, f.dial, func(o *Options) { o.AskCA = false })
	_, _, gap := w.Consult(t.Context(), Consultation{Address: "http://ca.test/", Most: 100})
	if gap == nil || gap.Why != observe.Unasked || len(f.dialled) > 0 {
		t.Errorf("%v after dialling %v", gap, f.dialled)
	}
}

func TestPolicyDecidesOnTheAuthoritysAddressToo(t *testing.T) {
	var f fake
	w, _ := consulting(t, privateTarget, map[string]string{"ca.test": "8.8.4.4"}, f.dial, func(o *Options) {
		o.Permit = func(to netip.AddrPort) error {
			if to.Addr() != netip.MustParseAddr(privateTarget) {
				return ErrBlocked
			}
			return nil
		}
	})
	_, _, gap := w.Consult(t.Context(), Consultation{Address: "http://ca.test/", Most: 100})
	if gap == nil || gap.Why != observe.Scope || len(f.dialled) > 0 {
		t.Errorf("%v after dialling %v", gap, f.dialled)
	}
}

func TestAuthoritysAnswersAreBounded(t *testing.T) {
	large := strings.Repeat("x", 200)
	for name, row := range map[string]struct {
		answer string
		body   string
		why    observe.Why
	}{
		"whole":             {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", "ok", ""},
		"until its close":   {"HTTP/1.0 200 OK\r\n\r\nok", "ok", ""},
		"in chunks":         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok", ""},
		"too large, said":   {"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + large, "", observe.Budget},
		"too large, unsaid": {"HTTP/1.0 200 OK\r\n\r\n" + large, "", observe.Budget},
		"cut":               {"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nok", "", observe.Closed},
		"redirected":        {"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", "", observe.Garbled},
		"missing":           {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "", observe.Garbled},
		"no HTTP":           {"SSH-2.0-OpenSSH_9.2\r\n", "", observe.Garbled},
		"nothing":           {"", "", observe.Closed},
	} {
		f := fake{answer: row.answer}
		w, rec := consulting(t, publicTarget, map[string]string{"ca.test": "8.8.4.4"}, f.dial, nil)
		body, ref, gap := w.Consult(t.Context(), Consultation{Address: "http://ca.test/list.crl", Most: 100, About: "the list"})
		why := observe.Why("")
		if gap != nil {
			why = gap.Why
		}
		if string(body) != row.body || why != row.why || ref != "ca/0001" || len(f.dialled) != 1 {
			t.Errorf("%s: %q, %v, %s, dialled %v", name, body, gap, ref, f.dialled)
		}
		cost := w.Cost()
		if cost.Connections != 0 || cost.Requests != 0 || cost.Beyond.Requests != 1 || cost.Beyond.Connections != 1 || cost.Beyond.BytesSent == 0 {
			t.Errorf("%s: cost %+v", name, cost)
		}
		if e := rec.Finish(false, cost).Exchanges["ca/0001"]; e.Address != "8.8.4.4:80" || e.About != "the list" || !strings.HasPrefix(e.Sent, "GET /list.crl HTTP/1.0\nHost: ca.test\n") {
			t.Errorf("%s: kept %+v", name, e)
		}
	}
}

func TestAuthorityIsToldNothingOfTheCaller(t *testing.T) {
	f := fake{answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}
	w, _ := consulting(t, publicTarget, map[string]string{"ca.test": "8.8.4.4"}, f.dial, func(o *Options) {
		o.Headers = append(o.Headers, field("Authorization", "Bearer very-secret-token"))
	})
	if _, _, gap := w.Consult(t.Context(), Consultation{Address: "http://ca.test/", Body: []byte("question"), Media: "application/ocsp-request", Most: 100}); gap != nil {
		t.Fatal(gap)
	}
	sent := strings.Join(f.heads, "")
	if strings.Contains(sent, "secret") || !strings.HasPrefix(sent, "POST / HTTP/1.0\r\n") || !strings.Contains(sent, "Content-Length: 8\r\n") {
		t.Errorf("sent %q", sent)
	}
}

func TestAuthoritiesAreAskedSoOftenAndNoMore(t *testing.T) {
	f := fake{answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}
	w, _ := consulting(t, publicTarget, map[string]string{"ca.test": "8.8.4.4"}, f.dial, nil)
	for i := range mostConsults + 3 {
		_, _, gap := w.Consult(t.Context(), Consultation{Address: fmt.Sprintf("http://ca.test/%d", i), Most: 100})
		if (gap == nil) != (i < mostConsults) || gap != nil && gap.Why != observe.Budget {
			t.Errorf("question %d: %v", i, gap)
		}
	}
}

// TestDrippingAuthorityEndsInTime sends one byte a second, and another says
// nothing at all.
func TestDrippingAuthorityEndsInTime(t *testing.T) {
	for _, drip := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			dial := func(context.Context, string, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() {
					defer far.Close()
					_, _ = far.Read(make([]byte, 8192))
					for _, b := range []byte("HTTP/1.0 200 OK\r\n\r\n" + strings.Repeat("x", 1000)) {
						if !drip {
							_, _ = io.Copy(io.Discard, far)
							return
						}
						if _, err := far.Write([]byte{b}); err != nil {
							return
						}
						time.Sleep(time.Second)
					}
				}()
				return near, nil
			}
			w, _ := consulting(t, publicTarget, map[string]string{"ca.test": "8.8.4.4"}, dial, nil)
			begun := time.Now()
			_, _, gap := w.Consult(t.Context(), Consultation{Address: "http://ca.test/", Most: 100})
			if gap == nil || gap.Why != observe.Timeout || time.Since(begun) != consultTime {
				t.Errorf("%v after %v", gap, time.Since(begun))
			}
			synctest.Wait()
			time.Sleep(2 * time.Second)
		})
	}
}

func TestPublicAddressesAreTold(t *testing.T) {
	for _, text := range []string{"8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8"} {
		if !Global(netip.MustParseAddr(text)) {
			t.Errorf("%s is public", text)
		}
	}
	for _, text := range []string{
		"127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::8.8.8.8",
		"64:ff9b:1::1", "2001::1", "2001:db8::1", "2002::1", "3fff::1", "5f00::1", "100::1", "fec0::1", "::127.0.0.1", "::ffff:0:127.0.0.1",
	} {
		if Global(netip.MustParseAddr(text)) {
			t.Errorf("%s is not public", text)
		}
	}
	if Global(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// TestListOfEightMebibytesIsRead reads the largest that may come.
func TestListOfEightMebibytesIsRead(t *testing.T) {
	list := bytes.Repeat([]byte{0x5a}, 8<<20)
	f := fake{answer: fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(list), list)}
	w, rec := consulting(t, publicTarget, map[string]string{"ca.test": "8.8.4.4"}, f.dial, nil)
	body, _, gap := w.Consult(t.Context(), Consultation{Address: "http://ca.test/", Most: 8 << 20})
	if gap != nil || !slices.Equal(body, list) {
		t.Errorf("%d bytes, %v", len(body), gap)
	}
	if text := rec.Finish(false, w.Cost()).Exchanges["ca/0001"].Received; len(text) > 3*kept {
		t.Errorf("%d bytes are kept", len(text))
	}
}

func field(name, value string) httphead.Field { return httphead.Field{Name: name, Value: value} }
