// The three scores of the guide: protocol, key exchange, cipher strength.

package ssllabs

import (
	"fmt"
	"slices"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// versionScores are the guide's table 3.
var versionScores = map[tlshello.Version]int{
	tlshello.SSL2: 0, tlshello.SSL3: 80, tlshello.TLS10: 90, tlshello.TLS11: 95, tlshello.TLS12: 100, tlshello.TLS13: 100,
}

// accepted lists the accepted versions, oldest first.
func (f Facts) accepted() []tlshello.Version {
	var list []tlshello.Version
	for _, version := range tlshello.Versions() {
		if f.Versions.Gap == nil && f.Versions.Value[version].Accepted() {
			list = append(list, version)
		}
	}
	return list
}

func (f Facts) accepts(versions ...tlshello.Version) bool {
	return slices.ContainsFunc(f.accepted(), func(v tlshello.Version) bool { return slices.Contains(versions, v) })
}

// protocolCaps are the caps for a version that is accepted at all.
var protocolCaps = []struct {
	version           tlshello.Version
	to, rule, because string
}{
	{tlshello.SSL2, "F", "encryption.sslv2", "SSLv2 is accepted"},
	{tlshello.SSL3, "B", "encryption.sslv3", "SSLv3 is accepted"},
	{tlshello.TLS10, "B", "encryption.tls10", "TLS 1.0 is accepted"},
	{tlshello.TLS11, "B", "encryption.tls11", "TLS 1.1 is accepted"},
}

// protocol is the mean of the best and the worst version.
func (a *assessment) protocol() {
	if a.Versions.Gap != nil {
		a.doubted("F", why("which protocol versions are accepted", a.Versions.Gap))
		return
	}
	a.openVersions()
	list := a.accepted()
	if len(list) == 0 {
		a.doubted("F", "whether any protocol version is accepted")
		return
	}
	oldest, newest := list[0], list[len(list)-1]
	score := (versionScores[oldest] + versionScores[newest]) / 2
	a.protocols = &score
	for _, c := range protocolCaps {
		if a.accepts(c.version) {
			a.cap(c.to, c.rule, c.because)
		}
	}
	if newest == tlshello.SSL3 {
		a.cap("F", "encryption.sslv3", "SSLv3 is the best version")
	}
	if newest < tlshello.TLS12 {
		a.cap("C", "encryption.notls12", "TLS 1.2 is not accepted")
	}
	if newest < tlshello.TLS13 && a.Versions.Value[tlshello.TLS13].Refused() {
		a.warnings = append(a.warnings, "TLS 1.3 is not accepted")
	}
}

// openVersions notes the versions that gave no clear answer, with what each could
// come to.
func (a *assessment) openVersions() {
	could := map[tlshello.Version]string{
		tlshello.SSL2: "F", tlshello.SSL3: "C", tlshello.TLS10: "B", tlshello.TLS11: "B", tlshello.TLS12: "C", tlshello.TLS13: "A-",
	}
	for _, version := range tlshello.Versions() {
		answer := a.Versions.Value[version]
		if !answer.Accepted() && !answer.Refused() {
			a.doubted(could[version], fmt.Sprintf("whether %s is accepted", version))
		}
	}
}

// keyScore is the guide's table 4, of bits of RSA or what compares to it.
func keyScore(bits int) int {
	switch {
	case bits < 512:
		return 20
	case bits < 1024:
		return 40
	case bits < 2048:
		return 80
	case bits < 4096:
		return 90
	}
	return 100
}

// comparable are the sizes of RSA that compare to a curve's (NIST SP 800-57 part
// 1, table 2; between its rows the lower one counts).
func comparableRSA(curve int) int {
	for _, row := range []struct{ curve, rsa int }{{512, 15360}, {384, 7680}, {255, 3072}, {224, 2048}, {192, 1536}, {160, 1024}, {112, 512}} {
		if curve >= row.curve {
			return row.rsa
		}
	}
	return 256
}

// keyExchange is the weakest of the certificate's key and of every ephemeral one.
// testssl.sh leaves the size of ephemeral Diffie-Hellman out; the guide does not.
func (a *assessment) keyExchange() {
	score := 100
	known := a.certificateKey(&score)
	known = a.ephemeral(&score) && known
	if hits, _ := a.find(tlshello.Suite.Anonymous); len(hits) > 0 {
		score = 0
	}
	if hits, _ := a.find(tlshello.Suite.Export); len(hits) > 0 {
		score = min(score, 40)
	}
	if known && a.Suites.Gap == nil || score == 0 {
		a.keys = &score
	}
}

// limited lowers the score to that of a key, and caps the grade for a short one.
func (a *assessment) limited(score *int, bits int, rule, what string) {
	*score = min(*score, keyScore(bits))
	switch {
	case bits < 1024:
		a.cap("F", rule, what)
	case bits < 2048:
		a.cap("B", rule, what)
	}
}

func (a *assessment) certificateKey(score *int) bool {
	if a.Chain.Gap != nil {
		a.doubted("F", why("the certificate's key", a.Chain.Gap))
		return false
	}
	leaf, sent := a.Chain.Value.Leaf()
	if !sent {
		return true // anonymous or shared-secret suites alone; the suites say what that comes to
	}
	what := fmt.Sprintf("the certificate's key is %s of %d bits", leaf.KeyAlgorithm, leaf.KeyBits)
	switch leaf.KeyAlgorithm {
	case "RSA", "DSA":
		a.limited(score, leaf.KeyBits, "encryption.certkey", what)
	case "ECDSA":
		a.limited(score, comparableRSA(leaf.KeyBits), "encryption.certkey", what)
	case "Ed25519":
		a.limited(score, comparableRSA(255), "encryption.certkey", what)
	default:
		a.doubted("F", "the size of the certificate's key")
		return false
	}
	return true
}

// ephemeral looks at the parameters of DHE suites and at the groups.
func (a *assessment) ephemeral(score *int) bool {
	known := a.DH.Gap == nil && a.DH.Value.Complete
	if !known {
		a.doubted("F", why("the size of every Diffie-Hellman group", a.DH.Gap))
	}
	shortest := 0
	for _, seen := range a.DH.Value.Seen {
		if a.DH.Gap == nil && (shortest == 0 || seen.Bits < shortest) {
			shortest = seen.Bits
		}
	}
	if shortest > 0 {
		a.limited(score, shortest, "encryption.dhweak", fmt.Sprintf("a Diffie-Hellman group of %d bits is used", shortest))
	}
	return a.groups(score) && known
}

func (a *assessment) groups(score *int) bool {
	if a.Groups.Gap != nil {
		a.doubted("F", why("the key exchange groups", a.Groups.Gap))
		return false
	}
	known, weakest := true, tlshello.GroupInfo{}
	for _, version := range tlshello.Versions() {
		list, asked := a.Groups.Value.Versions[version]
		known = known && (!asked || list.Complete)
		for _, seen := range list.Groups {
			info, listed := seen.Group.Info()
			if listed && (weakest.Name == "" || groupBits(info) < groupBits(weakest)) {
				weakest = info
			}
		}
	}
	if !known {
		a.doubted("F", "every key exchange group")
	}
	if weakest.Name != "" {
		a.limited(score, groupBits(weakest), "encryption.groupweak", "the group "+weakest.Name+" is accepted")
	}
	return known
}

// groupBits is a group's size as RSA's: a prime counts as it is, a curve and the
// classical half of a hybrid by the comparison, a post-quantum scheme by its strength.
func groupBits(info tlshello.GroupInfo) int {
	switch info.Kind {
	case "FF":
		return info.Size
	case "PQ":
		return comparableRSA(2 * info.Bits)
	}
	return comparableRSA(info.Size)
}

// find lists the accepted suites for which is holds; complete is false when there
// may be more.
func (a *assessment) find(is func(tlshello.Suite) bool) (hits []observe.SuiteHit, complete bool) {
	if a.Suites.Gap != nil {
		return nil, false
	}
	return a.Suites.Value.Find(is)
}

func all(tlshello.Suite) bool { return true }

// bitScore is the guide's table 5.
func bitScore(bits int) int {
	switch {
	case bits == 0:
		return 0
	case bits < 128:
		return 20
	case bits < 256:
		return 80
	}
	return 100
}

// cipher is the mean of the strongest and the weakest cipher.
func (a *assessment) cipher() {
	hits, complete := a.find(all)
	if !complete {
		a.doubted("F", why("every cipher suite that is accepted", a.Suites.Gap))
	}
	if len(hits) == 0 {
		if complete {
			a.doubted("F", "which cipher suites are accepted")
		}
		return
	}
	strongest, weakest := -1, -1
	for _, hit := range hits {
		info, known := hit.Suite.Info()
		if !known {
			a.doubted("F", "the strength of "+hit.Suite.String())
			continue
		}
		strongest = max(strongest, info.Bits)
		if weakest < 0 || info.Bits < weakest {
			weakest = info.Bits
		}
	}
	if strongest < 0 || !complete {
		return
	}
	score := (bitScore(strongest) + bitScore(weakest)) / 2
	a.ciphers = &score
}
