// The token proves that a host is somebody's, and nothing else does.

package egress

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"middlebrick/scan"
)

const token = "mbv-aaaabbbbccccddddeeeeffffgggghhhh"

// A site answers what a transport is asked, without a network: the ports of https
// and http are not a test's to listen on.
type site map[string]http.HandlerFunc

func (s site) RoundTrip(req *http.Request) (*http.Response, error) {
	handler, known := s[req.URL.String()]
	if !known {
		return nil, errors.New("dial tcp 10.1.2.3:443: connection refused")
	}
	recorder := httptest.NewRecorder()
	handler(recorder, req)
	return recorder.Result(), nil
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

func records(name string, texts ...string) func(context.Context, string) ([]string, error) {
	return func(_ context.Context, asked string) ([]string, error) {
		if asked != name {
			return nil, errors.New("asked for " + asked)
		}
		return texts, nil
	}
}

const (
	record = "_middlebrick-verify.api.example.com"
	https  = "https://api.example.com/.well-known/middlebrick-verify.txt"
	plain  = "http://api.example.com/.well-known/middlebrick-verify.txt"
)

func TestTokenIsFoundWhereItsOwnerPutIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		host  string
		texts []string
		web   site
		how   string
	}{
		{"a record", "api.example.com", []string{"v=spf1 -all", token}, nil, ByDNS},
		{"a record with words", "API.example.com.", []string{"middlebrick " + token}, nil, ByDNS},
		{"a file", "api.example.com", nil, site{https: says(token)}, ByHTTPS},
		{"a file's first line", "api.example.com", nil, site{https: says(token + "\r\nmore\n")}, ByHTTPS},
		{"a file of Windows' Notepad", "api.example.com", nil, site{https: says("\ufeff" + token + "\r\n")}, ByHTTPS},
		{"a file on http", "api.example.com", []string{"other"}, site{https: http.NotFound, plain: says(token)}, ByHTTP},
	} {
		how, err := Verify(t.Context(), c.host, token, &http.Client{Transport: c.web}, records(record, c.texts...))
		if how != c.how || err != nil {
			t.Errorf("%s: %q %v, want %q", c.name, how, err, c.how)
		}
	}
}

func TestNothingElseProvesAHost(t *testing.T) {
	moved := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://evil.example/"+token, http.StatusFound)
	}
	noFollow := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for name, web := range map[string]site{
		"another token":       {https: says(token[:len(token)-1] + "x"), plain: says("mbv-")},
		"a part of it":        {https: says(token[:20]), plain: says("")},
		"more behind it":      {https: says(token + "x"), plain: says(token + " x")},
		"the second line":     {https: says("\n" + token), plain: says("x\n" + token)},
		"a page that echoes":  {https: says("<html>" + token), plain: says("not found: " + token)},
		"an error page":       {https: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); _, _ = w.Write([]byte(token)) }},
		"a redirect":          {https: moved, plain: moved},
		"a line without end":  {https: says(strings.Repeat(" ", 2000) + token)},
		"nobody":              {},
		"partial content 206": {https: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206); _, _ = w.Write([]byte(token)) }},
	} {
		how, err := Verify(t.Context(), "api.example.com", token, &http.Client{Transport: web, CheckRedirect: noFollow}, records(record, token[:30], token+"x", ""))
		if how != "" || !errors.Is(err, ErrUnverified) {
			t.Errorf("%s: %q %v", name, how, err)
		}
	}
}

func TestWhatIsNoHostOrNoTokenIsNotAskedFor(t *testing.T) {
	asked := func(_ context.Context, name string) ([]string, error) {
		t.Errorf("asked for %s", name)
		return nil, nil
	}
	for _, host := range []string{"", "api.example.com:8443", "api.example.com/x", "u@api.example.com", "a b", "fe80::1%lo", "127.1", "api.example.com?x"} {
		if _, err := Verify(t.Context(), host, token, &http.Client{Transport: site{}}, asked); !errors.Is(err, ErrUnverified) {
			t.Errorf("%q: %v", host, err)
		}
	}
	for _, none := range []string{"", "x", " "} {
		if _, err := Verify(t.Context(), "api.example.com", none, &http.Client{Transport: site{}}, asked); !errors.Is(err, ErrUnverified) {
			t.Errorf("token %q: %v", none, err)
		}
	}
	how, err := Verify(t.Context(), "2606:4700::1", token, &http.Client{Transport: site{"https://[2606:4700::1]" + VerifyPath: says(token)}}, asked)
	if how != ByHTTPS || err != nil {
		t.Errorf("an address: %q %v", how, err)
	}
}

func TestWordsOfAFailureTellNothingOfTheNetwork(t *testing.T) {
	_, err := Verify(t.Context(), "api.example.com", token, &http.Client{Transport: site{plain: http.NotFound}}, records(record))
	want := "the token was not found: TXT " + record + ": no such record; " + https + ": no answer; " + plain + ": the answer has status 404"
	if err.Error() != want {
		t.Errorf("%v, want %v", err, want)
	}
	l := live(t, Policy{Mode: Public})
	_, err = Verify(t.Context(), "10.0.0.1", token, l.Outbound().Client(), nil)
	want = "the token was not found: https://10.0.0.1" + VerifyPath + ": " + Refusal + "; http://10.0.0.1" + VerifyPath + ": " + Refusal
	if err.Error() != want {
		t.Errorf("%v, want %v", err, want)
	}
}

func TestTokensAreMadeAnewAndFitIntoOneRecord(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		one, err := NewToken()
		if err != nil || !regexp.MustCompile(`^mbv-[a-z2-7]{32}$`).MatchString(one) || seen[one] {
			t.Fatalf("%q %v", one, err)
		}
		seen[one] = true
	}
}

// A name server of the test's own, asked over UDP as those of a machine are.
func TestRecordIsReadFromTheDNS(t *testing.T) {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: socket, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, question *dns.Msg) {
		answer := new(dns.Msg)
		answer.SetReply(question)
		if name := question.Question[0].Name; name == record+"." && question.Question[0].Qtype == dns.TypeTXT {
			answer.Answer = []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{token[:10], token[10:]}}}
		} else {
			answer.Rcode = dns.RcodeNameError
		}
		_ = w.WriteMsg(answer)
	})}
	go func() { _ = server.ActivateAndServe() }()
	defer socket.Close()
	texts := func(ctx context.Context, name string) ([]string, error) {
		return scan.Texts(ctx, name, []string{socket.LocalAddr().String()})
	}
	if how, err := Verify(t.Context(), "api.example.com", token, &http.Client{Transport: site{}}, texts); how != ByDNS || err != nil {
		t.Errorf("%q %v", how, err)
	}
	found, err := texts(t.Context(), "other.example.com")
	if diff := cmp.Diff([]string(nil), found); diff != "" || err != nil {
		t.Errorf("a name that is not there: %v %s", err, diff)
	}
}
