// Group D of the fault catalogue: TLS handshakes.

package scan_test

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"middlebrick/observe"
	"middlebrick/testbed/quirk"
	"middlebrick/tlshello"
)

var handshakeFaults = []fault{
	{id: "D01", prove: trouble{quirk: "plain-http", within: 2 * time.Second}.shows(speaks("http"))},
	{id: "D02 ssh", prove: trouble{quirk: "ssh", within: 2 * time.Second}.shows(speaks("ssh"))},
	{id: "D02 smtp", prove: trouble{quirk: "smtp", within: 2 * time.Second}.shows(speaks("smtp"))},
	{id: "D03", prove: slim(trouble{quirk: "record-length", within: time.Second}.shows(malformed(20 << 10)))},
	{id: "D04", prove: slim(trouble{quirk: "handshake-length", within: time.Second}.shows(malformed(300 << 10)))},
	{id: "D05", prove: slim(trouble{quirk: "warning-flood", within: time.Second}.shows(malformed(64 << 10)))},
	{id: "D06 empty", prove: slim(trouble{quirk: "empty-record-flood", within: 5 * time.Second}.shows(malformed(300 << 10)))},
	{id: "D06 legal", prove: trouble{quirk: "fragmented", within: 5 * time.Second}.shows(accepts(tlshello.TLS12))},
	{id: "D06 stalled", prove: trouble{quirk: "fragmented-stalled", within: 5 * time.Second}.shows(unreachable(observe.Timeout))},
	{id: "D07 40", prove: trouble{quirk: "refuse-all", within: 2 * time.Second}.shows(refusesUs("handshake_failure"))},
	{id: "D07 70", prove: trouble{quirk: "refuse-version", within: 2 * time.Second}.shows(refusesUs("protocol_version"))},
	{id: "D07 112", prove: TestServerThatWantsAnotherNameIsTLSAndNothingMoreIsClaimed},
	{id: "D08 suite", prove: trouble{quirk: "unoffered-suite", within: time.Second}.shows(violated("which was not offered"))},
	{id: "D08 version", prove: trouble{quirk: "unoffered-version", within: time.Second}.shows(malformed(20 << 10))},
	{id: "D08 group", prove: trouble{quirk: "hrr-unoffered", within: time.Second}.shows(ungraded)},
	{id: "D08 compression", prove: trouble{quirk: "unoffered-compression", within: time.Second}.shows(pageless(observe.Garbled, "unsupported compression"))},
	{id: "D09", prove: trouble{quirk: "hrr-loop", within: time.Second}.shows(ungraded)},
	{id: "D10 tickets", prove: slim(trouble{quirk: "ticket-flood", within: time.Second}.shows(pageless(observe.Garbled, "non-advancing")))},
	{id: "D10 keys", prove: trouble{quirk: "key-update-flood", within: time.Second}.shows(pageless(observe.Garbled, "non-advancing"))},
	{id: "D11 before", prove: trouble{quirk: "hello-request-flood", within: 5 * time.Second}.shows(malformed(64 << 10))},
	{id: "D11 after", prove: trouble{quirk: "renegotiation-asked", within: 5 * time.Second}.shows(pageless(observe.Garbled, "no renegotiation"))},
	{id: "D12", prove: trouble{quirk: "renegotiation-ignored", within: 25 * time.Second}.shows(openAlone)},
	{id: "D13 version", prove: trouble{quirk: "version-intolerant", within: 10 * time.Second}.shows(readable(tlshello.TLS12))},
	{id: "D13 length", prove: trouble{quirk: "long-intolerant", within: 10 * time.Second}.shows(readable(tlshello.TLS12))},
	{id: "D13 extensions", prove: trouble{quirk: "extension-intolerant", within: 10 * time.Second}.shows(accepts(tlshello.TLS12))},
	{id: "D14", later: "an authority between us and the target is not told from a private one yet"},
	{id: "D15", prove: mutual.shows(pageless(observe.Refused, "certificate of the client"))},
	{id: "D16", prove: trouble{quirk: "none", within: 5 * time.Second, options: quirk.Options{Secure: true, Config: byName(otherPair)}}.shows(twoCertificates)},
	{id: "D17", later: "one address is scanned, and named in the report; the others are not compared"},
	{id: "D18 garbage", prove: trouble{quirk: "h2-garbage", within: 5 * time.Second}.shows(pageless(observe.Garbled, "not HTTP"))},
	{id: "D18 flood", prove: slim(trouble{quirk: "h2-settings-flood", within: 5 * time.Second}.shows(pageless(observe.Garbled, "not HTTP")))},
	{id: "D19", prove: trouble{quirk: "no-goodbye", options: quirk.Options{Secure: true}}.shows(cutOff)},
	{id: "D20", prove: TestSilenceIsNoVerdictOnFaults},
	{id: "D21", prove: byTurns},
	{id: "D22", prove: sendsNoEarlyData},
}

// mutual is a server that asks every client for a certificate.
var mutual = trouble{quirk: "none", within: 5 * time.Second, options: quirk.Options{Secure: true, Config: &tls.Config{
	Certificates: []tls.Certificate{pair.TLS()}, ClientAuth: tls.RequireAnyClientCert,
}}}

// speaks checks a port of another protocol: it is named, and there is no TLS.
func speaks(protocol string) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		if got := s.report.Target.HTTPS; got != protocol || verdict(s.report, "encryption.notls") != "fail" {
			t.Errorf("speaks %q, notls: %s", got, verdict(s.report, "encryption.notls"))
		}
		versions, _, _ := observe.Get(s.rec, observe.TLSVersions)
		for version, answer := range versions {
			if !answer.Absent() {
				t.Errorf("%s: %+v", version, answer)
			}
		}
	}
}

// malformed checks an answer that is no TLS and no other protocol: nothing is
// claimed, and no more is read than that many bytes a connection.
func malformed(most int64) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		unreachable(observe.Garbled)(t, s)
		if cost := s.rec.End.Cost; cost.BytesReceived > most*int64(cost.Connections) {
			t.Errorf("%d bytes were read over %d connections", cost.BytesReceived, cost.Connections)
		}
	}
}

func accepts(version tlshello.Version) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		versions, _, gap := observe.Get(s.rec, observe.TLSVersions)
		if !versions[version].Accepted() {
			t.Errorf("%s: %+v %v", version, versions[version], gap)
		}
		noFalseNo(t, s)
	}
}

// readable checks that the https pages were read, too.
func readable(version tlshello.Version) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		accepts(version)(t, s)
		if got := why(s.rec, observe.SecurePages); got != "" {
			t.Errorf("no https page: %s", got)
		}
	}
}

// refusesUs checks a server that says no to every hello: that is TLS, and what it
// offers to others is not known.
func refusesUs(alert string) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		ungraded(t, s)
		if s.report.Target.HTTPS != "tls" {
			t.Errorf("speaks %q", s.report.Target.HTTPS)
		}
		versions, _, _ := observe.Get(s.rec, observe.TLSVersions)
		answer := versions[tlshello.TLS12]
		if answer.Result != observe.Silent || answer.Why != observe.Refused || !strings.Contains(answer.Detail, alert) {
			t.Errorf("TLS 1.2: %+v", answer)
		}
	}
}

// violated checks a server that broke the protocol while suites were asked: they
// are not all known, it is said why, and the bytes are kept.
func violated(words string) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		ungraded(t, s)
		suites, refs, gap := observe.Get(s.rec, observe.TLSSuites)
		list := suites.Versions[tlshello.TLS12]
		if gap != nil || list.Complete || !strings.Contains(list.Detail, words) {
			t.Errorf("TLS 1.2: %+v %v", list, gap)
		}
		for _, ref := range refs {
			if s.rec.Exchanges[ref].Received == "" {
				t.Errorf("%s: what was received is not kept", ref)
			}
		}
	}
}

// twoCertificates checks that the one without a name is kept apart from the other.
func twoCertificates(t *testing.T, s seen) {
	chain, _, gap := observe.Get(s.rec, observe.Certificates)
	nameless, _, other := observe.Get(s.rec, observe.TLSNameless)
	leaf, _ := chain.Leaf()
	if gap != nil || other != nil || nameless.Certificate == nil || leaf.CommonName == nameless.Certificate.CommonName {
		t.Errorf("for the name %q (%v), without %+v (%v)", leaf.CommonName, gap, nameless, other)
	}
	if got := verdict(s.report, "encryption.snidefault"); got != "fail" || !chain.NameMatches {
		t.Errorf("snidefault: %s, the name matches: %t", got, chain.NameMatches)
	}
}

// pageless checks a server with sound TLS whose pages could not be read.
func pageless(because observe.Why, words string) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		_, _, gap := observe.Get(s.rec, observe.SecurePages)
		if gap == nil || gap.Why != because || !strings.Contains(gap.Detail, words) {
			t.Errorf("the gap is %v, want %s: %s", gap, because, words)
		}
		if s.report.TLS == nil || s.report.TLS.Certificates == nil {
			t.Error("the certificate is not known")
		}
		if s.report.Attack.Answer == "no" || s.rec.End.Cost.BytesReceived > 1<<20 {
			t.Errorf("answer %s, %d bytes", s.report.Attack.Answer, s.rec.End.Cost.BytesReceived)
		}
	}
}

// cutOff checks a body without a length that ended without close_notify: what came
// was read. That it may be cut is not told: crypto/tls takes an end between two
// records for a proper one.
func cutOff(t *testing.T, s seen) {
	pages, _, gap := observe.Get(s.rec, observe.SecurePages)
	if gap != nil || len(pages.Pages) == 0 {
		t.Fatalf("no page: %v", gap)
	}
	if page := pages.Pages[0]; page.Status != 200 || page.Bytes != 7 {
		t.Errorf("status %d, %d bytes", page.Status, page.Bytes)
	}
}

// byTurns holds a server that works, resets and is silent by turns to what its
// twin accepts: nothing of that is denied.
func byTurns(t *testing.T) {
	versions, suites := truth(t)
	trouble{quirk: "unstable", options: quirk.Options{Secure: true}, within: time.Minute}.shows(func(t *testing.T, s seen) {
		honest(t, s, versions, suites)
	})(t)
}
