// What the TLS side showed: each version with its suites, groups and signatures,
// what is true of all versions, and the certificates.

package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// details are the parts of the summary that only somebody who asks for everything
// wants to read.
func (v view) details() block {
	if !v.All {
		return nil
	}
	b := append(v.arithmetic(), v.letterDetail()...)
	if v.seesTLS() {
		b = append(b, v.offer()...)
		b = append(b, v.certificates()...)
	}
	return append(b, v.clients()...)
}

func (v view) seesTLS() bool { return v.TLS != nil && v.TLS.Versions != nil }

// Where the parts of a version stand, its suites and the names of its lists, and the
// lists themselves; and what is said of all versions.
const (
	suiteHang = 5
	listHang  = 17
	habitHang = 13
)

// offer is what the target offers to a client.
func (v view) offer() block {
	b := block{blank, {{" TLS AS SEEN", bold}}}
	layout := v.suiteLayout()
	for _, version := range slices.Backward(tlshello.Versions()) {
		if answer, asked := v.TLS.Versions[version]; asked {
			b = append(b, v.version(version, answer, layout)...)
		}
	}
	return append(b, v.habits()...)
}

var resultStyles = map[observe.Result]style{observe.Silent: unsure}

// version is one protocol version: its answer, and what it accepts.
func (v view) version(version tlshello.Version, answer observe.Answer, layout suiteLayout) block {
	says := string(answer.Result)
	switch {
	case answer.Accepted():
		says += v.order(version)
	case answer.Result == observe.Silent:
		says = cmp.Or(answer.Detail, "no answer")
	case answer.Detail != "":
		says += ", " + answer.Detail
	}
	b := v.labelled(version.String(), resultStyles[answer.Result], 3, fieldHang, says)
	if !answer.Accepted() {
		return b
	}
	for _, line := range v.suiteLines(version) {
		b = append(b, v.suite(line, layout)...)
	}
	for _, list := range v.lists(version) {
		b = append(b, v.labelled(list.name, faint, suiteHang, listHang, list.says)...)
	}
	return b
}

// order is whose order of suites decides, where that was told.
func (v view) order(version tlshello.Version) string {
	if v.TLS.Suites == nil {
		return ""
	}
	list := v.TLS.Suites.Versions[version]
	switch {
	case list.Preference == observe.ByClient:
		return "; the client's order of suites decides"
	case list.Preference == observe.ByServer && list.Preferred != 0:
		return "; the server's order of suites decides, first " + list.Preferred.String()
	case list.Preference == observe.ByServer:
		return "; the server's order of suites decides"
	}
	return ""
}

// A named list is one line below a version's suites.
type namedList struct{ name, says string }

// lists are the other facts of one version, those that are known.
func (v view) lists(version tlshello.Version) (lists []namedList) {
	add := func(name string, words []string, complete bool, detail string) {
		says := strings.Join(words, ", ")
		if !complete {
			says = strings.TrimPrefix(strings.TrimSuffix(says+", and perhaps more: "+detail, ": "), ", and ")
		}
		if says != "" {
			lists = append(lists, namedList{name, says})
		}
	}
	if v.TLS.Suites != nil {
		if list, asked := v.TLS.Suites.Versions[version]; asked {
			add("suites", nil, list.Complete, list.Detail)
		}
	}
	if list, asked := v.groupsOf(version); asked {
		add("groups", names(list.Groups, func(g observe.GroupSeen) string { return g.Group.String() }), list.Complete, list.Detail)
	}
	if v.TLS.DH != nil {
		add("primes", primes(v.TLS.DH.Seen, version), true, "")
	}
	if v.TLS.Signatures != nil {
		if list, asked := v.TLS.Signatures.Versions[version]; asked {
			words := names(list.Schemes, func(s observe.SignatureSeen) string { return s.Scheme.String() })
			if list.Unsigned {
				words = []string{"none: no suite signs"}
			}
			add("signatures", words, list.Complete, list.Detail)
		}
	}
	if v.TLS.Features != nil {
		add("features", features(version, v.TLS.Features.Versions[version]), true, "")
	}
	return lists
}

func (v view) groupsOf(version tlshello.Version) (list observe.GroupList, asked bool) {
	if v.TLS.Groups == nil {
		return list, false
	}
	list, asked = v.TLS.Groups.Versions[version]
	return list, asked
}

func names[T any](all []T, name func(T) string) []string {
	words := make([]string, 0, len(all))
	for _, one := range all {
		words = append(words, name(one))
	}
	return words
}

// primes are those of one version's Diffie-Hellman over finite fields, each once.
func primes(all []observe.DHSeen, version tlshello.Version) (words []string) {
	for _, one := range all {
		says := fmt.Sprintf("%d bit", one.Bits)
		if one.Known != "" {
			says += " (" + one.Known + ")"
		}
		if one.Version == version && !slices.Contains(words, says) {
			words = append(words, says)
		}
	}
	return words
}

// features are what the ServerHello agreed to; TLS 1.3 has the first two by nature.
func features(version tlshello.Version, f observe.HelloFeatures) (words []string) {
	older := version < tlshello.TLS13
	for _, one := range []struct {
		has  bool
		name string
	}{
		{older && f.SecureRenegotiation, "secure renegotiation"}, {older && f.ExtendedMasterSecret, "extended master secret"},
		{f.SessionTicket, "tickets"}, {f.EncryptThenMAC, "encrypt-then-MAC"}, {f.OCSPStapling, "OCSP staple"},
		{f.Heartbeat, "heartbeat"}, {f.Compression != 0, "compression"},
	} {
		if one.has {
			words = append(words, one.name)
		}
	}
	return words
}

func (v view) certificates() block {
	if v.TLS.Certificates == nil || len(v.TLS.Certificates.Certificates) == 0 {
		return nil
	}
	b := block{blank, {{" CERTIFICATES AS SENT", bold}}}
	for i, c := range v.TLS.Certificates.Certificates {
		b = append(b, v.labelled(fmt.Sprintf("%d", i+1), ordinary, 3, 6, c.Subject)...)
		b = append(b, v.labelled("", ordinary, 6, 6, "by "+c.Issuer)...)
		const day = "2006-01-02"
		b = append(b, v.labelled("", ordinary, 6, 6, fmt.Sprintf("%s to %s, %s %d bit, %s", c.NotBefore.Format(day), c.NotAfter.Format(day), c.KeyAlgorithm, c.KeyBits, c.Signature))...)
		if len(c.DNSNames)+len(c.Addresses) > 0 {
			names := append(append([]string{}, c.DNSNames...), c.Addresses...)
			b = append(b, v.labelled("", ordinary, 6, 6, "for "+strings.Join(names[:min(len(names), maxNames)], ", "))...)
		}
	}
	for _, store := range v.TLS.Certificates.Trust {
		says := "trusted"
		if !store.Trusted {
			says = "not trusted: " + store.Reason
		}
		b = append(b, v.labelled("", ordinary, 3, 3, "by the "+store.Name+" roots: "+says)...)
	}
	for _, line := range v.standing() {
		b = append(b, v.labelled("", ordinary, 3, 3, line)...)
	}
	return b
}

// maxNames bounds the names of one certificate; there can be thousands.
const maxNames = 20
