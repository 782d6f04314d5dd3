// A simulated server: what it accepts, by whose order it chooses, and what it
// stumbles over.

package strategy

import (
	"math/rand/v2"
	"slices"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// A server is one of millions. Its lists are in the order of its liking.
type server struct {
	version  tlshello.Version
	suites   []tlshello.Suite
	groups   []tlshello.Group
	schemes  map[string][]tlshello.SignatureScheme // by the certificate's kind
	ownOrder [3]bool                               // of suites, groups, schemes: its own, not the client's
	anchor   tlshello.Group                        // the curve of its ECDSA certificate
	sharing  bool                                  // refuses hellos without a key share
	stiff    bool                                  // refuses hellos whose groups do not begin as clients' do
	silent   float64                               // chance that it does not answer
	blind    bool                                  // chooses the suite before it looks at the schemes
	closing  bool                                  // refuses by closing
	eager    bool                                  // takes the group of a key share that it has before one that it likes better
	lists    bool                                  // lists its groups where it would have liked another
}

// shuffled is a random part of a set, of so many members at the most.
func shuffled[T any](r *rand.Rand, set []T, most int) []T {
	part := slices.Clone(set)
	r.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	return part[:r.IntN(min(most, len(part))+1)]
}

func randomServer(r *rand.Rand, version tlshello.Version) *server {
	s := &server{
		version: version, schemes: map[string][]tlshello.SignatureScheme{}, closing: r.IntN(4) == 0,
		ownOrder: [3]bool{r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0},
		sharing:  r.IntN(10) == 0, stiff: r.IntN(10) == 0, eager: r.IntN(2) == 0, lists: r.IntN(3) == 0,
	}
	most := []int{3, 12, 12, 40, 400}[r.IntN(5)]
	s.suites = shuffled(r, tlshello.Suites(version), most)
	s.groups = shuffled(r, groupsOf(version), 1+r.IntN(12))
	if r.IntN(2) == 0 { // most have what clients offer first
		s.groups = append(s.groups, tlshello.X25519, tlshello.Secp256r1)
		slices.Sort(s.groups)
		s.groups = slices.Compact(s.groups)
	}
	s.blind = r.IntN(2) == 0
	for _, kind := range []string{"RSA", "ECDSA", "DSS", "any"} {
		fitting := slices.DeleteFunc(tlshello.SignatureSchemes(), func(s tlshello.SignatureScheme) bool { return kind != "any" && kindOf(s) != kind })
		if s.blind || r.IntN(3) > 0 {
			s.schemes[kind] = shuffled(r, fitting, 1+r.IntN(10))
		}
		if s.blind && len(s.schemes[kind]) == 0 {
			s.schemes[kind] = fitting[:1]
		}
	}
	if curves := groupsOf(tlshello.TLS12); version != tlshello.TLS13 && r.IntN(3) == 0 {
		s.anchor = curves[r.IntN(len(curves))]
	}
	if r.IntN(5) == 0 {
		s.silent = 0.05
	}
	return s
}

// answer chooses as a server does: the first suite, by its order or the client's,
// for which there is a group and a scheme.
func (s *server) answer(r *rand.Rand, q Question) Outcome {
	if s.silent > 0 && r.Float64() < s.silent {
		return Outcome{Result: observe.Silent, Why: observe.Timeout, Detail: "nothing came"}
	}
	refused := Outcome{Result: observe.Denied, Soft: s.closing}
	if q.NoShare && s.sharing || s.stiff && q.odd() && q.groups == nil && q.schemes == nil {
		return refused
	}
	groups, schemes := q.Groups, q.Schemes
	if groups == nil {
		groups = groupsOf(s.version)
	}
	if schemes == nil {
		schemes = tlshello.SignatureSchemes()
	}
	for _, suite := range preferred(q.Suites, s.suites, s.ownOrder[0]) {
		o, fits := s.fit(suite, groups, schemes)
		if !fits && s.blind {
			if _, fits := s.fit(suite, groups, tlshello.SignatureSchemes()); fits {
				return refused
			}
		}
		if fits {
			if s.version == tlshello.TLS13 && s.eager && !q.NoShare && slices.Contains(s.groups, groups[0]) {
				o.Group = groups[0]
			}
			if s.version == tlshello.TLS13 && s.lists && q.Signed && o.Group != s.groups[0] {
				o.Listed = s.groups
			}
			if s.version == tlshello.TLS13 && (!q.Signed || q.NoShare && !slices.Contains(tlshello.KeyShareGroups(), o.Group)) {
				o.Scheme = 0
			}
			return o
		}
	}
	return refused
}

func (s *server) fit(suite tlshello.Suite, groups []tlshello.Group, schemes []tlshello.SignatureScheme) (Outcome, bool) {
	o := Outcome{Result: observe.Accepted, Suite: suite, Ref: "tls/0001"}
	info, _ := suite.Info()
	if curved(s.version, suite) {
		both := preferred(groups, s.groups, s.ownOrder[1])
		if len(both) == 0 {
			return o, false
		}
		o.Group = both[0]
	}
	if !signs(s.version, suite) {
		return o, true
	}
	if info.Authentication == "ECDSA" && s.anchor != 0 {
		o.Anchor = s.anchor
		if !slices.Contains(groups, s.anchor) {
			return o, false
		}
	}
	both := preferred(schemes, s.schemes[info.Authentication], s.ownOrder[2])
	if len(both) == 0 {
		return o, false
	}
	o.Scheme = both[0]
	return o, true
}

// preferred is what both have, in the order of one of them.
func preferred[T comparable](client, server []T, own bool) []T {
	first, second := client, server
	if own {
		first, second = server, client
	}
	has := make(map[T]bool, len(second))
	for _, member := range second {
		has[member] = true
	}
	both := []T{}
	for _, member := range first {
		if has[member] {
			both = append(both, member)
		}
	}
	return both
}

// truth is what the server accepts at all.
func (s *server) truth() (suites []tlshello.Suite, groups []tlshello.Group, schemes []tlshello.SignatureScheme) {
	curves := false
	for _, suite := range s.suites {
		if _, fits := s.fit(suite, groupsOf(s.version), tlshello.SignatureSchemes()); !fits {
			continue
		}
		suites = append(suites, suite)
		info, _ := suite.Info()
		curves = curves || curved(s.version, suite)
		if signs(s.version, suite) {
			schemes = append(schemes, s.schemes[info.Authentication]...)
		}
	}
	slices.Sort(suites)
	slices.Sort(schemes)
	if curves {
		groups = slices.Sorted(slices.Values(s.reachable(suites)))
	}
	return suites, groups, slices.Compact(schemes)
}

// reachable are the groups that some client can come to: where every suite needs
// the curve of the certificate, one that the server likes less never is chosen.
func (s *server) reachable(suites []tlshello.Suite) []tlshello.Group {
	free := slices.ContainsFunc(suites, func(suite tlshello.Suite) bool {
		info, _ := suite.Info()
		return curved(s.version, suite) && info.Authentication != "ECDSA"
	})
	i := slices.Index(s.groups, s.anchor)
	if free || s.anchor == 0 || !s.ownOrder[1] || i < 0 {
		return s.groups
	}
	return s.groups[:i+1]
}
