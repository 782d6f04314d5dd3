// The second hello of a connection, after a HelloRetryRequest.

package tlshello

import (
	"bytes"
	"slices"
)

// Retry is the hello that a HelloRetryRequest asks for (RFC 8446, section
// 4.1.2): the same, with the cookie and a key for the group asked. It goes out
// on the same connection and is read with the returned Client. False means
// that there is nothing to send: the answer is no HelloRetryRequest, asks for
// what was not offered or cannot be computed here, or is the second one.
func (c Client) Retry(a Answer) (Client, bool) {
	if a.Kind != KindHelloRetry || len(c.Transcript) > 0 || len(a.ServerHello) == 0 {
		return Client{}, false
	}
	first, err := c.hello()
	if err != nil {
		return Client{}, false
	}
	suite, ok := protections[a.Suite]
	if !ok {
		return Client{}, false
	}
	second := c
	second.Cookie = bytes.Clone(a.Cookie)
	if a.Group != 0 {
		if !c.mayRetryWith(a.Group) {
			return Client{}, false
		}
		second.KeyShares, second.EmptyKeyShare = []KeyShare{{Group: a.Group}}, false
	}
	if a.Group == 0 && len(a.Cookie) == 0 {
		return Client{}, false
	}
	hash := digest(suite.hash, first)
	second.Transcript = slices.Concat([]byte{messageHash, 0, 0, byte(len(hash))}, hash, a.ServerHello)
	return second, true
}

// mayRetryWith tells whether a server may ask for a key of that group: it was
// named, came without a key so far, and can be computed.
func (c Client) mayRetryWith(g Group) bool {
	_, computable := keyAgreements[g]
	shared := slices.ContainsFunc(c.shares(), func(k KeyShare) bool { return k.Group == g })
	return computable && !shared && slices.Contains(c.groups(), g)
}
