// OCSP answers and revocation lists say of a certificate what was asked for.

package ca

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ocsp"
)

func TestStapleSaysWhatWasAskedFor(t *testing.T) {
	c := At(noon)
	issuer, err := x509.ParseCertificate(c.Intermediate)
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []Status{StatusGood, StatusRevoked, StatusUnknown} {
		der, err := c.Staple(c.Good(host), status, 8*day)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := ocsp.ParseResponse(der, issuer)
		if err != nil {
			t.Fatalf("status %d: %v", status, err)
		}
		if Status(answer.Status) != status || !answer.NextUpdate.Equal(noon.Add(-day)) {
			t.Errorf("status is %d until %s, want %d", answer.Status, answer.NextUpdate, status)
		}
	}
}

func TestListHoldsTheRevokedAlone(t *testing.T) {
	c := At(noon)
	der, err := c.CRL(c.Good(host))
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := x509.ParseCertificate(c.Intermediate)
	if err != nil {
		t.Fatal(err)
	}
	if err := list.CheckSignatureFrom(issuer); err != nil {
		t.Errorf("signature: %v", err)
	}
	var got []string
	for _, entry := range list.RevokedCertificateEntries {
		got = append(got, entry.SerialNumber.String()+" "+entry.RevocationTime.Format(time.DateOnly))
	}
	if diff := cmp.Diff([]string{serial("leaf "+host).String() + " 2026-11-23"}, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}
