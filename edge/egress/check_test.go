// What is refused before anything is dialled, and the question of the settings page.

package egress

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/target"
)

func TestTargetsAreCheckedWithoutAskingForTheirNames(t *testing.T) {
	l := live(t, Policy{Mode: Ranges, Ranges: prefixes("10.20.0.0/16"), Ports: []Ports{{9443, 9443}}, Self: []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:8443")}})
	for raw, want := range map[string]Reason{
		"https://api.example.com/":             "",
		"https://internal.example:9443/":       "", // decided at the dial
		"https://10.20.1.1/":                   "",
		"https://10.21.1.1/":                   ByPolicy,
		"https://[::ffff:10.21.1.1]/":          ByPolicy,
		"http://api.example.com:22/":           Port,
		"https://169.254.169.254/":             Metadata,
		"https://[64:ff9b::169.254.169.254]/":  Metadata,
		"http://localhost/":                    ByPolicy,
		"http://app.localhost:8443/":           Self,
		"http://localhost.:5000/":              ByPolicy,
		"https://10.20.0.9:8443/":              Self,
		"https://①②⑦.⓪.⓪.①/":                   ByPolicy,
		"https://[2606:4700::5efe:127.0.0.1]/": ByPolicy,
	} {
		checked, err := l.CheckURL(raw)
		if got := reasonOf(t, err); got != want || checked.URL == "" {
			t.Errorf("%s: %q, want %q (%+v)", raw, got, want, checked)
		}
	}
	for _, raw := range []string{"ftp://h/", "https://user:pw@h/", "https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://[fe80::1%25lo]/", "https://h:0/", "unix:///run/x", "http://h:99999/"} {
		if _, err := l.CheckURL(raw); err == nil || Refused(err) {
			t.Errorf("%s: %v, want what to type instead", raw, err)
		}
	}
}

func TestLoopbacksNameIsOpenWhereLoopbackIs(t *testing.T) {
	l := live(t, Policy{Mode: Ranges, Ranges: prefixes("127.0.0.0/8")})
	if _, err := l.CheckURL("http://localhost:5000/"); err != nil {
		t.Error(err)
	}
	l = live(t, Policy{Mode: Ranges, Ranges: prefixes("::1/128")})
	if _, err := l.CheckURL("http://localhost:5000/"); err != nil {
		t.Error(err)
	}
}

func TestTargetThatIsNotWhatItsURLSaysIsRefused(t *testing.T) {
	l := live(t, Policy{Mode: Public})
	good, err := target.Parse("https://api.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*target.Target){
		"another host":   func(t *target.Target) { t.Host = "127.0.0.1" },
		"another port":   func(t *target.Target) { t.Port = 22 },
		"another scheme": func(t *target.Target) { t.Scheme = "gopher" },
		"no URL":         func(t *target.Target) { t.URL = "" },
		"a user":         func(t *target.Target) { t.URL = "https://u:p@api.example.com/" },
	} {
		bad := good
		change(&bad)
		if got := reasonOf(t, l.Check(bad)); got != Name {
			t.Errorf("%s: %q", name, got)
		}
	}
	if err := l.Check(good); err != nil {
		t.Error(err)
	}
}

func TestSettingsPageIsToldWhyAndWhichBlock(t *testing.T) {
	l := live(t, Policy{Mode: Public})
	resolve := func(_ context.Context, host string) ([]netip.Addr, error) {
		if host == "gone.example" {
			return nil, errors.New("no such host")
		}
		return []netip.Addr{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("100.64.0.1")}, nil
	}
	shared := Answer{Address: "100.64.0.1", Reason: ByPolicy, Sentence: ByPolicy.Sentence(), Block: "Shared Address Space [RFC6598]"}
	for text, want := range map[string]Trial{
		"8.8.8.8":                  {Host: "8.8.8.8", Port: 443, Allowed: true, Answers: []Answer{{Address: "8.8.8.8", Allowed: true}}},
		" both.example ":           {Host: "both.example", Port: 443, Answers: []Answer{{Address: "8.8.8.8", Allowed: true}, shared}},
		"http://both.example/path": {Host: "both.example", Port: 80, Answers: []Answer{{Address: "8.8.8.8", Allowed: true}, shared}},
		"8.8.8.8:22":               {Host: "8.8.8.8", Port: 22, Answers: []Answer{{Address: "8.8.8.8", Reason: Port, Sentence: Port.Sentence()}}},
		"::1":                      {Host: "::1", Port: 443, Answers: []Answer{{Address: "::1", Reason: ByPolicy, Sentence: ByPolicy.Sentence(), Block: "Loopback Address [RFC4291]"}}},
		"[2606:4700::1]:8443":      {Host: "2606:4700::1", Port: 8443, Allowed: true, Answers: []Answer{{Address: "2606:4700::1", Allowed: true}}},
		"169.254.169.254":          {Host: "169.254.169.254", Port: 443, Answers: []Answer{{Address: "169.254.169.254", Reason: Metadata, Sentence: Metadata.Sentence(), Block: "Link Local [RFC3927]"}}},
		"gone.example":             {Host: "gone.example", Port: 443, Trouble: "the name could not be resolved: no such host", Answers: []Answer{}},
	} {
		if diff := cmp.Diff(want, l.Test(t.Context(), text, resolve)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	for text, words := range map[string]string{"fe80::1%lo": "zone", "": "", "a b": "", "a/b": "host or an address", "ftp://h/": "https://", "\x1b[31m": "", strings.Repeat("a", 9000): "", "127.1": "four decimal parts"} {
		got := l.Test(t.Context(), text, resolve)
		if got.Trouble == "" || got.Allowed || !strings.Contains(got.Trouble, words) || len(got.Trouble) > 1000 || strings.ContainsRune(got.Trouble, '\x1b') {
			t.Errorf("%.20q: %+v", text, got)
		}
	}
}

// Whatever is typed: nothing breaks, and in the mode of the public Internet nothing
// passes that is not of it.
func FuzzPublicModeOpensNothingElse(f *testing.F) {
	for _, seed := range []string{"8.8.8.8", "127.0.0.1:80", "[::1]:443", "[fe80::1%25lo]", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "https://user@host/", "①②⑦.0.0.1", "2130706433", "http://localhost:5000", "[2606:4700::5efe:10.0.0.1]:443", "0.0.0.0", "host:22"} {
		f.Add(seed)
	}
	l, err := Start(Policy{Mode: Public})
	if err != nil {
		f.Fatal(err)
	}
	unnamed := func(context.Context, string) ([]netip.Addr, error) { return nil, nil }
	f.Fuzz(func(t *testing.T, text string) {
		if to, err := netip.ParseAddrPort(text); err == nil {
			inside(t, to.Addr(), l.Permit(to))
		}
		if addr, err := netip.ParseAddr(text); err == nil {
			inside(t, addr, l.Permit(netip.AddrPortFrom(addr, 443)))
		}
		if checked, err := l.CheckURL(text); err == nil {
			addr, err := netip.ParseAddr(checked.Host)
			if err == nil {
				inside(t, addr, nil)
			}
			if checked.Loopback() {
				t.Fatalf("%q is let through", text)
			}
		}
		for _, answer := range l.Test(t.Context(), text, unnamed).Answers {
			if answer.Allowed {
				inside(t, netip.MustParseAddr(answer.Address), nil)
			}
		}
	})
}

// inside fails where an address passed that net/netip knows not to be public.
func inside(t *testing.T, addr netip.Addr, err error) {
	plain := addr.Unmap()
	if err == nil && (!plain.IsGlobalUnicast() || plain.IsPrivate() || plain.IsLoopback() || plain.IsLinkLocalUnicast() || plain.IsMulticast() || plain.IsUnspecified() || plain.Zone() != "") {
		t.Fatalf("%s is let through", addr)
	}
}
