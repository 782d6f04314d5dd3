// What stands beside an exchange says what the hello was for.

package wire

import (
	"testing"

	"middlebrick/tlshello"
)

func TestPeculiarHelloIsDescribed(t *testing.T) {
	usual := tlshello.Modern("app.test")
	for _, row := range []struct {
		change func(*tlshello.Client)
		about  string
		flags  int
	}{
		{func(*tlshello.Client) {}, "", 0},
		{func(c *tlshello.Client) { c.ALPN = nil }, "", 0},
		{func(c *tlshello.Client) { c.ALPN = []string{"h2"} }, " that offers h2", 2},
		{func(c *tlshello.Client) { c.FallbackSCSV = true }, " that says that it is a fallback", 1},
		{func(c *tlshello.Client) { c.LegacyVersion = 0x0305 }, " that offers a version that does not exist", 0},
		{func(c *tlshello.Client) { c.Versions = []tlshello.Version{0x0305, tlshello.TLS13} }, " that offers a version that does not exist", 0},
		{func(c *tlshello.Client) { *c = c.GREASE(); c.ALPN = []string{"h2", c.ALPN[0]} }, " that offers h2 and has reserved values in its lists", 2},
		{func(c *tlshello.Client) {
			c.Extra = []tlshello.Extension{{Type: tlshello.ExtPadding, Data: make([]byte, 300)}}
		}, " that is padded by 300 bytes", 0},
	} {
		hello := usual
		row.change(&hello)
		if got := peculiar(hello); got != row.about {
			t.Errorf("%q, want %q", got, row.about)
		}
		if got := peculiarFlags(hello); len(got) != row.flags {
			t.Errorf("flags %q", got)
		}
	}
}
