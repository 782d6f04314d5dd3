// Timestamps of logs, held to the keys of a list.

package certread_test

import (
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/certread"
	"middlebrick/observe"
	"middlebrick/testbed/ca"
)

var (
	argon = ca.NewLog("argon", "One")
	xenon = ca.NewLog("xenon", "Two")
	ghost = ca.NewLog("ghost", "Three")
)

func listed(t testing.TB, logs ...ca.Log) *certread.Logs {
	t.Helper()
	list, err := certread.ParseLogs(ca.LogList(answeredAt, logs...))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A stamp is what is left of a timestamp.
type stamp struct{ Source, Log, Operator, Result string }

func stamps(all []observe.Timestamp) (short []stamp) {
	for _, one := range all {
		short = append(short, stamp{one.Source, one.Log, one.Operator, one.Result})
	}
	return short
}

func TestTimestampsAreReadInAllTheirPlaces(t *testing.T) {
	pair := another.Logged([]ca.Log{argon, ghost}, "api.example.com")
	beside := [][]byte{xenon.Final(pair.Chain[0], answeredAt), argon.Final(another.Intermediate, answeredAt), []byte("no timestamp")}
	stapled := [][]byte{argon.Final(pair.Chain[0], answeredAt)}
	want := []stamp{
		{"certificate", "argon", "One", "valid"}, {"certificate", "", "", "unknown"},
		{"tls", "xenon", "Two", "valid"}, {"tls", "argon", "One", "invalid"}, {"tls", "", "", "malformed"},
		{"staple", "argon", "One", "valid"},
	}
	got := certread.Timestamps(pair.Chain, pair.Chain[1], beside, stapled, listed(t, argon, xenon))
	if diff := cmp.Diff(want, stamps(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if at := got[0].At; !at.Equal(answeredAt.AddDate(0, 0, -29)) {
		t.Errorf("made at %s", at)
	}
}

func TestTimestampsWithoutAListAreUnverified(t *testing.T) {
	pair := another.Logged([]ca.Log{argon}, "api.example.com")
	got := stamps(certread.Timestamps(pair.Chain, pair.Chain[1], nil, nil, nil))
	if diff := cmp.Diff([]stamp{{"certificate", "", "", "unverified"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnotherIssuersKeyMakesTimestampsWrong(t *testing.T) {
	pair := another.Logged([]ca.Log{argon}, "api.example.com")
	for issuer, want := range map[string]string{string(pair.Chain[1]): "valid", string(another.OtherRoot): "invalid", "": "unverified"} {
		got := certread.Timestamps(pair.Chain, []byte(issuer), nil, nil, listed(t, argon))
		if got[0].Result != want {
			t.Errorf("%s, want %s", got[0].Result, want)
		}
	}
}

func TestStandingOfTheLogDecidesWhatItsTimestampIsWorth(t *testing.T) {
	made := answeredAt.AddDate(0, 0, -29)
	pair := another.Logged([]ca.Log{argon}, "api.example.com")
	for _, row := range []struct {
		state string
		since time.Time
		want  string
	}{
		{"usable", made, "valid"}, {"qualified", made, "valid"}, {"readonly", made, "valid"},
		{"retired", made.Add(time.Hour), "retired"}, {"retired", made.Add(-time.Hour), "rejected"},
		{"pending", made, "rejected"}, {"rejected", made, "rejected"},
	} {
		log := argon
		log.State, log.Since = row.state, row.since
		got := certread.Timestamps(pair.Chain, pair.Chain[1], nil, nil, listed(t, log))
		if got[0].Result != row.want {
			t.Errorf("%s since %s: %s, want %s", row.state, row.since, got[0].Result, row.want)
		}
	}
}

func TestStapleCarriesTimestamps(t *testing.T) {
	pair := another.Good("api.example.com")
	raw, err := another.Answer(pair, ca.Answer{Status: ca.StatusGood, Timestamps: [][]byte{argon.Final(pair.Chain[0], answeredAt)}})
	if err != nil {
		t.Fatal(err)
	}
	answer := certread.ReadOCSP(raw, subject(t, pair), answeredAt)
	got := stamps(certread.Timestamps(pair.Chain, pair.Chain[1], nil, answer.Timestamps, listed(t, argon)))
	if diff := cmp.Diff([]stamp{{"staple", "argon", "One", "valid"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestListNamesItselfAndRefusesWhatIsNone(t *testing.T) {
	list := listed(t, argon, xenon)
	if list.Name() != "log list 1.0 of 2026-11-24" || list.Count() != 2 {
		t.Errorf("%s with %d logs", list.Name(), list.Count())
	}
	for _, file := range []string{"", "[]", "{}", `{"operators":[{"name":"x","logs":[{"key":"AAAA"}]}]}`, "\xff"} {
		if _, err := certread.ParseLogs([]byte(file)); err == nil {
			t.Errorf("%q is taken for a list", file)
		}
	}
}

func FuzzTimestamps(f *testing.F) {
	pair := another.Logged([]ca.Log{argon}, "api.example.com")
	f.Add(pair.Chain[0])
	f.Add(slices.Concat(pair.Chain[0][:200], pair.Chain[0][100:]))
	logs := listed(f, argon)
	f.Fuzz(func(t *testing.T, leaf []byte) {
		for _, one := range certread.Timestamps([][]byte{leaf}, pair.Chain[1], [][]byte{leaf}, nil, logs) {
			if one.Result == "valid" && one.Source == "tls" {
				t.Errorf("%x is a timestamp", leaf)
			}
		}
	})
}

// TestReferenceTimestampsAreJudgedAsTheirAuthorsDo takes the certificates that the
// first implementation of RFC 6962 is tested with.
func TestReferenceTimestampsAreJudgedAsTheirAuthorsDo(t *testing.T) {
	read := func(name string) []byte {
		file, err := os.ReadFile(filepath.Join("testdata", "ct", name+".pem"))
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(file)
		return block.Bytes
	}
	key := base64.StdEncoding.EncodeToString(read("log"))
	list, err := certread.ParseLogs([]byte(`{"version":"1","operators":[{"name":"o","logs":[{"description":"l","key":"` + key + `","state":{"usable":{}}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"logged": "valid", "forged": "invalid"} {
		got := stamps(certread.Timestamps([][]byte{read(name)}, read("issuer"), nil, nil, list))
		if diff := cmp.Diff([]stamp{{"certificate", "l", "o", want}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
