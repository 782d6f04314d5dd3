// Package ccsinjection finds targets that switch encryption on before there is a
// key (CVE-2014-0224).
package ccsinjection

import (
	"slices"

	"middlebrick/checks/encryption/internal/oracle"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.ccsinjection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.ccsinjection",
	Title:    "Encryption can be started with an empty key (CCS injection)",
	Severity: rule.High,
	CWE:      []rule.CWE{326, 1395},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("CCSInjection"), rule.RFC(5246, "7.1")},
}, observe.EarlyCCS, oracle.Judged(asked, judge))

const asked = "a change_cipher_spec before the key exchange"

// judge goes by what a fixed server must do: answer the early message at once. A
// server that cannot decrypt what follows has taken it, if it can read the same
// record without it, and is content with the early message alone.
func judge(seen observe.Reactions, group string) rule.Verdict {
	followed, _ := seen.Of(group, observe.CCSFollowed)
	took, steady := followed.Steady()
	switch {
	case len(followed.Took) == 0:
		return oracle.Unasked(asked, seen)
	case !steady:
		return oracle.Unsteady(followed)
	case took == observe.ClosedOn:
		return alone(seen, group, mute(seen, group))
	case took == observe.NoReply:
		return rule.Inconclusive("neither an early change_cipher_spec nor the record behind it was answered").BecauseOf(observe.Timeout)
	case !took.Alert():
		return rule.Inconclusive("an early change_cipher_spec was answered with a " + string(took))
	case took != observe.OfAlert(20) && took != observe.OfAlert(21):
		return rule.Passf("an early change_cipher_spec is refused with %s", took).Citing(followed.Refs...)
	}
	return alone(seen, group, undecrypted(seen, group, followed, took))
}

// mute judges a target that closes on whatever it does not like. One that took the
// early message closes on the key exchange behind it, which it waits for and can no
// longer read; one that read past it goes on.
func mute(seen observe.Reactions, group string) rule.Verdict {
	keyed, _ := seen.Of(group, observe.CCSKeyed)
	key, _ := seen.Of(group, observe.CCSKeyAlone)
	alone, _ := seen.Of(group, observe.CCSAlone)
	took, steady := keyed.Steady()
	went, steadyToo := key.Steady()
	switch {
	case !steady || !steadyToo:
		return rule.Inconclusive("the connection was closed on the record behind an early change_cipher_spec, which alone was not refused")
	case took == observe.NoReply:
		return rule.Passf("an early change_cipher_spec is read past").Citing(keyed.Refs...)
	case went != observe.NoReply || len(keyed.Took) < 2 || took != observe.ClosedOn:
		return rule.Inconclusive("the key exchange was not answered as expected, so that an early change_cipher_spec before it says nothing")
	}
	return rule.Failf("took a change_cipher_spec before the key exchange at %s: alone it was not refused, and the key exchange behind it, which is fine without, was closed on",
		seen.Version).At(seen.Version.String()).Citing(slices.Concat(keyed.Refs, key.Refs, alone.Refs)...)
}

// alone passes a target that refuses the early message when nothing follows.
func alone(seen observe.Reactions, group string, otherwise rule.Verdict) rule.Verdict {
	trial, _ := seen.Of(group, observe.CCSAlone)
	switch took, steady := trial.Steady(); {
	case !steady:
		return oracle.Unasked(asked, seen)
	case took == observe.ClosedOn || took.Alert():
		return rule.Passf("an early change_cipher_spec is refused with: %s", took).Citing(trial.Refs...)
	case took != observe.NoReply:
		return rule.Inconclusive("an early change_cipher_spec alone was answered with a " + string(took))
	}
	return otherwise
}

func undecrypted(seen observe.Reactions, group string, followed observe.Trial, took observe.Reaction) rule.Verdict {
	control, _ := seen.Of(group, observe.CCSControl)
	alone, _ := seen.Of(group, observe.CCSAlone)
	same, steady := control.Steady()
	switch {
	case !steady || same == observe.NoReply:
		return rule.Inconclusive("the record behind an early change_cipher_spec got no clear answer when it came without").BecauseOf(observe.Timeout)
	case same == took:
		return rule.Inconclusive("the record behind an early change_cipher_spec is answered alike without it, which says nothing")
	case len(followed.Took) < 2:
		return rule.Inconclusive("an early change_cipher_spec seemed to be taken, but was sent once only")
	}
	return rule.Failf("took a change_cipher_spec before the key exchange at %s: the record behind it was answered with %s, and with %s where it came alone",
		seen.Version, took, same).At(seen.Version.String()).Citing(slices.Concat(followed.Refs, control.Refs, alone.Refs)...)
}
