// What a scanner claims of a server, and where two scanners' claims differ.

package scan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// Claims are one scanner's statements about one server, one in a line: "TLS 1.2
// accepted", "TLS 1.2 suite TLS_RSA_WITH_AES_128_CBC_SHA", "TLS 1.2 dh
// TLS_DHE_RSA_WITH_AES_128_CBC_SHA 2048", "TLS 1.3 group x25519", "certificate
// key RSA 2048".
type claims map[string]bool

func (c claims) version(v tlshello.Version) { c[v.String()+" accepted"] = true }

func (c claims) suite(v tlshello.Version, suite string) { c[v.String()+" suite "+suite] = true }

func (c claims) group(v tlshello.Version, group string) { c[v.String()+" group "+group] = true }

func (c claims) dh(v tlshello.Version, suite string, bits int) {
	c[fmt.Sprintf("%v dh %s %d", v, suite, bits)] = true
}

// keyNames are the tools' names for our kinds of key.
var keyNames = map[string]string{"EC": "ECDSA", "ec": "ECDSA", "id-ecPublicKey": "ECDSA", "rsa": "RSA", "rsaEncryption": "RSA"}

func (c claims) certificate(sha256, kind string, bits int, from, until time.Time) {
	if name, other := keyNames[kind]; other {
		kind = name
	}
	for what, value := range map[string]string{
		"sha256": sha256, "key": fmt.Sprintf("%s %d", kind, bits),
		"from": from.UTC().Format(time.RFC3339), "until": until.UTC().Format(time.RFC3339),
	} {
		c["certificate "+what+" "+value] = true
	}
}

// about are the claims on one topic: "accepted", "suite", "group", "dh" or
// "certificate".
func (c claims) about(topic string) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for claim := range c {
			if topicOf(claim) == topic && !yield(claim) {
				return
			}
		}
	})
}

func topicOf(claim string) string {
	if strings.HasPrefix(claim, "certificate ") {
		return "certificate"
	}
	for _, version := range tlshello.Versions() {
		if rest, found := strings.CutPrefix(claim, version.String()+" "); found {
			return strings.Fields(rest)[0]
		}
	}
	return claim
}

// without are the claims of c, on those topics, that other does not make.
func (c claims) without(other claims, topics []string) []string {
	left := maps.Clone(c)
	maps.DeleteFunc(left, func(claim string, _ bool) bool {
		return other[claim] || !slices.Contains(topics, topicOf(claim))
	})
	return slices.Sorted(maps.Keys(left))
}

// ours are the claims of our own recording, which must be a complete one.
func ours(t *testing.T, rec *observe.Recording) claims {
	t.Helper()
	c := claims{}
	versions, _, _ := observe.Get(rec, observe.TLSVersions)
	for version, answer := range versions {
		if answer.Accepted() {
			c.version(version)
		} else if !answer.Refused() {
			t.Errorf("ours: %v was neither accepted nor refused: %s %s", version, answer.Why, answer.Detail)
		}
	}
	suites, _, _ := observe.Get(rec, observe.TLSSuites)
	for version, list := range suites.Versions {
		for _, seen := range list.Suites {
			c.suite(version, seen.Suite.String())
		}
		if !list.Complete {
			t.Errorf("ours: the suites of %v are incomplete: %s %s", version, list.Why, list.Detail)
		}
	}
	groups, _, _ := observe.Get(rec, observe.TLSGroups)
	for version, list := range groups.Versions {
		for _, seen := range list.Groups {
			c.group(version, seen.Group.String())
		}
		if !list.Complete {
			t.Errorf("ours: the groups of %v are incomplete: %s %s", version, list.Why, list.Detail)
		}
	}
	dh, _, _ := observe.Get(rec, observe.TLSDH)
	for _, seen := range dh.Seen {
		c.dh(seen.Version, seen.Suite.String(), seen.Bits)
	}
	if !dh.Complete {
		t.Errorf("ours: the Diffie-Hellman parameters are incomplete: %s", dh.Detail)
	}
	chain, _, gap := observe.Get(rec, observe.Certificates)
	leaf, sent := chain.Leaf()
	if !sent {
		t.Errorf("ours: no certificate: %v", gap)
	}
	c.certificate(leaf.SHA256, leaf.KeyAlgorithm, leaf.KeyBits, leaf.NotBefore, leaf.NotAfter)
	return c
}
