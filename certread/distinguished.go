// Distinguished names as text (RFC 4514), as crypto/x509 writes them.

package certread

import (
	"crypto/x509/pkix"
	"unicode/utf16"
)

// maxAttributes bounds the attributes that are read of one name.
const maxAttributes = 32

// A name is a subject or an issuer.
type name struct {
	raw                        []byte // to compare with
	text, common, organization string
}

func readName(sequence element) name {
	n := name{raw: sequence.whole}
	var all pkix.RDNSequence
	count := 0
	for set := range elements(sequence.body) {
		var together pkix.RelativeDistinguishedNameSET
		for pair := range elements(set.body) {
			if count++; count > maxAttributes {
				break
			}
			together = append(together, n.attribute(pair.body))
		}
		if len(together) > 0 {
			all = append(all, together)
		}
	}
	n.text = cut(plain(all.String()), maxText)
	return n
}

// attribute reads one type and value, and remembers the two that we look at.
func (n *name) attribute(body []byte) pkix.AttributeTypeAndValue {
	parts := cursor(body)
	kind, _ := parts.take(tagOID)
	value, _ := parts.next()
	attribute := pkix.AttributeTypeAndValue{Type: oid(kind.body), Value: cut(text(value), maxLabel)}
	switch attribute.Type.String() {
	case "2.5.4.3":
		n.common = cut(text(value), maxLabel)
	case "2.5.4.10":
		n.organization = cut(text(value), maxLabel)
	}
	return attribute
}

// text reads a string of any of the kinds that DirectoryString may be (RFC 5280
// section 4.1.2.4). T61 is read as Latin-1, as everybody does.
func text(e element) string {
	switch e.tag {
	case tagBMP:
		units := make([]uint16, 0, len(e.body)/2)
		for i := 0; i+1 < len(e.body); i += 2 {
			units = append(units, uint16(e.body[i])<<8|uint16(e.body[i+1]))
		}
		return string(utf16.Decode(units))
	case tagT61:
		runes := make([]rune, 0, len(e.body))
		for _, b := range e.body {
			runes = append(runes, rune(b))
		}
		return string(runes)
	}
	return plain(string(e.body))
}
