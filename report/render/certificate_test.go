// The lines below the chain.

package render

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/report"
)

func TestWhatStandsAroundTheCertificateIsSaid(t *testing.T) {
	day := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	named := []string{"http://ocsp.ca.example/"}
	for _, row := range []struct {
		tls  report.TLS
		want []string
	}{
		{report.TLS{}, nil},
		{report.TLS{Revocation: &observe.Revocation{Absent: true}, Timestamps: &observe.Timestamps{Absent: true}, CAA: &observe.CAA{Absent: "the target is an address"}}, nil},
		{report.TLS{Revocation: &observe.Revocation{Read: true}, Timestamps: &observe.Timestamps{}}, []string{"revocation: the certificate names nobody to ask"}},
		{report.TLS{Revocation: &observe.Revocation{Read: true, OCSPURLs: named}}, []string{"revocation: not asked (--ask-ca asks the authority)"}},
		{report.TLS{Revocation: &observe.Revocation{Read: true, OCSPURLs: named, Permitted: true}}, []string{"revocation: nobody could tell"}},
		{report.TLS{Revocation: &observe.Revocation{Read: true, Answers: []observe.Revocative{{Source: "ocsp"}, {Source: "crl", Status: "revoked", ThisUpdate: day}}}},
			[]string{"revocation: revoked, says the crl of 2026-11-24"}},
		{report.TLS{Timestamps: &observe.Timestamps{Public: true, Seen: []observe.Timestamp{{Result: "unverified"}}}},
			[]string{"certificate timestamps: 1, not verified for want of a list of logs"}},
		{report.TLS{Timestamps: &observe.Timestamps{Public: true, List: "log list 1 of 2026-11-20", Seen: []observe.Timestamp{{Result: "valid"}, {Result: "retired"}, {Result: "invalid"}}}},
			[]string{"certificate timestamps: 3, of which 2 count by the log list 1 of 2026-11-20"}},
		{report.TLS{CAA: &observe.CAA{Name: "a.test"}}, []string{"CAA: no record, every authority may issue"}},
		{report.TLS{CAA: &observe.CAA{Name: "a.test", At: "test", Records: []observe.CAARecord{{Tag: "issue", Value: "one.test"}, {Tag: "issue", Value: "two.test"}}}}, []string{"CAA of test: one.test two.test"}},
		{report.TLS{CAA: &observe.CAA{Name: "a.test", At: "test", Records: []observe.CAARecord{{Tag: "iodef", Value: "x"}}}}, []string{"CAA of test: no issue record"}},
	} {
		var v view
		v.TLS = &row.tls
		if diff := cmp.Diff(row.want, v.standing()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
