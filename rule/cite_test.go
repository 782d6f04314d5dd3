// Tests of the citations.

package rule

import "testing"

func TestRFCIsCitedByNumberSectionAndTitle(t *testing.T) {
	for _, c := range []struct {
		number  int
		section string
		want    Cite
	}{
		{8996, "4", Cite{"RFC 8996 section 4 (Deprecating TLS 1.0 and TLS 1.1)", "https://www.rfc-editor.org/rfc/rfc8996#section-4"}},
		{9525, "", Cite{"RFC 9525 (Service Identity in TLS)", "https://www.rfc-editor.org/rfc/rfc9525"}},
		{5246, "F.1.1.1", Cite{"RFC 5246 appendix F.1.1.1 (The TLS Protocol Version 1.2)", "https://www.rfc-editor.org/rfc/rfc5246#appendix-F.1.1.1"}},
		{1, "4", Cite{}},
	} {
		if got := RFC(c.number, c.section); got != c.want {
			t.Errorf("RFC(%d, %q) is %+v, want %+v", c.number, c.section, got, c.want)
		}
	}
}

func TestUnknownDocumentHasNoText(t *testing.T) {
	if got := Document("NoSuchThing"); got != (Cite{}) {
		t.Errorf("an unknown document is cited as %+v", got)
	}
}

func TestEveryDocumentHasTextAndAddress(t *testing.T) {
	for name, cite := range documents {
		if cite.Text == "" || len(cite.URL) < 9 || cite.URL[:8] != "https://" {
			t.Errorf("document %s is cited as %+v", name, cite)
		}
	}
}
