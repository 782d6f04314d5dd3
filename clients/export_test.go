// What the tests against real servers use of the tests against programs.

package clients

import (
	"testing"

	"golang.org/x/crypto/cryptobyte"

	"middlebrick/tlshello"
)

// Program is a client that may be installed here.
type Program = program

// Programs are those whose hellos the table captured.
func Programs() []Program { return programs() }

// Name is the client's in the table.
func (p program) Name() string { return p.name }

// Start has the program greet the address; false when it is not installed.
func (p program) Start(t *testing.T, address string) bool { return p.start(t, address) }

// Got is what a handshake came to, as its bytes say.
type Got struct {
	Outcome Outcome
	Version tlshello.Version
	Suite   tlshello.Suite
	Group   tlshello.Group
}

// Negotiated reads both directions of a connection, as far as they are in clear.
func Negotiated(sent, received []byte) Got {
	g := Got{Outcome: Fails}
	in := cryptobyte.String(joinRecords(received))
	for !in.Empty() {
		var kind uint8
		var body cryptobyte.String
		if !in.ReadUint8(&kind) || !in.ReadUint24LengthPrefixed(&body) {
			break
		}
		switch kind {
		case 2:
			g.serverHello(body)
		case 12:
			g.keyExchange(body)
		}
	}
	if g.Version != 0 && GoesOn(sent) {
		g.Outcome = Connects
	}
	return g
}

func (g *Got) serverHello(body cryptobyte.String) {
	var version, suite uint16
	var session, extensions cryptobyte.String
	if !body.ReadUint16(&version) || !body.Skip(32) || !body.ReadUint8LengthPrefixed(&session) || !body.ReadUint16(&suite) || !body.Skip(1) {
		return
	}
	g.Version, g.Suite = tlshello.Version(version), tlshello.Suite(suite)
	body.ReadUint16LengthPrefixed(&extensions)
	for !extensions.Empty() {
		var number, value uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&number) || !extensions.ReadUint16LengthPrefixed(&data) {
			return
		}
		read := data.ReadUint16(&value)
		if read && number == tlshello.ExtSupportedVersions {
			g.Version = tlshello.Version(value)
		}
		if read && number == tlshello.ExtKeyShare {
			g.Group = tlshello.Group(value)
		}
	}
}

// keyExchange reads the curve of an ECDHE suite; a prime has no number.
func (g *Got) keyExchange(body cryptobyte.String) {
	var form uint8
	var group uint16
	if needsGroup(g.Suite) && body.ReadUint8(&form) && form == 3 && body.ReadUint16(&group) {
		g.Group = tlshello.Group(group)
	}
}

// GoesOn is true when the client answered the server's flight with
// ChangeCipherSpec, or with an encrypted record, and not with an alert.
func GoesOn(sent []byte) bool {
	for len(sent) >= 5 {
		switch sent[0] {
		case 20, 23:
			return true
		case 21:
			return false
		}
		sent = sent[min(len(sent), 5+int(sent[3])<<8+int(sent[4])):]
	}
	return false
}
