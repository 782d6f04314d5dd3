// Type, length, value: the tolerant reader of DER elements under all the others.
// A length beyond the end is taken to mean the end, so that a truncated
// certificate still tells what it holds.

package certread

import (
	"encoding/asn1"
	"iter"
)

// Tags of ITU-T X.690 section 8, with the class and constructed bits.
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagBits        = 0x03
	tagOctets      = 0x04
	tagOID         = 0x06
	tagEnumerated  = 0x0a
	tagUTF8        = 0x0c
	tagT61         = 0x14
	tagUTCTime     = 0x17
	tagTime        = 0x18
	tagBMP         = 0x1e
	tagSequence    = 0x30
	tagSet         = 0x31
	tagVersion     = 0xa0 // [0] EXPLICIT of TBSCertificate
	tagExtensions  = 0xa3 // [3] EXPLICIT of TBSCertificate
	tagDNSName     = 0x82 // [2] of GeneralName
	tagURI         = 0x86 // [6] of GeneralName
	tagAddress     = 0x87 // [7] of GeneralName
	tagHash        = 0xa0 // [0] of RSASSA-PSS-params
	tagAuthorityID = 0x80 // [0] of AuthorityKeyIdentifier
)

// An element is one TLV: its body, and the whole of it with tag and length.
type element struct {
	tag         byte
	body, whole []byte
}

// A cursor is what is still to be read.
type cursor []byte

// next takes one element of any tag.
func (c *cursor) next() (element, bool) {
	in := []byte(*c)
	if len(in) < 2 || in[0]&0x1f == 0x1f { // tags above 30 stand nowhere in a certificate
		return element{}, false
	}
	length, start := int(in[1]), 2
	if in[1]&0x80 != 0 {
		count := int(in[1] & 0x7f)
		if count == 0 || count > 4 || len(in) < 2+count {
			return element{}, false
		}
		length, start = 0, 2+count
		for _, b := range in[2:start] {
			length = length<<8 | int(b)
		}
	}
	end := len(in)
	if length >= 0 && length < end-start {
		end = start + length
	}
	*c = in[end:]
	return element{in[0], in[start:end], in[:end]}, true
}

// take takes the next element when it bears that tag, and otherwise leaves it.
func (c *cursor) take(tag byte) (element, bool) {
	if len(*c) == 0 || (*c)[0] != tag {
		return element{}, false
	}
	return c.next()
}

// elements goes through all that stands in a body.
func elements(body []byte) iter.Seq[element] {
	return func(yield func(element) bool) {
		c := cursor(body)
		for {
			e, ok := c.next()
			if !ok || !yield(e) {
				return
			}
		}
	}
}

// oid reads an object identifier; nil when it is none.
func oid(body []byte) asn1.ObjectIdentifier {
	var arcs asn1.ObjectIdentifier
	arc := 0
	for _, b := range body {
		if arc > 1<<24 || len(arcs) > 32 {
			return nil
		}
		arc = arc<<7 | int(b&0x7f)
		if b&0x80 != 0 {
			continue
		}
		if len(arcs) == 0 {
			first := min(arc/40, 2)
			arcs, arc = append(arcs, first), arc-40*first
		}
		arcs, arc = append(arcs, arc), 0
	}
	return arcs
}
