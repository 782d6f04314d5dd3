// The items on the certificate and on Strict-Transport-Security.

package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"middlebrick/observe"
)

func (c *check) certificate() {
	chain, _, gap := observe.Get(c.rec, observe.Certificates)
	judge := func(id, text, cite, want string, of func(observe.Chain, observe.Certificate) finding) {
		leaf, sent := chain.Leaf()
		switch {
		case gap != nil:
			c.say(id, text, cite, want, unseen(gap))
		case !sent:
			c.say(id, text, cite, want, finding{NotApplicable, "no certificate is sent"})
		default:
			c.say(id, text, cite, want, of(chain, leaf))
		}
	}
	if asked := c.p.doc.Certificate; asked != nil {
		trust(*asked, judge)
	}
	if asked := c.p.doc.Key; asked != nil {
		judge("certificateKey", "The certificate's key is strong", asked.Cite, asked.want(), asked.judge)
	}
	if asked := c.p.doc.Signature; asked != nil {
		judge("certificateSignature", "The certificate is signed well", asked.Cite, strings.Join(asked.Allowed, ", "), asked.signature)
	}
	if asked := c.p.doc.Lifetime; asked != nil {
		judge("certificateLifetime", "The certificate is short-lived", asked.Cite, fmt.Sprintf("%d days or less", asked.MaximumDays), asked.judge)
	}
}

// judging judges one item by the certificate that was sent.
type judging func(id, text, cite, want string, of func(observe.Chain, observe.Certificate) finding)

func trust(asked certificateAsked, judge judging) {
	if asked.Valid {
		judge("certificate.valid", "The certificate is in its time", asked.Cite, "not expired, and already valid", inTime)
	}
	if asked.Name {
		judge("certificate.name", "The certificate is for this name", asked.Cite, "the name that was asked for", func(chain observe.Chain, _ observe.Certificate) finding {
			if !chain.NameMatches {
				return finding{Fail, "it is not for " + chain.AskedFor}
			}
			return finding{Pass, "it is for " + chain.AskedFor}
		})
	}
	if asked.Trusted {
		judge("certificate.trusted", "The certificate is trusted", asked.Cite, "a chain to a known root", trusted)
	}
}

func inTime(chain observe.Chain, leaf observe.Certificate) finding {
	const day = "2006-01-02"
	switch {
	case leaf.NotAfter.IsZero():
		return finding{Unknown, "its time could not be read"}
	case chain.At.After(leaf.NotAfter):
		return finding{Fail, "expired on " + leaf.NotAfter.Format(day)}
	case chain.At.Before(leaf.NotBefore):
		return finding{Fail, "valid from " + leaf.NotBefore.Format(day)}
	}
	return finding{Pass, "valid until " + leaf.NotAfter.Format(day)}
}

func trusted(chain observe.Chain, _ observe.Certificate) finding {
	var by []string
	for _, store := range chain.Trust {
		if store.Trusted {
			by = append(by, store.Name)
		}
	}
	switch {
	case len(by) > 0:
		return finding{Pass, "trusted by the roots of " + strings.Join(by, ", ")}
	case len(chain.Trust) == 0:
		return finding{Unknown, "no root store was asked"}
	}
	return finding{Fail, "no root store vouches for it"}
}

func (k keyAsked) want() string {
	var kinds []string
	if k.RSABits > 0 {
		kinds = append(kinds, fmt.Sprintf("RSA of %d bits or more", k.RSABits))
	}
	if len(k.Curves) > 0 {
		kinds = append(kinds, "ECDSA on "+strings.Join(k.Curves, ", "))
	}
	if k.CurveBits > 0 {
		kinds = append(kinds, fmt.Sprintf("ECDSA of %d bits or more", k.CurveBits))
	}
	if k.Ed25519 {
		kinds = append(kinds, "Ed25519")
	}
	return strings.Join(kinds, "; ")
}

func (k keyAsked) judge(_ observe.Chain, leaf observe.Certificate) finding {
	saw := fmt.Sprintf("%s of %d bits", leaf.KeyAlgorithm, leaf.KeyBits)
	good := false
	switch leaf.KeyAlgorithm {
	case "RSA":
		good = k.RSABits > 0 && leaf.KeyBits >= k.RSABits
	case "ECDSA":
		saw = "ECDSA on " + leaf.KeyCurve
		good = slices.Contains(k.Curves, leaf.KeyCurve) || k.CurveBits > 0 && leaf.KeyBits >= k.CurveBits
	case "Ed25519":
		good = k.Ed25519
	case "", "unknown":
		return finding{Unknown, "the key's algorithm could not be read"}
	}
	switch {
	case leaf.KeyAlgorithm != "Ed25519" && leaf.KeyBits == 0:
		return finding{Unknown, "the key's size could not be read"}
	case !good:
		return finding{Fail, saw}
	case leaf.KeyWeakness != "" && leaf.KeyWeakness != "exponent 3":
		return finding{Fail, saw + ", known to be weak (" + leaf.KeyWeakness + ")"}
	}
	return finding{Pass, saw}
}

func (l listAsked) signature(_ observe.Chain, leaf observe.Certificate) finding {
	switch {
	case leaf.Signature == "" && leaf.SignatureOf == "":
		return finding{Unknown, "the signature's algorithm could not be read"}
	case slices.Contains(l.Allowed, leaf.Signature), slices.Contains(l.Allowed, leaf.SignatureOf):
		return finding{Pass, leaf.Signature}
	}
	return finding{Fail, leaf.Signature}
}

// judge counts the whole days between the two ends, the last second included
// (RFC 5280 section 4.1.2.5).
func (d daysAsked) judge(_ observe.Chain, leaf observe.Certificate) finding {
	if leaf.NotAfter.IsZero() || leaf.NotBefore.IsZero() {
		return finding{Unknown, "its time could not be read"}
	}
	life := leaf.NotAfter.Sub(leaf.NotBefore) + time.Second
	saw := fmt.Sprintf("%.1f days", life.Hours()/24)
	if life > time.Duration(d.MaximumDays)*24*time.Hour+time.Second {
		return finding{Fail, saw}
	}
	return finding{Pass, saw}
}

func (c *check) staple() {
	asked := c.p.doc.Staple
	if asked == nil {
		return
	}
	chain, _, gap := observe.Get(c.rec, observe.Certificates)
	f := finding{Fail, "none is stapled"}
	leaf, sent := chain.Leaf()
	if len(leaf.OCSPURLs) == 0 {
		f.saw = "none is stapled, and the certificate names nobody to ask for one"
	}
	switch {
	case gap != nil:
		f = unseen(gap)
	case !sent:
		f = finding{NotApplicable, "no certificate is sent"}
	case chain.Stapled:
		f = finding{Pass, "stapled"}
	case !chain.StapleAsked:
		f = finding{Unknown, "it was not asked for"}
	}
	c.say("staple", "The revocation status is stapled (OCSP)", asked.Cite, "stapled", f)
}

// hsts judges the answer to the target's own address, or the first.
func (c *check) hsts() {
	asked := c.p.doc.HSTS
	if asked == nil {
		return
	}
	seen, _, gap := observe.Get(c.rec, observe.SecureHSTS)
	want := fmt.Sprintf("max-age of %d seconds or more", asked.MinimumSeconds)
	f := finding{Unknown, "no answer over https was seen"}
	switch {
	case gap != nil:
		f = unseen(gap)
	case seen.Absent != "":
		f = finding{NotApplicable, "there is no https form: " + seen.Absent}
	case seen.Literal:
		f = finding{NotApplicable, "the target is an address, to which it does not apply"}
	case len(seen.Responses) > 0:
		f = longEnough(seen.Responses, asked.MinimumSeconds)
	}
	c.say("hsts", "Strict-Transport-Security is sent", asked.Cite, want, f)
}

func longEnough(all []observe.HSTSResponse, least int64) finding {
	at := max(0, slices.IndexFunc(all, func(r observe.HSTSResponse) bool { return r.Purpose == "target" }))
	switch h := all[at].HSTS; {
	case !h.Present:
		return finding{Fail, "it is missing"}
	case !h.Valid:
		return finding{Fail, "it is not valid: " + h.Reason}
	case h.MaxAgeSeconds < least:
		return finding{Fail, fmt.Sprintf("max-age is %d", h.MaxAgeSeconds)}
	default:
		return finding{Pass, fmt.Sprintf("max-age is %d", h.MaxAgeSeconds)}
	}
}

// beyond lists what the policy asks and no scan can see.
func (c *check) beyond() {
	for i, b := range c.p.doc.Beyond {
		c.add(fmt.Sprintf("beyond.%d", i+1), b.Text, b.Cite, "shown otherwise", NotApplicable, "it cannot be seen from outside")
	}
}
