// Targets that are addresses: IPv4 and IPv6 literals, whose certificates name
// addresses, and a name that leads to IPv6. What the report says to type is typed.

package scan_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

// serve is an https server on that address of loopback that sets a session
// without any protection; it notes the server names that clients sent.
func serve(t *testing.T, address string, pair ca.Pair, names *[]string) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Skipf("needs %s: %v", address, err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "session=0123456789abcdefABCDEF0123456789; Path=/")
		_, _ = io.WriteString(w, "{}")
	}))
	server.Listener.Close()
	server.Listener = listener
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	certificate := pair.TLS()
	var lock sync.Mutex
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		lock.Lock()
		defer lock.Unlock()
		if hello.ServerName != "" && !slices.Contains(*names, hello.ServerName) {
			*names = append(*names, hello.ServerName)
		}
		return nil, nil
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// An addressed is what a scan of such a target shows.
type addressed struct {
	Fails    string // of the certificate rules
	SNI      string // the names that were sent
	HSTS     string // verdict of hstsmissing: HSTS knows no addresses
	Commands string // the commands of two findings, the port left out
}

func TestAddressesAreAskedWithoutANameAndMatchedAsAddresses(t *testing.T) {
	authority := ca.New()
	for _, row := range []struct {
		name, listen, host string
		pair               ca.Pair
		want               addressed
	}{
		{"IPv4", "127.0.0.1", "127.0.0.1", authority.Good("127.0.0.1"), addressed{"", "", "n/a",
			"curl -sS -i -k 'https://127.0.0.1:PORT/'; openssl s_client -connect 127.0.0.1:PORT -tls1_2"}},
		{"IPv6", "::1", "[::1]", authority.Good("::1"), addressed{"", "", "n/a",
			"curl -sS -i -k -g 'https://[::1]:PORT/'; openssl s_client -connect [::1]:PORT -tls1_2"}},
		{"IPv6 written long", "::1", "[0:0:0:0:0:0:0:1]", authority.Good("::1"), addressed{"", "", "n/a",
			"curl -sS -i -k -g 'https://[::1]:PORT/'; openssl s_client -connect [::1]:PORT -tls1_2"}},
		{"IPv4 in IPv6", "127.0.0.1", "[::ffff:127.0.0.1]", authority.Good("127.0.0.1"), addressed{"", "", "n/a",
			"curl -sS -i -k 'https://127.0.0.1:PORT/'; openssl s_client -connect 127.0.0.1:PORT -tls1_2"}},
		{"address as a name", "127.0.0.1", "127.0.0.1", authority.Case("ipasdns", host).Pair, addressed{"certname:critical", "", "n/a",
			"curl -sS -i -k 'https://127.0.0.1:PORT/'; openssl s_client -connect 127.0.0.1:PORT -tls1_2"}},
		{"name on IPv6", "::1", host, authority.Good(host), addressed{"", host, "fail",
			"curl -sS -i -k --resolve app.test:PORT:[::1] 'https://app.test:PORT/'; openssl s_client -connect [::1]:PORT -servername app.test -tls1_2"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			names := []string{}
			port := serve(t, row.listen, row.pair, &names)
			req := request(t, "https://"+row.host+":"+port+"/")
			req.CAFiles, req.Pins = [][]byte{authority.RootPEM()}, nil
			if row.want.SNI != "" {
				req.Pins = []scan.Pin{{Host: host, Addr: netip.MustParseAddr(row.listen)}}
			}
			rec, r := look(t, req)
			got := addressed{
				Fails: chainOf(rec, scan.Judge(rec, certificateRules())).Fails, SNI: strings.Join(names, " "),
				HSTS: verdict(r, "encryption.hstsmissing"), Commands: strings.ReplaceAll(commands(t, rec, r), port, "PORT"),
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// commands are those of the session cookie's finding and of the hello that TLS 1.2
// was accepted with, each of them run: it must reach the target.
func commands(t *testing.T, rec *observe.Recording, r report.Report) string {
	t.Helper()
	lab.Needs(t, "curl", "openssl")
	all := []string{}
	for _, f := range r.Findings {
		if f.Rule == "encryption.cookiesecure" && len(f.Reproduce) > 0 {
			all = append(all, f.Reproduce[0])
		}
	}
	versions, _, _ := observe.Get(rec, observe.TLSVersions)
	for _, answer := range versions {
		hello := rec.Exchanges[answer.Ref].Reproduce
		if answer.Accepted() && strings.Contains(hello, "-tls1_2 ") {
			all = append(all, hello)
		}
	}
	for _, command := range all {
		output, err := exec.Command("sh", "-c", command).CombinedOutput()
		if text := string(output); err != nil || !strings.Contains(text, "HTTP/1.1 200 OK") && !strings.Contains(text, "Cipher is ") {
			t.Errorf("%s: %v\n%s", command, err, output)
		}
	}
	if len(all) != 2 {
		return fmt.Sprintf("%d commands: %v", len(all), all)
	}
	hello, _, _ := strings.Cut(all[1], " -cipher")
	return all[0] + "; " + hello
}
