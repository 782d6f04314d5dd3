// What the section on TLS says in the cases that the golden report does not show.

package render

import (
	"strings"
	"testing"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/tlshello"
)

func TestHabitsAreSaidInWords(t *testing.T) {
	yes, no, silent := observe.Answer{Result: observe.Accepted}, observe.Answer{Result: observe.Denied}, observe.Answer{Result: observe.Silent}
	for _, row := range []struct {
		name string
		tls  report.TLS
		want string
	}{
		{"an unknown protocol is agreed to", report.TLS{Protocols: &observe.Protocols{Unknown: observe.ProtocolAnswer{Chosen: "x/0", Answer: yes}}},
			"agrees to x/0 when offered one that does not exist"},
		{"an unknown protocol is passed over", report.TLS{Protocols: &observe.Protocols{Unknown: observe.ProtocolAnswer{Answer: yes}}},
			"goes on without when offered one that does not exist"},
		{"a protocol is not known", report.TLS{Protocols: &observe.Protocols{Asked: []observe.ProtocolAnswer{{Protocol: "h2", Answer: silent}}}}, "not known: h2"},
		{"one version", report.TLS{Fallback: &observe.Fallback{Single: true}}, "there is one version, and nothing to fall back to"},
		{"fallback served", report.TLS{Fallback: &observe.Fallback{Offered: tlshello.TLS11, Answer: yes}},
			"a client that fell back to TLS 1.1 and says so is served all the same"},
		{"fallback not known", report.TLS{Fallback: &observe.Fallback{Answer: silent}}, "not known whether a client that fell back is stopped"},
		{"address", report.TLS{Nameless: &observe.Nameless{Literal: true, Answer: yes}}, "the target is an address, so that no hello carries a name"},
		{"no name refused", report.TLS{Nameless: &observe.Nameless{Answer: no}}, "a hello without a name is refused"},
		{"no name not known", report.TLS{Nameless: &observe.Nameless{Answer: silent}}, "not known what a hello without a name is given"},
		{"another certificate", report.TLS{Nameless: &observe.Nameless{Answer: yes, Compared: true, Certificate: &observe.Certificate{Subject: "CN=other"}}},
			"a hello without a name is given the certificate of CN=other"},
		{"no certificate", report.TLS{Nameless: &observe.Nameless{Answer: yes}}, "a hello without a name is accepted"},
		{"nothing was asked", report.TLS{Protocols: &observe.Protocols{Absent: true}, Fallback: &observe.Fallback{Absent: true},
			Tolerance: &observe.Tolerance{Absent: true}, Nameless: &observe.Nameless{Absent: true}}, ""},
	} {
		v := view{Report: report.Report{TLS: &row.tls}, Options: Options{Screen: Screen{Width: 200}}}
		got := strings.TrimSpace(string(v.bytes(v.habits())))
		if _, said, ok := strings.Cut(got, "   "); ok {
			got = strings.TrimSpace(said)
		}
		if got = strings.TrimPrefix(got, "Fallback  "); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

func TestProtocolThatATargetNamesIsEscaped(t *testing.T) {
	r := fixture(t, "tls")
	r.TLS.Protocols.Unknown.Chosen, r.TLS.Protocols.Unknown.Answer.Result = "\x1b[2Jx\u202e", observe.Accepted
	page := string(Table(r, Options{Screen: Screen{Width: 200}}))
	if strings.Contains(page, "\x1b") || !strings.Contains(page, `\x1b[2Jx<U+202E>`) {
		t.Error("the protocol that the target made up stands on the page as it came")
	}
}
