// What was decoded once is what would be decoded again.

package observe

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestObservationIsDecodedOnceForProbesAndRules(t *testing.T) {
	r := recorder()
	Put(r, Addresses, Resolution{Host: "api.example.com", Addresses: []string{"192.0.2.1"}, Left: []string{}})
	rec := r.Finish(false, Cost{})
	first, _, _ := Get(rec, Addresses)
	second, _, _ := Get(rec, Addresses)
	if &first.Addresses[0] != &second.Addresses[0] {
		t.Error("the value was decoded twice")
	}
	if seen, _ := Seen(r, Addresses); &seen.Addresses[0] != &first.Addresses[0] {
		t.Error("the value was decoded for probes, and again for rules")
	}
}

func TestAlteredValueIsNamed(t *testing.T) {
	r := recorder()
	Put(r, Addresses, Resolution{Host: "api.example.com", Addresses: []string{"192.0.2.1"}, Left: []string{}})
	rec := r.Finish(false, Cost{})
	shared, _ := Seen(r, Addresses)
	if altered := rec.Altered(); len(altered) > 0 {
		t.Errorf("nothing was changed, and yet: %v", altered)
	}
	shared.Addresses[0] = "192.0.2.2"
	if diff := cmp.Diff([]string{Addresses.Name()}, rec.Altered()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReplacedEntryIsDecodedAnew(t *testing.T) {
	r := recorder()
	Put(r, Addresses, Resolution{Host: "old.example", Addresses: []string{}, Left: []string{}})
	rec := r.Finish(false, Cost{})
	if before, _, _ := Get(rec, Addresses); before.Host != "old.example" {
		t.Fatalf("before: %+v", before)
	}
	raw, err := json.Marshal(Resolution{Host: "new.example", Addresses: []string{}, Left: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	rec.Entries[Addresses.Name()] = Entry{Key: Addresses.Name(), Value: raw}
	after, _, gap := Get(rec, Addresses)
	if diff := cmp.Diff(Resolution{Host: "new.example", Addresses: []string{}, Left: []string{}}, after); gap != nil || diff != "" {
		t.Errorf("gap %v (-want +got):\n%s", gap, diff)
	}
	if _, _, gap := Get(rec.Without(Addresses.Name()), Addresses); gap == nil {
		t.Error("what was taken away was still remembered")
	}
}
