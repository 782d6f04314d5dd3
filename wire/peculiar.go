// What is peculiar about a hello, in words and for a stock tool: the protocols, the
// signals and the lengths that it was said for.

package wire

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/tlshello"
)

// peculiar completes the description of a hello.
func peculiar(hello tlshello.Client) string {
	var what []string
	if protocols := offered(hello); len(protocols) > 0 {
		what = append(what, "offers "+strings.Join(protocols, " and "))
	}
	if hello.FallbackSCSV {
		what = append(what, "says that it is a fallback")
	}
	if slices.ContainsFunc(hello.Suites, func(s tlshello.Suite) bool { return s <= 0xFFFF && tlshello.IsGREASE(uint16(s)) }) {
		what = append(what, "has reserved values in its lists")
	}
	if hello.LegacyVersion > tlshello.TLS13 || len(hello.Versions) > 0 && hello.Versions[0] > tlshello.TLS13 && !tlshello.IsGREASE(uint16(hello.Versions[0])) {
		what = append(what, "offers a version that does not exist")
	}
	for _, extension := range hello.Extra {
		if extension.Type == tlshello.ExtPadding {
			what = append(what, fmt.Sprintf("is padded by %d bytes", len(extension.Data)))
		}
	}
	if len(what) == 0 {
		return ""
	}
	return " that " + strings.Join(what, " and ")
}

// offered are the application protocols that a hello offers, where these are not
// the usual ones.
func offered(hello tlshello.Client) (names []string) {
	if slices.Equal(hello.ALPN, tlshello.Modern("").ALPN) {
		return nil
	}
	for _, name := range hello.ALPN {
		if len(name) != 2 || name[0] != name[1] || !tlshello.IsGREASE(uint16(name[0])<<8|uint16(name[1])) {
			names = append(names, name)
		}
	}
	return names
}

// peculiarFlags say to openssl s_client what of that it can say, too.
func peculiarFlags(hello tlshello.Client) (flags []string) {
	if protocols := offered(hello); len(protocols) > 0 {
		flags = append(flags, "-alpn", quote(strings.Join(protocols, ",")))
	}
	if hello.FallbackSCSV {
		flags = append(flags, "-fallback_scsv")
	}
	return flags
}
