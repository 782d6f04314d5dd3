// Whoever scans for others reaches the public Internet and nothing else.

package wire

import (
	"net/netip"
	"testing"
)

func TestPublicPolicyPermitsPublicAddressesAlone(t *testing.T) {
	for address, may := range map[string]bool{
		"1.1.1.1": true, "8.8.4.4": true, "2606:4700::1": true, "::ffff:1.1.1.1": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "192.168.0.1": false, "172.16.0.1": false, "100.64.0.1": false, "169.254.1.1": false,
		"169.254.169.254": false, "168.63.129.16": false, "100.100.100.200": false, "fd00:ec2::254": false,
		"::ffff:127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::7f00:1": false, "2002:7f00:1::": false, "::127.0.0.1": false,
		"2001:db8::1": false, "3fff::1": false, "fec0::1": false, "fe80::1%lo": false, "fc00::1": false, "0.0.0.0": false, "224.0.0.1": false,
	} {
		err := PermitPublic(netip.AddrPortFrom(netip.MustParseAddr(address), 443))
		if (err == nil) != may {
			t.Errorf("%s: %v, permitted should be %v", address, err, may)
		}
	}
}
