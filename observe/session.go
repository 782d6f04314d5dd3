// Facts of finished handshakes: tickets, resumption, early data, renegotiation.

package observe

import (
	"middlebrick/tlshello"
)

// Keys of what finished handshakes tell.
var (
	TLSHandshakes    = newKey[Handshakes]("tls.handshakes")
	TLSRenegotiation = newKey[Renegotiation]("tls.renegotiation")
	TLSTicketEcho    = newKey[TicketEcho]("tls.ticketecho")
)

// Handshakes is what handshakes brought that were carried to their end, at the
// newest accepted version up to TLS 1.2 and at TLS 1.3.
type Handshakes struct {
	Absent   bool                           `json:"absent"`
	Versions map[tlshello.Version]Handshake `json:"versions"`
}

// A Handshake is what one version's handshakes brought. Each answer is accepted,
// refused, silent, or absent where the question cannot arise; Detail says why.
// Finished is refused where the target ends the handshake with an alert, most
// likely since it wants a certificate of the client.
type Handshake struct {
	Finished          Answer       `json:"finished"`
	ClientCertificate bool         `json:"clientCertificate"` // one was asked for; none was given
	Tickets           []TicketSeen `json:"tickets"`
	ByTicket          Answer       `json:"byTicket"`  // a session taken up again by its ticket
	ByID              Answer       `json:"byId"`      // by its session id, up to TLS 1.2
	EarlyData         Answer       `json:"earlyData"` // the offer of early data, at TLS 1.3; none was sent
	Exchanges         int          `json:"exchanges"` // handshakes in which the target sent a key of its own
	KeyReused         bool         `json:"keyReused"` // two of them had the same
}

// A TicketSeen is one session ticket. Lifetime is in seconds; up to TLS 1.2 it is
// a hint, and 0 says nothing (RFC 5077 section 3.3).
type TicketSeen struct {
	Lifetime     uint32 `json:"lifetime"`
	EarlyData    bool   `json:"earlyData"`
	MaxEarlyData uint32 `json:"maxEarlyData"` // bytes
	Ref          Ref    `json:"ref"`
}

// Renegotiation is the answer to a client that begins a new handshake in the
// middle of a connection, at the newest accepted version up to TLS 1.2. Spared says
// why the question cannot arise.
type Renegotiation struct {
	Absent  bool             `json:"absent"`
	Spared  string           `json:"spared,omitempty"`
	Version tlshello.Version `json:"version,omitzero"`
	Answer  Answer           `json:"answer"`
}

// TicketEcho is what came back as session id when a ticket was shown together with
// an id of ours: as many bytes as were sent, if all is well. What is more than that
// is counted and thrown away. Own is true where the echo begins with our id. Spared
// says why the question cannot arise.
type TicketEcho struct {
	Absent  bool             `json:"absent"`
	Spared  string           `json:"spared,omitempty"`
	Version tlshello.Version `json:"version,omitzero"`
	Answer  Answer           `json:"answer"` // accepted where the ticket was taken
	Sent    int              `json:"sent"`   // bytes
	Echoed  int              `json:"echoed"`
	Own     bool             `json:"own"`
}
