// The prediction: the negotiation of TLS, followed on paper.

package clients

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// An Outcome is what a connection is predicted to come to.
type Outcome string

// The outcomes.
const (
	Connects Outcome = "connects"
	Fails    Outcome = "fails"
	Unknown  Outcome = "unknown"
)

// A Simulation is the prediction for one client. Trust in the certificate is no
// part of it.
type Simulation struct {
	Client  string  `json:"client"`
	On      string  `json:"on"`
	Kind    string  `json:"kind"`
	Year    int     `json:"year"`
	Basis   Basis   `json:"basis"`
	Outcome Outcome `json:"outcome"`
	Because string  `json:"because"` // of no connection, and of what could not be told
	// Version, Suite and Group are what it would get; zero where that cannot be
	// told. Suites are then the ones that remain.
	Version tlshello.Version `json:"version,omitzero"`
	Suite   tlshello.Suite   `json:"suite,omitzero"`
	Suites  []tlshello.Suite `json:"suites"`
	Group   tlshello.Group   `json:"group,omitzero"`
	// ForwardSecrecy is "yes", "no" or "unknown"; empty without a connection.
	ForwardSecrecy string `json:"forwardSecrecy"`
}

// Facts are all that a prediction rests on; nil where it was not seen.
type Facts struct {
	Versions   observe.Versions
	Suites     *observe.Suites
	Groups     *observe.Groups
	DH         *observe.DHParameters
	Signatures *observe.Signatures
	Nameless   *observe.Nameless
}

// Read takes the facts from a recording.
func Read(rec *observe.Recording) Facts {
	var f Facts
	if seen := fact(rec, observe.TLSVersions); seen != nil {
		f.Versions = *seen
	}
	f.Suites, f.Groups, f.DH = fact(rec, observe.TLSSuites), fact(rec, observe.TLSGroups), fact(rec, observe.TLSDH)
	f.Signatures, f.Nameless = fact(rec, observe.TLSSignatures), fact(rec, observe.TLSNameless)
	return f
}

func fact[T any](rec *observe.Recording, key observe.Key[T]) *T {
	value, _, gap := observe.Get(rec, key)
	if gap != nil {
		return nil
	}
	return &value
}

// Simulate predicts for every client of the table; nothing where no version of
// TLS was seen to be accepted.
func Simulate(f Facts) []Simulation {
	some := false
	for _, answer := range f.Versions {
		some = some || answer.Accepted()
	}
	all := []Simulation{}
	if !some {
		return all
	}
	for _, c := range All() {
		all = append(all, Predict(c, f))
	}
	return all
}

// Predict follows the negotiation of one client with the target.
func Predict(c Client, f Facts) Simulation {
	s := Simulation{Client: c.Name, On: c.On, Kind: c.Kind, Year: c.Year, Basis: c.Basis, Suites: []tlshello.Suite{}}
	n := negotiation{c: c, f: f, s: &s}
	for _, step := range []func() bool{n.version, n.name, n.suites, n.signature, n.choose, n.finiteField, n.group} {
		if !step() {
			return s
		}
	}
	s.Outcome, s.ForwardSecrecy = Connects, secrecy(s)
	return s
}

// negotiation is one handshake on its way; a step that ends it says why.
type negotiation struct {
	c Client
	f Facts
	s *Simulation
}

func (n *negotiation) ends(outcome Outcome, format string, args ...any) bool {
	n.s.Outcome, n.s.Because = outcome, fmt.Sprintf(format, args...)
	return false
}

// version is the newest that both have: servers choose no other.
func (n *negotiation) version() bool {
	for _, v := range n.c.Versions {
		switch answer := n.f.Versions[v]; {
		case answer.Accepted():
			n.s.Version = v
			return true
		case !answer.Refused():
			return n.ends(Unknown, "whether the target accepts %s is not known", v)
		}
	}
	var accepted []string
	for _, v := range tlshello.Versions() {
		if n.f.Versions[v].Accepted() {
			accepted = append(accepted, v.String())
		}
	}
	return n.ends(Fails, "no version in common: %s is its newest, and the target accepts %s", n.c.Versions[0], strings.Join(accepted, ", "))
}

// name: a client that sends no server name gets what the target has for those.
func (n *negotiation) name() bool {
	seen := n.f.Nameless
	if n.c.SNI || seen == nil || seen.Absent || seen.Literal {
		return true
	}
	switch {
	case seen.Answer.Refused():
		return n.ends(Fails, "it sends no server name, and without one the target refuses")
	case seen.Answer.Accepted() && !seen.NameMatches:
		return n.ends(Fails, "it sends no server name, and without one the certificate is for another name")
	}
	return true
}

// suites are those that both have and that the groups allow, in its own order.
func (n *negotiation) suites() bool {
	if n.f.Suites == nil {
		return n.ends(Unknown, "the target's suites are not known")
	}
	list := n.f.Suites.Versions[n.s.Version]
	var common, without []tlshello.Suite
	for _, suite := range n.c.Suites {
		if !slices.ContainsFunc(list.Suites, func(seen observe.SuiteSeen) bool { return seen.Suite == suite }) {
			continue
		}
		if needsGroup(suite) && n.noGroup() {
			without = append(without, suite)
			continue
		}
		common = append(common, suite)
	}
	switch {
	case len(common) > 0:
		n.s.Suites = common
		return true
	case !list.Complete:
		return n.ends(Unknown, "not every suite that the target accepts at %s is known", n.s.Version)
	case len(without) > 0:
		return n.ends(Fails, "no key exchange group in common at %s", n.s.Version)
	}
	return n.ends(Fails, "no suite in common at %s", n.s.Version)
}

// needsGroup is true for suites whose key is agreed on a curve or, at TLS 1.3, in
// any group.
func needsGroup(s tlshello.Suite) bool {
	info, known := s.Info()
	return known && (strings.HasPrefix(info.KeyExchange, "ECDHE") || info.KeyExchange == "any")
}

// common are the groups that both have at the version, in its own order. One that
// sends no list takes any curve (RFC 8422 section 4).
func (n *negotiation) common() (groups []tlshello.Group, known bool) {
	if n.f.Groups == nil {
		return nil, false
	}
	list := n.f.Groups.Versions[n.s.Version]
	for _, g := range n.c.Groups {
		info, listed := g.Info()
		finite := listed && info.Kind == "FF" && n.s.Version < tlshello.TLS13
		if !finite && slices.ContainsFunc(list.Groups, func(seen observe.GroupSeen) bool { return seen.Group == g }) {
			groups = append(groups, g)
		}
	}
	return groups, list.Complete
}

func (n *negotiation) noGroup() bool {
	groups, known := n.common()
	return known && len(groups) == 0 && len(n.c.Groups) > 0
}

// signature: since TLS 1.2 the client says which it can check; before, all is
// SHA-1 (RFC 5246 section 1.2), which clients that name no such scheme refuse.
// Suites of static RSA keys sign nothing.
func (n *negotiation) signature() bool {
	if len(n.c.Schemes) > 0 && n.s.Version < tlshello.TLS12 && !slices.ContainsFunc(n.c.Schemes, bySHA1) {
		return n.unsigned("it offers %s, whose signatures rest on SHA-1, and takes none of those", n.s.Version)
	}
	if n.f.Signatures == nil || n.s.Version < tlshello.TLS12 || len(n.c.Schemes) == 0 {
		return true
	}
	list := n.f.Signatures.Versions[n.s.Version]
	if !list.Complete || len(list.Schemes) == 0 {
		return true
	}
	for _, seen := range list.Schemes {
		if slices.Contains(n.c.Schemes, seen.Scheme) {
			return true
		}
	}
	return n.unsigned("no signature scheme in common at %s", n.s.Version)
}

// unsigned goes on with the suites that sign nothing. Where the target might
// choose another, the handshake may fail.
func (n *negotiation) unsigned(format string, args ...any) bool {
	signs := func(s tlshello.Suite) bool { return !s.StaticKey() && !s.Anonymous() }
	left := slices.DeleteFunc(slices.Clone(n.s.Suites), signs)
	switch {
	case len(left) == 0:
		return n.ends(Fails, format, args...)
	case len(left) < len(n.s.Suites) && n.s.Version < tlshello.TLS12:
		n.chosen()
		if n.s.Suite == 0 {
			return n.ends(Unknown, "it fails unless the target chooses a suite without a signature: "+format, args...)
		}
		return !signs(n.s.Suite) || n.ends(Fails, format, args...)
	}
	n.s.Suites = left
	return true
}

func bySHA1(s tlshello.SignatureScheme) bool {
	info, known := s.Info()
	return known && info.Hash == "SHA1"
}

func (n *negotiation) choose() bool {
	n.chosen()
	return true
}

// chosen settles the suite where the order that decides is known.
func (n *negotiation) chosen() {
	list := n.f.Suites.Versions[n.s.Version]
	switch {
	case len(n.s.Suites) == 1, list.Preference == observe.ByClient && list.Complete:
		n.s.Suite = n.s.Suites[0]
	case list.Preference == observe.ByServer && slices.Contains(n.s.Suites, list.Preferred):
		n.s.Suite = list.Preferred
	case list.Preference == observe.ByServer:
		n.s.Because = "the target chooses among these in an order of its own"
		return
	default:
		n.s.Because = "whose order decides among these is not known"
		return
	}
	n.s.Suites = []tlshello.Suite{n.s.Suite}
}

// finiteField: a server does not know how long a prime the client takes.
func (n *negotiation) finiteField() bool {
	var fine, wrong []tlshello.Suite
	why := ""
	for _, suite := range n.s.Suites {
		if says := n.refusedPrime(suite); says != "" {
			wrong, why = append(wrong, suite), says
		} else {
			fine = append(fine, suite)
		}
	}
	switch {
	case len(wrong) == 0:
		return true
	case len(fine) == 0:
		return n.ends(Fails, "%s", why)
	}
	return n.ends(Unknown, "it fails if the target chooses %s: %s", wrong[0], why)
}

// refusedPrime is why the client would refuse the suite's parameters.
func (n *negotiation) refusedPrime(suite tlshello.Suite) string {
	info, _ := suite.Info()
	if n.f.DH == nil || !strings.HasPrefix(info.KeyExchange, "DHE") {
		return ""
	}
	for _, seen := range n.f.DH.Seen {
		switch {
		case seen.Version != n.s.Version || seen.Suite != suite:
		case n.c.LeastDH > 0 && seen.Bits < n.c.LeastDH:
			return fmt.Sprintf("the Diffie-Hellman group has %d bits, and it takes %d or more", seen.Bits, n.c.LeastDH)
		case n.c.MostDH > 0 && seen.Bits > n.c.MostDH:
			return fmt.Sprintf("the Diffie-Hellman group has %d bits, and it takes %d at the most", seen.Bits, n.c.MostDH)
		}
	}
	return ""
}

// group is settled where there is one, or where the order that decides is the
// client's. At TLS 1.3 those for which it sent a key come first, for another costs a
// round trip; and among them a post-quantum one, which nobody has and puts last.
func (n *negotiation) group() bool {
	if len(n.s.Suites) == 0 || !needsGroup(n.s.Suites[0]) || n.s.Suite == 0 && n.s.Version < tlshello.TLS13 {
		return true
	}
	groups, known := n.common()
	if n.s.Version == tlshello.TLS13 {
		groups = n.shared(groups)
	}
	byClient := n.f.Suites.Versions[n.s.Version].Preference == observe.ByClient
	if len(groups) == 1 && known || len(groups) > 0 && (byClient || postQuantum(groups[0])) {
		n.s.Group = groups[0]
	}
	return true
}

// shared are the groups that the client sent a key for, or all where it sent none
// of them.
func (n *negotiation) shared(groups []tlshello.Group) []tlshello.Group {
	var shared []tlshello.Group
	for _, share := range n.c.Shares {
		if slices.Contains(groups, share) {
			shared = append(shared, share)
		}
	}
	if len(shared) == 0 {
		return groups
	}
	return shared
}

func postQuantum(g tlshello.Group) bool {
	info, known := g.Info()
	return known && (info.Kind == "hybrid" || info.Kind == "PQ")
}

func secrecy(s Simulation) string {
	static := 0
	for _, suite := range s.Suites {
		if suite.StaticKey() {
			static++
		}
	}
	switch static {
	case 0:
		return "yes"
	case len(s.Suites):
		return "no"
	}
	return "unknown"
}
