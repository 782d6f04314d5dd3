// Package certs asks what every certificate rule asks before its own question:
// is there a certificate, can it be read, and which certificates does a client
// walk over from the leaf to a root? One cause makes one finding: the helpers
// also name the rule whose business something else is.
package certs

import (
	"fmt"
	"strings"

	"middlebrick/certread"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Judged makes a judge of one that needs a leaf: without TLS the rule does not
// apply, without a certificate nothing can be said. Every verdict cites the
// exchange in which the chain was sent.
func Judged(judge func(chain observe.Chain, leaf observe.Certificate) rule.Verdict) func(observe.Chain) rule.Verdict {
	return func(chain observe.Chain) rule.Verdict {
		leaf, ok := chain.Leaf()
		switch {
		case chain.Absent:
			return rule.NotApplicable(because("there is no TLS, and so no certificate", chain.Detail))
		case !ok:
			return rule.Inconclusive(because("no certificate was seen", chain.Detail))
		}
		v := judge(chain, leaf)
		if chain.Ref != "" {
			v = v.Citing(chain.Ref)
		}
		return v
	}
}

func because(what, detail string) string {
	if detail == "" {
		return what
	}
	return what + ": " + detail
}

// Unread is the verdict on a field that could not be read: the rule that
// complains about the whole certificate is named, or doubt is said.
func Unread(c observe.Certificate, what string) rule.Verdict {
	if Malformed(c) {
		return rule.NotApplicable(fmt.Sprintf("the certificate does not tell its %s: encryption.certmalformed says why", what))
	}
	return rule.Inconclusive("the certificate does not tell its " + what)
}

// Malformed is true when crypto/x509 refuses the certificate for its form.
func Malformed(c observe.Certificate) bool { return c.Unparsed != "" && !Unsupported(c) }

// Unsupported is true when the certificate is built around a key that
// crypto/x509 does not know.
func Unsupported(c observe.Certificate) bool {
	return strings.HasPrefix(c.Unparsed, certread.Unsupported)
}

// A Link is one certificate of the path that a client walks, and how a finding
// names its place.
type Link struct {
	observe.Certificate
	Where string
}

// Path is the leaf and those of its issuers that were sent. A self-signed
// certificate above the leaf is left out: clients use their own copy of a root,
// and its signature proves nothing.
func Path(chain observe.Chain) []Link {
	leaf, ok := chain.Leaf()
	if !ok {
		return nil
	}
	links, used := []Link{{leaf, "leaf"}}, map[int]bool{0: true}
	for current := leaf; !current.SelfSigned; {
		next := issuerOf(chain, current, used)
		if next < 0 || chain.Certificates[next].SelfSigned {
			break
		}
		used[next], current = true, chain.Certificates[next]
		links = append(links, Link{current, Issuer(current)})
	}
	return links
}

// Issuer names a certificate above the leaf.
func Issuer(c observe.Certificate) string { return "issuer " + say.Plain(c.Subject) }

func issuerOf(chain observe.Chain, c observe.Certificate, used map[int]bool) int {
	for i, candidate := range chain.Certificates {
		if !used[i] && candidate.Subject != "" && candidate.Subject == c.Issuer {
			return i
		}
	}
	return -1
}

// Strict is true when a store's roots vouch for the chain as it stands, its
// dates and hashes included.
func Strict(chain observe.Chain) bool {
	for _, store := range chain.Trust {
		if store.Trusted && store.Reason == "" {
			return true
		}
	}
	return false
}

// Stores names those stores for which is holds.
func Stores(chain observe.Chain, is func(observe.Store) bool) string {
	var names []string
	for _, store := range chain.Trust {
		if is(store) {
			names = append(names, name(store))
		}
	}
	return strings.Join(names, ", ")
}

func name(store observe.Store) string {
	if store.Version == "" {
		return store.Name
	}
	return store.Name + " (" + store.Version + ")"
}

// Date is a day as reports write it; it is part of no fingerprint.
const Date = "2006-01-02 15:04 MST"
