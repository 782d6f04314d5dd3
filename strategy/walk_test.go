// The walk over simulated servers: what it calls complete is exactly right, what
// it found was there, and its cost stays within the stated bound.
//
//	go test ./strategy -run Simulated -servers 2000000

package strategy

import (
	"flag"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

var servers = flag.Int("servers", 10000, "how many simulated servers to walk")

// Deep is how many answers must be waited for one after another at the most:
// a hand is split after so many hits, so that the front doubles.
func deep(found int) int { return 24 + 8*bits.Len(uint(found)) }

func TestSimulatedServersAreWalkedExactly(t *testing.T) {
	versions := []tlshello.Version{tlshello.SSL3, tlshello.TLS10, tlshello.TLS12, tlshello.TLS12, tlshello.TLS13}
	var walked, complete, questions, found, deepest int
	for seed := range *servers {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		s := randomServer(r, versions[seed%len(versions)])
		first := s.answer(r, Question{Suites: tlshello.Suites(s.version)})
		if first.Result != observe.Accepted {
			continue
		}
		room := []int{1000, 1000, 60, 40}[r.IntN(4)]
		w := New(Begin{
			Version: s.version, Room: room, Offered: tlshello.Suites(s.version), First: first,
			Groups: s.version >= tlshello.TLS12, Schemes: s.version >= tlshello.TLS12, Plain: room < 100,
		})
		asked, depth := walk(r, w, s)
		whole := check(t, seed, s, w, asked, depth, room)
		walked++
		questions, deepest, found = questions+asked, max(deepest, depth), found+len(w.suites.found)
		if whole {
			complete++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d servers walked, %d completely; %.1f suites and %.1f questions each, the deepest %d answers deep",
		walked, complete, float64(found)/float64(walked), float64(questions)/float64(walked), deepest)
	if walked < *servers/3 || complete < walked/2 {
		t.Errorf("only %d of %d servers could be walked, %d completely", walked, *servers, complete)
	}
}

// walk asks in rounds: all that may be asked at once is, and the answers come back
// in any order.
func walk(r *rand.Rand, w *Walk, s *server) (asked, depth int) {
	for !w.Done() && depth < 10000 {
		var round []Question
		for q, ok := w.Next(); ok; q, ok = w.Next() {
			round = append(round, q)
		}
		r.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
		for _, q := range round {
			w.Learn(q, s.answer(r, q))
		}
		asked, depth = asked+len(round), depth+1
	}
	return asked, depth
}

func check(t *testing.T, seed int, s *server, w *Walk, asked, depth, room int) (whole bool) {
	t.Helper()
	suites, groups, schemes := s.truth()
	list := w.Suites()
	whole = compare(t, seed, "suites", w.suites, suites, list.Complete)
	if !list.Complete && s.silent == 0 {
		t.Errorf("server %d: the suites are incomplete: %s", seed, list.Detail)
	}
	if list.Preference == observe.ByServer != s.ownOrder[0] && list.Preference != "" && s.silent == 0 && !contested(s) {
		t.Errorf("server %d: preference %q, own order %v", seed, list.Preference, s.ownOrder[0])
	}
	g, n := 0, 0
	if w.groups != nil {
		whole = compare(t, seed, "groups", w.groups, groups, w.Groups().Complete) && whole
		whole = compare(t, seed, "schemes", w.schemes, schemes, w.Schemes().Complete) && whole
		g, n = len(groups), len(schemes)
	}
	if bound := Bound(s.version, room < 100, room, len(suites), g, n); asked > bound {
		t.Errorf("server %d of %v: %d questions for %d suites, %d groups, %d schemes; the bound is %d", seed, s.version, asked, len(suites), g, n, bound)
	}
	if depth > deep(len(suites)+g+n) && s.version != tlshello.SSL2 {
		t.Errorf("server %d of %v: %d answers deep for %d suites, %d groups, %d schemes", seed, s.version, depth, len(suites), g, n)
	}
	return whole
}

// contested is true where two suites of one order cannot both be had in every
// hello, so that no order shows.
func contested(s *server) bool { suites, _, _ := s.truth(); return len(suites) < 2 }

// compare holds what was found against the truth: all of it where it is said to be
// complete, and no more than it otherwise.
func compare[T interface {
	tlshello.Suite | tlshello.Group | tlshello.SignatureScheme
}](t *testing.T, seed int, what string, h *hunt[T], truth []T, complete bool) bool {
	t.Helper()
	found := h.members()
	for _, member := range found {
		if !slices.Contains(truth, member) {
			t.Errorf("server %d: %s %v were found, %v are accepted", seed, what, found, truth)
		}
	}
	if complete && !slices.Equal(found, truth) {
		t.Errorf("server %d: the complete %s are %v, accepted are %v", seed, what, found, truth)
	}
	return complete
}
