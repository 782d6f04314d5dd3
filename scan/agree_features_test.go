// The agreement with OpenSSL's client on what hellos carry beside versions and
// suites: fallback, renegotiation, compression, the extended master secret and
// application protocols.

package scan_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/testbed/lab"
	"middlebrick/tlshello"
)

// A trait is what is said of one server; a key that is not there was not told.
type trait map[string]bool

// traitRules make a scan look at what is compared, and at nothing else.
func traitRules() []rule.Rule {
	meta := rule.Meta{ID: "encryption.agreement"}
	return []rule.Rule{
		rule.On(meta, observe.TLSFeatures, func(observe.Features) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.TLSFallback, func(observe.Fallback) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.TLSProtocols, func(observe.Protocols) rule.Verdict { return rule.Pass() }),
	}
}

func TestWeAgreeOnFeatures(t *testing.T) {
	lab.Needs(t, "openssl", "gnutls-serv")
	app := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(app.Close)
	two := make(chan struct{}, 2)
	for _, m := range fleet(app.Listener.Addr().String()) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			two <- struct{}{}
			defer func() { <-two }()
			server := m.start(t)
			req := of(t, server, "/")
			req.Rules = traitRules()
			rec, _ := look(t, req)
			ours, theirs := ourTraits(t, rec), trait{}
			fallback, _, _ := observe.Get(rec, observe.TLSFallback)
			theirs.openssl(t, server, ours, fallback.Offered)
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("-theirs +ours:\n%s", diff)
			}
		})
	}
}

// ourTraits are those of the newest version up to TLS 1.2, at which the client is told to ask.
func ourTraits(t *testing.T, rec *observe.Recording) trait {
	t.Helper()
	all := trait{}
	features, _, gap := observe.Get(rec, observe.TLSFeatures)
	fallback, _, second := observe.Get(rec, observe.TLSFallback)
	protocols, _, third := observe.Get(rec, observe.TLSProtocols)
	if gap != nil || second != nil || third != nil {
		t.Fatal(gap, second, third)
	}
	if twelve, spoken := features.Versions[tlshello.TLS12]; spoken {
		all["compression"], all["secure renegotiation"] = twelve.Compression != 0, twelve.SecureRenegotiation
		all["extended master secret"] = twelve.ExtendedMasterSecret
		if !twelve.Full {
			t.Error("not all was offered at TLS 1.2")
		}
	}
	if !fallback.Single {
		all["fallback"] = fallback.Answer.Refused()
		if !fallback.Answer.Refused() && !fallback.Answer.Accepted() {
			t.Errorf("no clear answer to a fallback: %+v", fallback.Answer)
		}
	}
	for _, protocol := range []string{"h2", "http/1.1"} {
		accepts, known := protocols.Accepts(protocol)
		if all[protocol] = accepts; !known {
			t.Errorf("%s: %+v", protocol, protocols)
		}
	}
	return all
}

var agreedALPN = regexp.MustCompile(`(?m)^ALPN protocol: (\S+)$`)

// openssl asks for the same. A version flag of its client offers that one alone. That
// the server refused a fallback is told by its alert: the client itself breaks off,
// with nearly the same words, where the server's random says that it could do better.
func (theirs trait) openssl(t *testing.T, s *lab.Server, ours trait, offered tlshello.Version) {
	t.Helper()
	client := func(args ...string) []byte {
		args = append([]string{"s_client", "-connect", s.TLS, "-servername", host, "-cipher", everySuite, "-legacy_server_connect"}, args...)
		said, err := exec.Command("openssl", args...).CombinedOutput()
		if err != nil && len(said) == 0 {
			t.Fatalf("running openssl: %v", err)
		}
		return said
	}
	if _, asked := ours["extended master secret"]; asked {
		said := client("-tls1_2")
		theirs["extended master secret"] = bytes.Contains(said, []byte("Extended master secret: yes"))
		theirs["secure renegotiation"] = bytes.Contains(said, []byte("Secure Renegotiation IS supported"))
		theirs["compression"] = !bytes.Contains(said, []byte("Compression: NONE"))
	}
	if _, asked := ours["fallback"]; asked {
		flag := map[tlshello.Version]string{tlshello.TLS10: "-tls1", tlshello.TLS11: "-tls1_1", tlshello.TLS12: "-tls1_2"}[offered]
		theirs["fallback"] = bytes.Contains(client(flag, "-fallback_scsv"), []byte("alert inappropriate fallback"))
	}
	for _, protocol := range []string{"h2", "http/1.1"} {
		said := agreedALPN.FindSubmatch(client("-alpn", protocol))
		theirs[protocol] = said != nil && string(said[1]) == protocol
	}
}
