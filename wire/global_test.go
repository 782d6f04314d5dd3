// Whoever scans for others reaches the public Internet and nothing else.

package wire

import (
	"net/netip"
	"testing"
	"time"
)

func TestPublicPolicyPermitsPublicAddressesAlone(t *testing.T) {
	for address, may := range map[string]bool{
		"1.1.1.1": true, "8.8.4.4": true, "2606:4700::1": true, "::ffff:1.1.1.1": true, "223.255.255.255": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "192.168.0.1": false, "172.16.0.1": false, "100.64.0.1": false, "169.254.1.1": false,
		"169.254.169.254": false, "168.63.129.16": false, "100.100.100.200": false, "fd00:ec2::254": false, "fd20:ce::254": false, "192.0.0.192": false,
		"0.1.2.3": false, "198.18.0.1": false, "240.0.0.1": false, "255.255.255.255": false, "192.0.2.1": false, "198.51.100.1": false, "203.0.113.1": false,
		"::ffff:127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b::808:808": false, "64:ff9b:1::7f00:1": false, "2002:7f00:1::": false, "2002:808:808::1": false,
		"2001::1": false, "::127.0.0.1": false, "::8.8.8.8": false, "::ffff:0:127.0.0.1": false, "::ffff:0:8.8.8.8": false,
		"2001:db8::1": false, "2001:2::1": false, "100::1": false, "100:0:0:1::1": false, "3fff::1": false, "5f00::1": false, "fec0::1": false, "4000::1": false,
		"fe80::1": false, "fe80::1%lo": false, "2606:4700::1%lo": false, "::1%lo": false, "fc00::1": false, "fd12::1": false,
		"0.0.0.0": false, "::": false, "224.0.0.1": false, "ff02::1": false,
		"2606:4700::5efe:127.0.0.1": false, "2606:4700::200:5efe:10.0.0.1": false, "2606:4700::5efe:8.8.8.8": true, "fe80::5efe:8.8.8.8": false,
		"2606:4700::5efe:169.254.169.254": false,
		// Inside of what is reserved, and let out of it by the registries …
		"192.31.196.1": true, "192.52.193.1": true, "192.175.48.1": true, "2001:3::1": true, "2001:4:112::1": true, "2001:20::1": true, "2001:30::1": true, "2620:4f:8000::1": true,
		// … but for what answers from one's own network.
		"192.0.0.9": false, "192.0.0.10": false, "2001:1::1": false, "2001:1::2": false, "2001:1::3": false,
		"192.0.0.170": false, "192.0.0.8": false, "192.88.99.1": false, "192.88.99.2": false, "2001:10::1": false, "2001:1::4": false, "2001:1ff::1": false, "2001:200::1": true,
	} {
		err := PermitPublic(netip.AddrPortFrom(netip.MustParseAddr(address), 443))
		if (err == nil) != may {
			t.Errorf("%s: %v, permitted should be %v", address, err, may)
		}
	}
}

// Every block that the registries do not call globally reachable is refused, at its
// first address and at its last, unless a narrower one says otherwise.
func TestNoSpecialPurposeBlockIsPublic(t *testing.T) {
	for _, b := range special {
		for _, addr := range []netip.Addr{b.prefix.Addr(), last(b.prefix)} {
			if narrowest, _ := registered(addr); !narrowest.reachable && Global(addr) {
				t.Errorf("%s of %s (%s) counts as public", addr, b.prefix, b.name)
			}
		}
	}
}

func last(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	addr, _ := netip.AddrFromSlice(bytes)
	return addr
}

func TestMetadataIsRefusedInEveryFormOnTheCommandLineToo(t *testing.T) {
	for _, address := range []string{
		"169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16",
		"169.254.170.23", "fd00:ec2::23", "169.254.0.23", "169.254.42.42", "fd00:42::42", "fd00:a9fe:a9fe::1", "fe80::a9fe:a9fe", "fe80::a9fe:a9fe%eth0",
		"::ffff:169.254.169.254", "::169.254.169.254", "::ffff:0:169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b::168.63.129.16",
		"64:ff9b:1::169.254.169.254", "64:ff9b:1:a9fe:a9:fe00::", "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::1", "2001::5601:5601", "fd12::5efe:169.254.169.254",
	} {
		if err := PermitAll(netip.AddrPortFrom(netip.MustParseAddr(address), 80)); err == nil {
			t.Errorf("%s is permitted", address)
		}
	}
	for _, address := range []string{"127.0.0.1", "10.0.0.1", "169.254.1.1", "::1", "fd12::1", "64:ff9b::10.0.0.1", "8.8.8.8"} {
		if err := PermitAll(netip.AddrPortFrom(netip.MustParseAddr(address), 80)); err != nil {
			t.Errorf("%s: %v, but it is the user's own machine", address, err)
		}
	}
}

func TestSpecialNamesTheBlockAndItsDocument(t *testing.T) {
	name, rfc, ok := Special(netip.MustParseAddr("::ffff:100.64.3.4"))
	if name != "Shared Address Space" || rfc != "[RFC6598]" || !ok {
		t.Errorf("100.64.3.4 is %q %q %v", name, rfc, ok)
	}
	if name, _, ok := Special(netip.MustParseAddr("8.8.8.8")); ok {
		t.Errorf("8.8.8.8 is %q", name)
	}
}

// The registries change a few times a year. To renew them see
// scripts/specialaddresses.
func TestRegistriesAreNotOlderThanHalfAYear(t *testing.T) {
	taken, err := time.Parse(time.DateOnly, specialTaken)
	if err != nil {
		t.Fatal(err)
	}
	if age := time.Since(taken); age > 180*24*time.Hour {
		t.Errorf("the registries of special-purpose addresses in wire/data were taken on %s; take them anew and run go generate ./wire", specialTaken)
	}
}

func FuzzPublicPolicy(f *testing.F) {
	for _, seed := range []string{"127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "fe80::1%lo", "2606:4700::5efe:127.0.0.1", "8.8.8.8"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		addr, err := netip.ParseAddr(text)
		if err != nil || PermitPublic(netip.AddrPortFrom(addr, 443)) != nil {
			return
		}
		for _, one := range append(Embedded(addr), addr.Unmap()) {
			if !one.IsGlobalUnicast() || one.IsPrivate() || one.IsLoopback() || one.IsLinkLocalUnicast() || addr.Zone() != "" {
				t.Fatalf("%s is permitted", addr)
			}
		}
	})
}
