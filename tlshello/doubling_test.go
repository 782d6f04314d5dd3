// Agreeing on a secret by doubling gives what any other client computes.

package tlshello

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"testing"
)

func TestDoublingAgreesAsAnyClientDoes(t *testing.T) {
	for group, c := range map[Group]ecdh.Curve{Secp256r1: ecdh.P256(), Secp384r1: ecdh.P384(), Secp521r1: ecdh.P521()} {
		for range 50 {
			server, err := c.GenerateKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			public, ours, err := KeyShare{Group: group}.Agree(server.PublicKey().Bytes())
			if err != nil {
				t.Fatal(err)
			}
			client, err := c.NewPublicKey(public)
			if err != nil {
				t.Fatalf("%s: what we send is no key: %v", group, err)
			}
			if theirs, err := server.ECDH(client); err != nil || !bytes.Equal(theirs, ours) {
				t.Errorf("%s: we agree on %x, the server on %x (%v)", group, ours, theirs, err)
			}
		}
		for _, broken := range [][]byte{nil, {0}, {4}, bytes.Repeat([]byte{4}, 65), bytes.Repeat([]byte{4}, 97), bytes.Repeat([]byte{4}, 133)} {
			if _, _, err := (KeyShare{Group: group}).Agree(broken); err == nil {
				t.Errorf("%s: agreed with %x, which is no point", group, broken)
			}
		}
	}
}
