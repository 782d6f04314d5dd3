// The loop that joins the strategy and the wire, and what it keeps of the answers.

package tlsoffer

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"sync"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/strategy"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// walk finds out what one version accepts.
func (r *reader) walk(ctx context.Context, version tlshello.Version, f first) {
	r.note(version, f.reply, true)
	r.feature(version, f)
	if version == tlshello.SSL2 {
		r.ssl2(f.reply)
		return
	}
	curved := version >= tlshello.TLS12 || version >= tlshello.TLS10 && version == r.newest()
	walk := strategy.New(strategy.Begin{
		Version: version, Room: r.w.Room(), Offered: f.hello.Suites, First: outcome(f.reply), Plain: !r.w.Full(),
		Groups: curved, Schemes: version >= tlshello.TLS12,
	})
	r.drive(ctx, version, walk)
	if r.w.Doubtful(observe.Denied, wire.ByClosing) {
		walk.Reopen()
		r.drive(ctx, version, walk)
	}
	suites := walk.Suites()
	r.list(version, &suites)
	r.mu.Lock()
	defer r.mu.Unlock()
	if curved {
		r.groups.Versions[version] = walk.Groups()
	}
	if version >= tlshello.TLS12 {
		r.signatures.Versions[version] = walk.Schemes()
	}
}

// newest is the newest version that was accepted.
func (r *reader) newest() (newest tlshello.Version) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for version, f := range r.firsts {
		if f.answer.Accepted() && version < tlshello.TLS13 {
			newest = max(newest, version)
		}
	}
	return newest
}

// ssl2 takes the whole list at once: an SSLv2 server says what it accepts.
func (r *reader) ssl2(reply wire.Reply) {
	list := observe.SuiteList{Suites: []observe.SuiteSeen{}, Complete: true}
	for _, suite := range reply.SSL2Suites {
		list.Suites = append(list.Suites, observe.SuiteSeen{Suite: suite, Ref: reply.Ref})
	}
	r.list(tlshello.SSL2, &list)
}

// hands is how many questions of one walk are asked at once; how many really are,
// the wire decides.
const hands = 12

// drive asks what the strategy wants to know, until it wants nothing more.
func (r *reader) drive(ctx context.Context, version tlshello.Version, walk *strategy.Walk) {
	var lock sync.Mutex
	news := sync.NewCond(&lock)
	over := false
	hand := func() {
		lock.Lock()
		defer lock.Unlock()
		defer func() { over = true; news.Broadcast() }() // also when it breaks
		for !over && !walk.Done() {
			q, more := walk.Next()
			if !more {
				news.Wait()
				continue
			}
			walk.Learn(q, r.unlocked(ctx, &lock, version, q))
			news.Broadcast()
			if walk.SuitesSettled() {
				suites := walk.Suites()
				r.list(version, &suites)
			}
		}
	}
	probe.Beside(slices.Repeat([]func(){hand}, hands)...)
}

// unlocked asks without holding the lock.
func (r *reader) unlocked(ctx context.Context, lock *sync.Mutex, version tlshello.Version, q strategy.Question) strategy.Outcome {
	lock.Unlock()
	defer lock.Lock()
	return r.question(ctx, version, q)
}

func (r *reader) question(ctx context.Context, version tlshello.Version, q strategy.Question) strategy.Outcome {
	hello := r.w.Hello(version, q.Suites)
	if q.Groups != nil {
		hello.Groups = q.Groups
	}
	if q.Schemes != nil {
		hello.SignatureSchemes = q.Schemes
	}
	hello.EmptyKeyShare = q.NoShare
	stage := until(version)
	if version == tlshello.TLS13 && !q.Signed {
		stage = tlshello.UntilServerHello
	}
	hurried := r.w.Hurried(ctx)
	if version < tlshello.TLS13 && r.w.Wide() { // many suites, and then groups and schemes: the longest chain of all
		hurried = r.w.Urgent(ctx)
	}
	reply := r.w.Ask(hurried, r.port, hello, stage)
	r.note(version, reply, q.OfSuites())
	if reply.Result == observe.Accepted && reply.Version < version {
		return strategy.Outcome{Result: observe.Denied}
	}
	return outcome(reply)
}

func outcome(reply wire.Reply) strategy.Outcome {
	o := strategy.Outcome{
		Result: reply.Result, Soft: reply.Detail == wire.ByClosing, Suite: reply.Suite, Group: reply.Group, Scheme: reply.SignatureScheme,
		Listed: reply.ListedGroups(), Anchor: anchor(reply), Why: reply.Why, Detail: reply.Detail, Ref: reply.Ref,
	}
	if reply.Result == observe.Accepted && reply.Err != nil {
		failed := reply.Err.Error()
		o.Why, o.Detail, o.Alerted = wire.Classify(reply.Err), "the answer ended early: "+failed, reply.Alert != nil
	}
	return o
}

var curves = map[elliptic.Curve]tlshello.Group{
	elliptic.P256(): tlshello.Secp256r1, elliptic.P384(): tlshello.Secp384r1, elliptic.P521(): tlshello.Secp521r1,
}

// anchor is the curve of the certificate's key, where the suite signs with it.
func anchor(reply wire.Reply) tlshello.Group {
	info, _ := reply.Suite.Info()
	if len(reply.Certificates) == 0 || info.Authentication != "ECDSA" {
		return 0
	}
	certificate, err := x509.ParseCertificate(reply.Certificates[0])
	if err != nil {
		return 0
	}
	if key, ok := certificate.PublicKey.(*ecdsa.PublicKey); ok {
		return curves[key.Curve]
	}
	return 0
}

// note keeps what an answer carries beside its choice.
func (r *reader) note(version tlshello.Version, reply wire.Reply, ofSuites bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if reply.Ref != "" {
		r.refs = append(r.refs, reply.Ref)
	}
	if reply.Ref != "" && ofSuites {
		r.ofSuites = append(r.ofSuites, reply.Ref)
	}
	if reply.Result == observe.Accepted && reply.Version == version {
		r.parameters(version, reply)
	}
}

// parameters keeps the group of an ephemeral Diffie-Hellman suite, also of one with
// a shared key beside it (RFC 4279 section 3). One that came without its parameters
// leaves the whole incomplete.
func (r *reader) parameters(version tlshello.Version, reply wire.Reply) {
	info, _ := reply.Suite.Info()
	same := func(d observe.DHSeen) bool { return d.Version == version && d.Suite == reply.Suite }
	if version == tlshello.TLS13 || !slices.Contains([]string{"DHE", "DHE_PSK"}, info.KeyExchange) || slices.ContainsFunc(r.dh.Seen, same) {
		return
	}
	if reply.DH == nil {
		r.dh.Complete, r.dh.Detail = false, "the parameters of "+reply.Suite.String()+" could not be read"
		return
	}
	sum := sha256.Sum256(reply.DH.P)
	r.dh.Seen = append(r.dh.Seen, observe.DHSeen{
		Version: version, Suite: reply.Suite, Bits: reply.DH.Bits(), Prime: hex.EncodeToString(sum[:]), Known: reply.DH.Known(), Ref: reply.Ref,
	})
}

func (r *reader) feature(version tlshello.Version, asked first) {
	reply := asked.reply
	f := observe.HelloFeatures{
		Full:                asked.hello.ExtendedMasterSecret && (asked.hello.Heartbeat || version == tlshello.TLS13),
		SecureRenegotiation: reply.SecureRenegotiation(), ExtendedMasterSecret: reply.ExtendedMasterSecret(),
		SessionTicket: reply.SessionTicket(), EncryptThenMAC: reply.EncryptThenMAC(), OCSPStapling: reply.OCSPStapling(),
		Heartbeat: reply.Heartbeat(), Compression: int(reply.Compression), DowngradeSentinel: reply.DowngradeSentinel(),
		Extensions: []int{}, Ref: reply.Ref,
	}
	for _, extension := range reply.Extensions {
		f.Extensions = append(f.Extensions, int(extension.Type))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.features.Versions[version] = f
}

// sort puts what came in by chance into an order.
func (r *reader) sort() {
	slices.Sort(r.refs)
	slices.SortFunc(r.dh.Seen, func(a, b observe.DHSeen) int {
		if a.Version != b.Version {
			return int(a.Version) - int(b.Version)
		}
		return int(a.Suite) - int(b.Suite)
	})
}
