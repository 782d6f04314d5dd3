// What is written down when no certificate could be read.

package certchain

import (
	"slices"

	"middlebrick/observe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// none is a chain of no certificate.
func none(detail string) observe.Chain {
	return observe.Chain{Absent: true, Detail: detail, Certificates: []observe.Certificate{}, Trust: []observe.Store{}}
}

// missed is why the last hello brought no certificate.
func missed(last wire.Reply) observe.Gap {
	switch {
	case last.Result == observe.Silent:
		return observe.Gap{Why: last.Why, Detail: last.Detail}
	case last.Result == observe.Denied:
		return observe.Gap{Why: observe.Refused, Detail: "a hello with every suite that has a certificate was refused: " + last.Detail}
	case last.Err != nil:
		return observe.Gap{Why: wire.Classify(last.Err), Detail: "no certificate could be read: " + last.Err.Error()}
	}
	return observe.Gap{Why: observe.Garbled, Detail: "the answer held no certificate"}
}

// tooLarge is what is known of a chain that nobody reads: it was sent, and it is
// larger than any client takes (crypto/tls: 256 KiB, OpenSSL: 100 KiB).
func tooLarge(reply wire.Reply) observe.Chain {
	chain := none("")
	chain.Absent, chain.Sent, chain.Ref = false, 1, reply.Ref
	chain.Certificates = append(chain.Certificates, observe.Certificate{
		DNSNames: []string{}, Addresses: []string{}, IssuerURLs: []string{},
		Unparsed: "the message with the certificates is larger than the 256 KiB that anybody reads",
	})
	return chain
}

// onlyAnonymous is true when every version that is accepted chose a suite that
// goes without a certificate, of all that it was offered.
func onlyAnonymous(versions observe.Versions) bool {
	some := false
	for _, answer := range versions {
		if answer.Accepted() && certified(answer.Suite) {
			return false
		}
		some = some || answer.Accepted()
	}
	return some
}

// certified is true for suites whose handshake holds a certificate.
func certified(s tlshello.Suite) bool {
	info, known := s.Info()
	return known && !slices.Contains([]string{"anon", "NULL", "PSK", "SRP", "KRB5", "ECCPWD"}, info.Authentication)
}

func uncertified(s tlshello.Suite) bool { return !certified(s) }
