// What an authority says of a certificate counts only where all of it holds.

package certread_test

import (
	"crypto/x509"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/certread"
	"middlebrick/observe"
	"middlebrick/testbed/ca"
)

var (
	answeredAt = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	another    = ca.At(answeredAt)
)

// A spoken is what is left of an answer.
type spoken struct{ Status, Responder, Fault, Reason string }

func spokenOf(seen observe.Revocative) spoken {
	return spoken{seen.Status, seen.Responder, seen.Fault, seen.Reason}
}

func subject(t *testing.T, pair ca.Pair) certread.Subject {
	t.Helper()
	about, err := certread.NewSubject(certread.Read(pair.Chain[0]).Serial, pair.Chain[1])
	if err != nil {
		t.Fatal(err)
	}
	return about
}

const (
	week      = 7 * 24 * time.Hour
	delegate  = "CN=middlebrick test responder delegate"
	forbidden = "it is signed by a certificate that may not sign OCSP answers"
)

func TestAnswerCountsOnlyWhereAllOfItHolds(t *testing.T) {
	good := another.Good("api.example.com")
	for name, row := range map[string]struct {
		answer ca.Answer
		about  ca.Pair
		want   spoken
	}{
		"good":                 {ca.Answer{Status: ca.StatusGood}, good, spoken{"good", "issuer", "", ""}},
		"revoked":              {ca.Answer{Status: ca.StatusRevoked}, good, spoken{"revoked", "issuer", "", "keyCompromise"}},
		"unknown":              {ca.Answer{Status: ca.StatusUnknown}, good, spoken{"unknown", "issuer", "", ""}},
		"by a delegate":        {ca.Answer{Status: ca.StatusRevoked, By: ca.ByDelegate}, good, spoken{"revoked", delegate, "", "keyCompromise"}},
		"expired":              {ca.Answer{Status: ca.StatusGood, Age: 8 * 24 * time.Hour}, good, spoken{"", "issuer", "it ran out on 2026-11-23T12:00:00Z", ""}},
		"from the future":      {ca.Answer{Status: ca.StatusGood, Age: -2 * time.Hour}, good, spoken{"", "issuer", "it is from the future: 2026-11-24T14:00:00Z", ""}},
		"our clock is late":    {ca.Answer{Status: ca.StatusGood, Age: -30 * time.Minute}, good, spoken{"good", "issuer", "", ""}},
		"endless and new":      {ca.Answer{Status: ca.StatusGood, Endless: true}, good, spoken{"good", "issuer", "", ""}},
		"endless and old":      {ca.Answer{Status: ca.StatusGood, Endless: true, Age: 48 * time.Hour}, good, spoken{"", "issuer", "it ran out on 2026-11-23T12:00:00Z", ""}},
		"by a server":          {ca.Answer{Status: ca.StatusGood, By: ca.ByOther}, good, spoken{"", "CN=middlebrick test responder other", forbidden, ""}},
		"by a stranger":        {ca.Answer{Status: ca.StatusGood, By: ca.ByStranger}, good, spoken{"", "CN=middlebrick test responder stranger", "it is signed by somebody whom the certificate's issuer did not appoint", ""}},
		"forged":               {ca.Answer{Status: ca.StatusGood, By: ca.ByNobody}, good, spoken{"", "", "it is not signed by the certificate's issuer", ""}},
		"by an old delegate":   {ca.Answer{Status: ca.StatusGood, By: ca.ByExpired}, good, spoken{"", "CN=middlebrick test responder expired", "it is signed by a certificate that is not in force", ""}},
		"about somebody else":  {ca.Answer{Status: ca.StatusGood}, another.Good("other.example"), spoken{"", "", "it cannot be read: no response matching the supplied certificate", ""}},
		"of another authority": {ca.Answer{Status: ca.StatusGood}, ca.Pair{Chain: [][]byte{good.Chain[0], another.OtherRoot}}, spoken{"", "", "it is not signed by the certificate's issuer", ""}},
	} {
		raw, err := another.Answer(good, row.answer)
		if err != nil {
			t.Fatal(err)
		}
		got := spokenOf(certread.ReadOCSP(raw, subject(t, row.about), answeredAt))
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestAnswerIsAboutOneIssuersCertificate: the issuer's key under another name made
// the answer, for the same serial.
func TestAnswerIsAboutOneIssuersCertificate(t *testing.T) {
	good := another.Good("api.example.com")
	raw, err := another.Answer(good, ca.Answer{Status: ca.StatusGood})
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := x509.ParseCertificate(another.Intermediate)
	if err != nil {
		t.Fatal(err)
	}
	issuer.Subject.CommonName = "middlebrick renamed intermediate"
	renamed := ca.Renamed(issuer)
	got := certread.ReadOCSP(raw, subject(t, ca.Pair{Chain: [][]byte{good.Chain[0], renamed}}), answeredAt)
	if got.Status != "" || got.Fault != "it is about a certificate of another authority" {
		t.Errorf("%+v", got)
	}
}

func TestRefusalsAndGarbageProveNothing(t *testing.T) {
	about := subject(t, another.Good("api.example.com"))
	for raw, want := range map[string]string{
		"\x30\x03\x0a\x01\x06": "the responder answers unauthorized",
		"\x30\x03\x0a\x01\x03": "the responder answers try later",
		"":                     "it cannot be read: asn1: syntax error: sequence truncated",
		"no OCSP answer":       "it cannot be read: asn1: structure error: tags don't match",
	} {
		got := certread.ReadOCSP([]byte(raw), about, answeredAt)
		if got.Status != "" || len(got.Fault) < len(want) || got.Fault[:len(want)] != want {
			t.Errorf("%q: %+v, want %q", raw, got, want)
		}
	}
}

func TestEveryChangedByteOfAnAnswerIsNoticed(t *testing.T) {
	good := another.Good("api.example.com")
	raw, err := another.Answer(good, ca.Answer{Status: ca.StatusRevoked})
	if err != nil {
		t.Fatal(err)
	}
	about := subject(t, good)
	for i := range raw {
		changed := slices.Clone(raw)
		changed[i] ^= 0x20
		if got := certread.ReadOCSP(changed, about, answeredAt); got.Status == observe.StatusGood {
			t.Errorf("byte %d changed: the answer says good", i)
		}
	}
}

func TestListSpeaksForItsOwnPart(t *testing.T) {
	at := "http://ca.example/7.crl"
	revoked, other := another.Good("api.example.com"), another.Good("other.example")
	for name, row := range map[string]struct {
		part  ca.Part
		about ca.Pair
		want  spoken
	}{
		"revoked":            {ca.Part{}, revoked, spoken{"revoked", "issuer", "", "keyCompromise"}},
		"good":               {ca.Part{}, other, spoken{"good", "issuer", "", ""}},
		"its own part":       {ca.Part{Address: at}, other, spoken{"good", "issuer", "", ""}},
		"another part":       {ca.Part{Address: "http://ca.example/8.crl"}, other, spoken{"", "issuer", "it is another part of the authority's list", ""}},
		"changes alone":      {ca.Part{Delta: true}, other, spoken{"", "issuer", "it holds changes alone (a delta list)", ""}},
		"critical":           {ca.Part{Critical: true}, other, spoken{"", "issuer", "it has a critical extension that is not known here: 1.2.3.4", ""}},
		"forged":             {ca.Part{Forged: true}, other, spoken{"", "issuer", "it is not signed by the certificate's issuer", ""}},
		"expired":            {ca.Part{Age: week + 2*time.Hour}, other, spoken{"", "issuer", "it ran out on 2026-11-24T10:00:00Z", ""}},
		"of another issuer":  {ca.Part{}, ca.Pair{Chain: [][]byte{other.Chain[0], another.OtherRoot}}, spoken{"", "issuer", "it is another authority's list", ""}},
		"from tomorrow":      {ca.Part{Age: -24 * time.Hour}, revoked, spoken{"", "issuer", "it is from the future: 2026-11-25T12:00:00Z", ""}},
		"revoked in its own": {ca.Part{Address: at}, revoked, spoken{"revoked", "issuer", "", "keyCompromise"}},
	} {
		raw, err := another.PartCRL(row.part, revoked)
		if err != nil {
			t.Fatal(err)
		}
		got := spokenOf(certread.ReadCRL(raw, subject(t, row.about), []string{at}, answeredAt))
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestEveryEntryIsFoundAsTheStandardLibraryFindsIt: with and without a zero before
// the serial, at the beginning, in the midst and at the end; and reading a long
// list makes no object of each entry.
func TestEveryEntryIsFoundAsTheStandardLibraryFindsIt(t *testing.T) {
	pairs := []ca.Pair{}
	for i := range 40 {
		pairs = append(pairs, another.Good(fmt.Sprintf("n%d.example", i)))
	}
	raw, err := another.CRL(pairs...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(raw)
	if err != nil {
		t.Fatal(err)
	}
	for i, entry := range list.RevokedCertificateEntries {
		got := certread.ReadCRL(raw, subject(t, pairs[i]), nil, answeredAt)
		if got.Status != observe.StatusRevoked || !got.RevokedAt.Equal(entry.RevocationTime) || got.Reason != "keyCompromise" {
			t.Errorf("entry %d: %+v", i, got)
		}
	}
	unlisted := subject(t, another.Good("other.example"))
	made := testing.AllocsPerRun(5, func() { certread.ReadCRL(raw, unlisted, nil, answeredAt) })
	empty, err := another.CRL()
	if err != nil {
		t.Fatal(err)
	}
	if least := testing.AllocsPerRun(5, func() { certread.ReadCRL(empty, unlisted, nil, answeredAt) }); made > least+20 {
		t.Errorf("%v objects for 40 entries, %v for none", made, least)
	}
}

func TestAddressesOfTheAuthorityAreRead(t *testing.T) {
	at := ca.Addresses{OCSP: "http://ocsp.ca.example/x", CRL: "http://crl.ca.example/7.crl", Issuer: "http://ca.example/i.der"}
	got := certread.Read(another.WithAddresses(at, "api.example.com").Chain[0])
	want := [][]string{{at.OCSP}, {at.CRL}, {at.Issuer}}
	if diff := cmp.Diff(want, [][]string{got.OCSPURLs, got.CRLURLs, got.IssuerURLs}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestIssuersAreReadInEveryForm(t *testing.T) {
	pem := ca.Pair{Chain: [][]byte{another.Intermediate, another.Root}, Key: another.Good("x.example").Key}
	text, _ := pem.PEM()
	for name, file := range map[string][]byte{"DER": another.Intermediate, "PEM": text, "CMS": ca.CertsOnly(another.Intermediate, another.Root)} {
		got := certread.Certificates(file)
		if len(got) == 0 || !slices.Equal(got[0], another.Intermediate) {
			t.Errorf("%s: %d certificates", name, len(got))
		}
	}
	if got := certread.Certificates([]byte("<html>not found</html>")); got != nil {
		t.Errorf("a page holds %d certificates", len(got))
	}
}

func FuzzReadOCSP(f *testing.F) {
	good := another.Good("api.example.com")
	for _, by := range []string{ca.ByIssuer, ca.ByDelegate} {
		raw, err := another.Answer(good, ca.Answer{Status: ca.StatusRevoked, By: by})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	about, err := certread.NewSubject(certread.Read(good.Chain[0]).Serial, good.Chain[1])
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := certread.ReadOCSP(raw, about, answeredAt)
		if (got.Status == "") == (got.Fault == "") {
			t.Errorf("an answer counts or does not: %+v", got)
		}
		got = certread.ReadCRL(raw, about, nil, answeredAt)
		if (got.Status == "") == (got.Fault == "") {
			t.Errorf("a list counts or does not: %+v", got)
		}
	})
}
