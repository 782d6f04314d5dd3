// Package revocation finds out whether the certificate's authority took it back:
// from the staple, and where the user permits it from the authority itself.
package revocation

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"

	"middlebrick/certread"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe asks nothing of the target: what it has to say was sent along with its
// certificate. What the authority is asked is counted apart.
var Probe = probe.Probe{
	Name:  "revocation",
	Needs: []string{observe.Certificates.Name()},
	Fills: []string{observe.CertRevocation.Name()},
	Most:  probe.Budget{},
	Run:   run,
}

// Bounds of what is read, in bytes, and of how many addresses are asked.
const (
	maxOCSP = 64 << 10
	maxCRL  = 8 << 20
	maxURLs = 2
)

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	chain, _ := observe.Seen(rec, observe.Certificates)
	seen := observe.Revocation{
		Absent: chain.Absent, Detail: chain.Detail, Permitted: w.MayConsult(), Ref: chain.Ref,
		OCSPURLs: []string{}, CRLURLs: []string{}, Answers: []observe.Revocative{},
	}
	refs := []observe.Ref{}
	if chain.Ref != "" {
		refs = append(refs, chain.Ref)
	}
	leaf, ok := chain.Leaf()
	if !ok {
		observe.Put(rec, observe.CertRevocation, seen, refs...)
		return
	}
	seen.Read = leaf.Serial != ""
	seen.OCSPURLs, seen.CRLURLs = append(seen.OCSPURLs, leaf.OCSPURLs...), append(seen.CRLURLs, leaf.CRLURLs...)
	if chain.Staple != nil {
		seen.Answers = append(seen.Answers, *chain.Staple)
	}
	if seen.Permitted && !settled(seen.Answers) {
		consult(ctx, w, rec, chain, &seen)
	}
	for _, answer := range seen.Answers {
		if answer.Source != "staple" && answer.Ref != "" {
			refs = append(refs, answer.Ref)
		}
	}
	observe.Put(rec, observe.CertRevocation, seen, refs...)
}

// settled is true once the authority has said yes or no.
func settled(answers []observe.Revocative) bool {
	for _, answer := range answers {
		if answer.Status == observe.StatusGood || answer.Status == observe.StatusRevoked {
			return true
		}
	}
	return false
}

// consult asks the responders first, whose answers are newer and smaller, and then
// fetches the lists, until one settles it.
func consult(ctx context.Context, w *wire.Wire, rec *observe.Recorder, chain observe.Chain, seen *observe.Revocation) {
	subject, err := certread.SubjectOf(chain)
	if err != nil {
		if len(seen.OCSPURLs)+len(seen.CRLURLs) > 0 {
			seen.Answers = append(seen.Answers, observe.Revocative{Source: "ocsp", Fault: "nobody could be asked: " + err.Error(), Why: observe.Garbled})
		}
		return
	}
	at := rec.Now().UTC()
	for _, address := range seen.OCSPURLs[:min(maxURLs, len(seen.OCSPURLs))] {
		for _, question := range questions(subject, address) {
			body, ref, gap := w.Consult(ctx, question)
			answer := failed(gap)
			if gap == nil {
				answer = certread.ReadOCSP(body, subject, at)
			}
			answer.Source, answer.URL, answer.Ref = "ocsp", address, ref
			seen.Answers = append(seen.Answers, answer)
			if settled(seen.Answers) {
				return
			}
			if answer.Status != "" || gap != nil && gap.Why != observe.Garbled {
				break // by the other method it would say the same
			}
		}
	}
	for _, address := range seen.CRLURLs[:min(maxURLs, len(seen.CRLURLs))] {
		body, ref, gap := w.Consult(ctx, wire.Consultation{Address: address, Most: maxCRL, About: "the list of revoked certificates"})
		answer := failed(gap)
		if gap == nil {
			answer = certread.ReadCRL(body, subject, seen.CRLURLs, at)
		}
		answer.Source, answer.URL, answer.Ref = "crl", address, ref
		seen.Answers = append(seen.Answers, answer)
		if settled(seen.Answers) {
			return
		}
	}
}

func failed(gap *observe.Gap) observe.Revocative {
	if gap == nil {
		return observe.Revocative{}
	}
	return observe.Revocative{Fault: gap.Detail, Why: gap.Why}
}

// questions are the two ways to ask a responder (RFC 6960 appendix A.1): by GET,
// which caches answer, and by POST.
func questions(subject certread.Subject, address string) []wire.Consultation {
	request, err := subject.OCSPRequest()
	if err != nil {
		return nil
	}
	question := wire.Consultation{Address: address, Most: maxOCSP, About: "the status of the certificate"}
	get, post := question, question
	if !strings.ContainsAny(address, "?#") {
		get.Suffix = url.QueryEscape(base64.StdEncoding.EncodeToString(request))
		if !strings.HasSuffix(address, "/") {
			get.Suffix = "/" + get.Suffix
		}
	}
	post.Body, post.Media = request, "application/ocsp-request"
	if get.Suffix == "" {
		return []wire.Consultation{post}
	}
	return []wire.Consultation{get, post}
}
