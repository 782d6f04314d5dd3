// The record and what is wrong with it in each form.

package cbcoracles

import (
	"bytes"

	"middlebrick/observe"
	"middlebrick/probes/internal/reaction"
	"middlebrick/target"
	"middlebrick/tlsclient"
)

var worded = map[string]string{
	observe.CBCSound:        "with nothing wrong",
	observe.CBCMAC:          "with a wrong MAC",
	observe.CBCPadding:      "with wrong padding",
	observe.CBCBoth:         "with a wrong MAC and wrong padding",
	observe.CBCEmptyMAC:     "without content and with a wrong MAC",
	observe.CBCEmptyPadding: "without content and with wrong padding",
	observe.CBCShort:        "of nothing but padding",
}

// record is a request in that form. Each is as long as it would be with nothing
// wrong, but for the one without content.
func (a *asker) record(session *tlsclient.Session, form string) []byte {
	to := a.w.Target()
	content := "GET / HTTP/1.1\r\nHost: " + target.Authority("https", to.Host, to.HTTPSPort) + "\r\nConnection: close\r\n\r\n"
	if form == observe.CBCEmptyMAC || form == observe.CBCEmptyPadding {
		content = ""
	}
	return session.SealCBC(reaction.ApplicationData, []byte(content), func(r *tlsclient.CBCRecord) { alter(r, form) })
}

// onlyPadding is the length of a record that is nothing but padding: whole blocks
// of every cipher, and longer than every MAC, so that its length says nothing.
const onlyPadding = 64

// alter does to a record what its form says. Where its first byte is to be wrong,
// padding is longer by a whole number of blocks, so that it has more bytes than
// its length.
func alter(r *tlsclient.CBCRecord, form string) {
	const more = 16
	r.Padding = bytes.Repeat([]byte{byte(len(r.Padding) + more - 1)}, len(r.Padding)+more)
	switch form {
	case observe.CBCMAC, observe.CBCEmptyMAC:
		r.MAC[0] ^= 0x80
	case observe.CBCPadding, observe.CBCEmptyPadding:
		r.Padding[0] ^= 0x80
	case observe.CBCBoth:
		r.MAC[0] ^= 0x80
		r.Padding[0] ^= 0x80
	case observe.CBCShort:
		r.Plaintext, r.MAC, r.Padding = nil, nil, bytes.Repeat([]byte{onlyPadding - 1}, onlyPadding)
	}
}
