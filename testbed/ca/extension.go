// The extensions of the set, and what changes a template.

package ca

import (
	"crypto"
	"crypto/rsa"
	"encoding/asn1"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// der makes an extension whose value the function writes.
func der(oid asn1.ObjectIdentifier, critical bool, write func(*cryptobyte.Builder)) extension {
	b := cryptobyte.NewBuilder(nil)
	write(b)
	return extension{oid: oid, critical: critical, value: b.BytesOrPanic()}
}

// names makes a subjectAltName of host names and IP address literals.
func names(hosts ...string) extension {
	return sanOf(hosts, func(host string) net.IP { return net.ParseIP(host) })
}

// textNames makes a subjectAltName that has every name as a dNSName, IP
// addresses too.
func textNames(hosts ...string) extension {
	return sanOf(hosts, func(string) net.IP { return nil })
}

func sanOf(hosts []string, address func(string) net.IP) extension {
	return der(oidSAN, false, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, host := range hosts {
				addGeneralName(b, host, address(host))
			}
		})
	})
}

func addGeneralName(b *cryptobyte.Builder, host string, ip net.IP) {
	tag, value := cbasn1.Tag(2).ContextSpecific(), []byte(host)
	if ip != nil {
		tag, value = cbasn1.Tag(7).ContextSpecific(), ip
		if four := ip.To4(); four != nil {
			value = four
		}
	}
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(value) })
}

func basicConstraintsCA() extension {
	return der(oidBasicConstraints, true, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Boolean(true) })
	})
}

func extKeyUsage(purpose asn1.ObjectIdentifier) extension {
	return der(oidExtKeyUsage, false, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(purpose) })
	})
}

// mustStaple is the TLS feature extension with status_request (RFC 7633,
// section 4.1).
func mustStaple() extension {
	return der(oidTLSFeature, false, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(5) })
	})
}

// described is one AccessDescription (RFC 5280, section 4.2.2.1).
type described struct {
	method asn1.ObjectIdentifier
	url    string
}

func accessTo(all ...described) extension {
	return der(oidAIA, false, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, one := range all {
				addDescription(b, one)
			}
		})
	})
}

func addDescription(b *cryptobyte.Builder, one described) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(one.method)
		b.AddASN1(cbasn1.Tag(6).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(one.url)) })
	})
}

// keyUsage allows signatures, and for RSA the encryption of a premaster
// secret, which the suites without forward secrecy need.
func keyUsage(public crypto.PublicKey) extension {
	bits := []byte{0x03, 0x02, 0x07, 0x80}
	if _, isRSA := public.(*rsa.PublicKey); isRSA {
		bits = []byte{0x03, 0x02, 0x05, 0xa0}
	}
	return extension{oid: oidKeyUsage, critical: true, value: bits}
}

// drop takes the named extensions out.
func (t *template) drop(oids ...asn1.ObjectIdentifier) {
	t.extensions = slices.DeleteFunc(slices.Clone(t.extensions), func(e extension) bool {
		return slices.ContainsFunc(oids, e.oid.Equal)
	})
}

// set puts the extension last, in the place of one of its kind.
func (t *template) set(e extension) {
	t.drop(e.oid)
	t.extensions = append(t.extensions, e)
}

func (t *template) setNames(hosts ...string) { t.set(names(hosts...)) }

func (t *template) life(from, to time.Time) { t.from, t.to = from, to }

// setKey gives the certificate another key; who signs it stays.
func (t *template) setKey(key crypto.Signer) {
	t.key = key
	t.set(keyUsage(key.Public()))
	t.identify()
}

// byRSARoot has the certificate signed by the RSA root.
func (t *template) byRSARoot(hash crypto.Hash) {
	t.issuer, t.signer, t.hash = name(nameRSARoot), rsaRoot(), hash
	t.identify()
}

// identify sets the key identifiers to those of the template's keys.
func (t *template) identify() {
	t.set(der(oidSKI, false, func(b *cryptobyte.Builder) { b.AddASN1OctetString(keyID(t.key.Public())) }))
	t.set(der(oidAKI, false, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) {
				b.AddBytes(keyID(t.signer.Public()))
			})
		})
	}))
}

// parent is the host without its first label; a host of one label is its own.
func parent(host string) string {
	if _, rest, ok := strings.Cut(host, "."); ok {
		return rest
	}
	return host
}

// many is n names of which the host is the last.
func many(host string, n int) []string {
	out := make([]string, 0, n)
	for i := 1; i < n; i++ {
		out = append(out, fmt.Sprintf("n%d.%s", i, host))
	}
	return append(out, host)
}
