// One line a suite: its name, the key exchange with its size, the cipher's
// strength, and on wide screens OpenSSL's name.

package render

import (
	"fmt"
	"strconv"
	"strings"

	"middlebrick/tlshello"
)

// A suiteLine is one accepted suite in words.
type suiteLine struct {
	name, exchange, bits, openssl string
}

// suiteLayout is the width of each column of all versions' suites, 0 for one that
// does not fit; no columns at all where a suite takes two lines.
type suiteLayout struct {
	name, exchange, openssl int
	oneLine                 bool
}

// bitsColumns is the room for "256 bit" and the spaces before it.
const bitsColumns = 9

func (v view) suiteLayout() suiteLayout {
	l := suiteLayout{}
	for _, version := range tlshello.Versions() {
		for _, line := range v.suiteLines(version) {
			l.name, l.exchange = max(l.name, columns(v.Escape(line.name))), max(l.exchange, columns(v.Escape(line.exchange)))
			l.openssl = max(l.openssl, columns(v.Escape(line.openssl)))
		}
	}
	needs := suiteHang + l.name + 2 + l.exchange + bitsColumns
	l.oneLine = needs <= v.width()
	if needs+2+l.openssl > v.width() {
		l.openssl = 0
	}
	return l
}

func (v view) suite(line suiteLine, l suiteLayout) block {
	if !l.oneLine {
		b := block{text(strings.Repeat(" ", suiteHang) + line.name)}
		return append(b, v.labelled("", ordinary, suiteHang+2, suiteHang+2, strings.TrimPrefix(line.exchange+", "+line.bits, ", "))...)
	}
	said := pad(v.Escape(line.name), l.name) + "  " + pad(v.Escape(line.exchange), l.exchange) + padLeft(line.bits, bitsColumns)
	if l.openssl > 0 {
		said += "  " + line.openssl
	}
	return block{text(strings.Repeat(" ", suiteHang) + said)}
}

// suiteLines are the suites that one version accepts.
func (v view) suiteLines(version tlshello.Version) []suiteLine {
	if v.TLS.Suites == nil || !v.TLS.Versions[version].Accepted() {
		return nil
	}
	var lines []suiteLine
	for _, seen := range v.TLS.Suites.Versions[version].Suites {
		info, ok := seen.Suite.Info()
		line := suiteLine{name: seen.Suite.String()}
		if ok {
			line.exchange, line.bits, line.openssl = v.exchange(version, info), strconv.Itoa(info.Bits)+" bit", info.OpenSSL
		}
		if line.openssl == line.name {
			line.openssl = ""
		}
		lines = append(lines, line)
	}
	return lines
}

// exchange is a suite's key exchange with the size of what it rests on, in bits:
// the groups, the prime, the certificate's key. At TLS 1.3 the suite does not say.
func (v view) exchange(version tlshello.Version, info tlshello.Info) string {
	says, size := info.KeyExchange, ""
	switch info.KeyExchange {
	case "any":
		says = "any group"
	case "ECDHE", "ECDHE_PSK":
		size = v.groupSizes(version)
	case "DHE", "DHE_PSK":
		size = v.primeSizes(version, info.Suite)
	case "RSA", "RSA_PSK":
		size = v.keySize("RSA")
	}
	if info.Authentication == "anon" {
		says += " anon"
	}
	return strings.TrimSuffix(says+" "+size, " ")
}

// groupSizes is the range of the sizes of a version's curves, of any older version
// where this one was not asked: they do not differ.
func (v view) groupSizes(version tlshello.Version) string {
	list, asked := v.groupsOf(version)
	for _, other := range []tlshello.Version{tlshello.TLS12, tlshello.TLS11, tlshello.TLS10} {
		if !asked {
			list, asked = v.groupsOf(other)
		}
	}
	var sizes []int
	for _, one := range list.Groups {
		if info, ok := one.Group.Info(); ok && info.Kind == "EC" && info.Size > 0 {
			sizes = append(sizes, info.Size)
		}
	}
	return sizeRange(sizes)
}

func (v view) primeSizes(version tlshello.Version, suite tlshello.Suite) string {
	if v.TLS.DH == nil {
		return ""
	}
	var exact, other []int
	for _, one := range v.TLS.DH.Seen {
		if one.Version == version {
			other = append(other, one.Bits)
		}
		if one.Version == version && one.Suite == suite {
			exact = append(exact, one.Bits)
		}
	}
	if len(exact) > 0 {
		return sizeRange(exact)
	}
	return sizeRange(other)
}

func (v view) keySize(algorithm string) string {
	if v.TLS.Certificates == nil || len(v.TLS.Certificates.Certificates) == 0 {
		return ""
	}
	if leaf := v.TLS.Certificates.Certificates[0]; leaf.KeyAlgorithm == algorithm && leaf.KeyBits > 0 {
		return strconv.Itoa(leaf.KeyBits)
	}
	return ""
}

// sizeRange is the least and the greatest of some sizes.
func sizeRange(sizes []int) string {
	if len(sizes) == 0 {
		return ""
	}
	least, most := sizes[0], sizes[0]
	for _, size := range sizes {
		least, most = min(least, size), max(most, size)
	}
	if least == most {
		return strconv.Itoa(least)
	}
	return fmt.Sprintf("%d–%d", least, most)
}
