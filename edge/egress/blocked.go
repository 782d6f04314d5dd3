// How a refusal is told: to users always in the same words, to operators with its
// reason.

package egress

import (
	"errors"
	"net/netip"
	"strings"
	"unicode"

	"middlebrick/observe"
	"middlebrick/scan"
)

// A Reason is why an address is refused: for operators and logs.
type Reason string

// The reasons.
const (
	ByPolicy Reason = "blocked_by_policy"
	Self     Reason = "self"
	Metadata Reason = "metadata"
	Port     Reason = "port"
	Zone     Reason = "zone"
	Name     Reason = "invalid_target"
)

var sentences = map[Reason]string{
	ByPolicy: "the scan policy does not open this address",
	Self:     "this is the server itself, or its database",
	Metadata: "this is a cloud's metadata service, which no setting opens",
	Port:     "the scan policy does not open this port",
	Zone:     "the address names an interface of one machine",
	Name:     "this is not a target",
}

// Sentence is the reason in words.
func (r Reason) Sentence() string { return sentences[r] }

// What users are told of every refusal, whatever its reason: a user must not learn
// from it what stands where in this server's network. The status is 422.
const (
	Refusal     = "this server does not connect to that address"
	RefusalCode = "blocked_by_policy"
)

// Blocked is a refusal. Its words are the same for every address; Reason and To are
// for the operator's log.
type Blocked struct {
	Reason Reason
	To     netip.AddrPort
}

func (b Blocked) Error() string { return Refusal }

// Quiet has the engine name no address that is left aside.
func (b Blocked) Quiet() bool { return true }

// Unwrap makes it one of the engine's refusals.
func (b Blocked) Unwrap() error { return scan.ErrBlocked }

// Refused is true for every refusal, of this policy and of the guarded way out; what
// a user is told of it is Refusal, and not the error's own words.
func Refused(err error) bool { return errors.Is(err, scan.ErrBlocked) }

// Stopped is true of a scan all of whose target's addresses were refused. Users are
// told Refusal then, in place of a report.
func Stopped(rec *observe.Recording) bool {
	_, _, gap := observe.Get(rec, observe.Addresses)
	return gap != nil && gap.Why == observe.Scope
}

// Told is the error in words for a user: Refusal where it is one, and otherwise its
// own.
func Told(err error) string {
	if Refused(err) {
		return Refusal
	}
	return shown(err.Error())
}

// shown keeps what somebody typed short and on one line.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}
