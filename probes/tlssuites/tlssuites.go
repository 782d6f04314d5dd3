// Package tlssuites enumerates the cipher suites of every accepted protocol
// version, and learns from the same hellos what else their answers carry: the
// parameters of finite-field Diffie-Hellman, and the extensions.
package tlssuites

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe offers all suites, strikes out the one that was chosen, and offers the
// rest again until the target refuses; all versions at once.
var Probe = probe.Probe{
	Name:  "tlssuites",
	Needs: []string{observe.TLSVersions.Name()},
	Fills: []string{observe.TLSSuites.Name(), observe.TLSDH.Name(), observe.TLSFeatures.Name()},
	Most:  probe.Budget{Connections: worst(), Bytes: 8 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	r := reader{
		w: w, absent: allAbsent(versions),
		suites:   observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{}},
		dh:       observe.DHParameters{Seen: []observe.DHSeen{}, Complete: true},
		features: observe.Features{Versions: map[tlshello.Version]observe.HelloFeatures{}},
	}
	questions := []func(){}
	for version, answer := range versions {
		if answer.Accepted() {
			questions = append(questions, func() { r.enumerate(ctx, version) })
		}
	}
	probe.Beside(questions...)
	if len(r.suites.Versions) == 0 && !r.absent {
		gap := observe.Gap{Why: observe.Unasked, Detail: "no protocol version was found to be accepted"}
		observe.Miss(rec, observe.TLSSuites, gap)
		observe.Miss(rec, observe.TLSDH, gap)
		observe.Miss(rec, observe.TLSFeatures, gap)
		return
	}
	r.suites.Absent, r.dh.Absent, r.features.Absent = r.absent, r.absent, r.absent
	slices.Sort(r.refs)
	slices.SortFunc(r.dh.Seen, func(a, b observe.DHSeen) int {
		if a.Version != b.Version {
			return int(a.Version) - int(b.Version)
		}
		return int(a.Suite) - int(b.Suite)
	})
	observe.Put(rec, observe.TLSSuites, r.suites, r.refs...)
	observe.Put(rec, observe.TLSDH, r.dh, r.refs...)
	observe.Put(rec, observe.TLSFeatures, r.features, r.refs...)
}

func allAbsent(versions observe.Versions) bool {
	for _, answer := range versions {
		if !answer.Absent() {
			return false
		}
	}
	return true
}

type reader struct {
	w      *wire.Wire
	absent bool

	mu       sync.Mutex
	suites   observe.Suites
	dh       observe.DHParameters
	features observe.Features
	refs     []observe.Ref
}

// lanes is how many hands a version's suites are dealt into, each walked beside
// the others: a walk takes two round trips a suite, and the target's suites fall
// evenly to the hands.
const lanes = 4

// enumerate walks one version, all hands side by side. The list is in the order
// of the suites' numbers: which one the target likes best is not told by it.
func (r *reader) enumerate(ctx context.Context, version tlshello.Version) {
	hands := deal(version)
	walked := make([]walk, len(hands))
	questions := []func(){}
	for i, hand := range hands {
		questions = append(questions, func() { walked[i] = r.walk(ctx, version, hand) })
	}
	probe.Beside(questions...)
	for i := range walked {
		r.again(ctx, version, &walked[i])
	}
	list := observe.SuiteList{Suites: []observe.SuiteSeen{}, Complete: true}
	for _, w := range walked {
		list.Suites = append(list.Suites, w.list.Suites...)
		if w.list.Why != "" && list.Complete {
			list.Complete, list.Why, list.Detail = false, w.list.Why, w.list.Detail
		}
	}
	if list.Complete && len(list.Suites) == 0 && version != tlshello.SSL2 {
		list.Complete, list.Why, list.Detail = false, observe.Garbled, "accepted this version before, and then refused all of its suites"
	}
	slices.SortFunc(list.Suites, func(a, b observe.SuiteSeen) int { return cmp.Compare(a.Suite, b.Suite) })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.suites.Versions[version] = list
	for _, w := range walked {
		if _, known := r.features.Versions[version]; !known && w.first != nil {
			r.features.Versions[version] = feature(*w.first)
		}
	}
}

// worst is a target that accepts every suite of every version: one connection a
// suite, one refusal a hand, and nothing more.
func worst() int {
	sum := 0
	for _, version := range tlshello.Versions() {
		for _, hand := range deal(version) {
			sum += len(hand) + 1
		}
	}
	return sum
}

// deal gives each suite to the next hand in turn. TLS 1.3 has too few for that,
// and an SSLv2 server names its own at once.
func deal(version tlshello.Version) [][]tlshello.Suite {
	all := tlshello.Suites(version)
	if version == tlshello.TLS13 || version == tlshello.SSL2 {
		return [][]tlshello.Suite{all}
	}
	hands := make([][]tlshello.Suite, lanes)
	for i, suite := range all {
		hands[i%lanes] = append(hands[i%lanes], suite)
	}
	return hands
}

// A walk is what one hand came to, and the first answer that accepted any of it.
type walk struct {
	list  observe.SuiteList
	first *wire.Reply
	doubt [][]tlshello.Suite // refused by closing
}

func (r *reader) walk(ctx context.Context, version tlshello.Version, hand []tlshello.Suite) walk {
	w := walk{list: observe.SuiteList{Suites: []observe.SuiteSeen{}}}
	for chunk := range slices.Chunk(hand, r.w.Room()) {
		r.strike(ctx, version, &w, chunk)
		if w.list.Why != "" {
			break
		}
	}
	return w
}

// strike offers those suites, strikes out the chosen one, and offers the rest
// until it is refused.
func (r *reader) strike(ctx context.Context, version tlshello.Version, w *walk, left []tlshello.Suite) {
	until := tlshello.UntilDone
	if version == tlshello.TLS13 || version == tlshello.SSL2 {
		until = tlshello.UntilServerHello
	}
	for len(left) > 0 {
		reply := r.w.Ask(ctx, r.w.Target().HTTPSPort, r.w.Hello(version, left), until)
		if done := r.step(version, w, &left, reply); done {
			return
		}
	}
}

// again offers once more what was refused by closing, where the target was seen
// meanwhile to close on what it accepts.
func (r *reader) again(ctx context.Context, version tlshello.Version, w *walk) {
	if !r.w.Doubtful(observe.Denied, wire.ByClosing) {
		return
	}
	doubt := w.doubt
	w.doubt = nil
	for _, left := range doubt {
		r.strike(ctx, version, w, left)
	}
}

// step takes one answer in; done when there is nothing left to ask.
func (r *reader) step(version tlshello.Version, w *walk, left *[]tlshello.Suite, reply wire.Reply) (done bool) {
	r.note(reply.Ref)
	list := &w.list
	switch {
	case reply.Result == observe.Denied && reply.Detail == wire.ByClosing:
		w.doubt = append(w.doubt, *left)
		return true
	case reply.Result == observe.Denied, reply.Result == observe.Accepted && reply.Version < version:
		return true
	case reply.Result != observe.Accepted:
		list.Why, list.Detail = reply.Why, reply.Detail
		if list.Why == "" {
			list.Why = observe.Garbled
		}
		return true
	case version == tlshello.SSL2:
		r.ssl2(list, reply)
		return true
	case !slices.Contains(*left, reply.Suite):
		list.Why, list.Detail = observe.Garbled, "chose "+reply.Suite.String()+", which was not offered"
		return true
	}
	if w.first == nil {
		w.first = &reply
	}
	list.Suites = append(list.Suites, observe.SuiteSeen{Suite: reply.Suite, Ref: reply.Ref})
	*left = slices.DeleteFunc(slices.Clone(*left), func(s tlshello.Suite) bool { return s == reply.Suite })
	r.parameters(version, reply)
	return false
}

// ssl2 takes the whole list at once: an SSLv2 server says what it accepts.
func (r *reader) ssl2(list *observe.SuiteList, reply wire.Reply) {
	for _, suite := range reply.SSL2Suites {
		list.Suites = append(list.Suites, observe.SuiteSeen{Suite: suite, Ref: reply.Ref})
	}
}

func (r *reader) note(ref observe.Ref) {
	if ref == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refs = append(r.refs, ref)
}

// parameters keeps the group of an ephemeral Diffie-Hellman suite, also of one with
// a shared key beside it (RFC 4279 section 3). One that came without its parameters
// leaves the whole incomplete.
func (r *reader) parameters(version tlshello.Version, reply wire.Reply) {
	info, _ := reply.Suite.Info()
	if !slices.Contains([]string{"DHE", "DHE_PSK"}, info.KeyExchange) || version == tlshello.TLS13 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if reply.DH == nil {
		r.dh.Complete, r.dh.Detail = false, "the parameters of "+reply.Suite.String()+" could not be read"
		return
	}
	sum := sha256.Sum256(reply.DH.P)
	r.dh.Seen = append(r.dh.Seen, observe.DHSeen{
		Version: version, Suite: reply.Suite, Bits: reply.DH.Bits(), Prime: hex.EncodeToString(sum[:]), Ref: reply.Ref,
	})
}

func feature(reply wire.Reply) observe.HelloFeatures {
	f := observe.HelloFeatures{
		SecureRenegotiation: reply.SecureRenegotiation(), ExtendedMasterSecret: reply.ExtendedMasterSecret(),
		SessionTicket: reply.SessionTicket(), EncryptThenMAC: reply.EncryptThenMAC(), OCSPStapling: reply.OCSPStapling(),
		Heartbeat: reply.Heartbeat(), Compression: int(reply.Compression), DowngradeSentinel: reply.DowngradeSentinel(),
		Extensions: []int{}, Ref: reply.Ref,
	}
	for _, extension := range reply.Extensions {
		f.Extensions = append(f.Extensions, int(extension.Type))
	}
	return f
}
