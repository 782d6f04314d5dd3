// What stands around the leaf: its staple, its timestamps, its form, and the
// issuer that nobody sent.

package certchain

import (
	"context"
	"time"

	"middlebrick/certlint"
	"middlebrick/certread"
	"middlebrick/observe"
	"middlebrick/wire"
)

// put writes down a chain without a certificate that could be read, and that
// there is nothing around it.
func put(rec *observe.Recorder, chain observe.Chain, refs ...observe.Ref) {
	observe.Put(rec, observe.Certificates, chain, refs...)
	if !chain.Absent {
		gap := observe.Gap{Why: observe.Garbled, Detail: "the certificate could not be read"}
		observe.Miss(rec, observe.CertTimestamps, gap, refs...)
		observe.Miss(rec, observe.CertLint, gap, refs...)
		return
	}
	observe.Put(rec, observe.CertTimestamps, observe.Timestamps{Absent: true, Detail: chain.Detail, Seen: []observe.Timestamp{}}, refs...)
	observe.Put(rec, observe.CertLint, observe.Lint{Absent: true, Detail: chain.Detail, Found: []observe.LintFinding{}}, refs...)
}

// miss writes down why no certificate was seen.
func miss(rec *observe.Recorder, gap observe.Gap, refs ...observe.Ref) {
	observe.Miss(rec, observe.Certificates, gap, refs...)
	observe.Miss(rec, observe.CertTimestamps, gap, refs...)
	observe.Miss(rec, observe.CertLint, gap, refs...)
}

// maxStaple is the largest staple that is read, in bytes (FAULTS E13).
const maxStaple = 64 << 10

func staple(chain observe.Chain, reply wire.Reply, at time.Time) *observe.Revocative {
	subject, err := certread.SubjectOf(chain)
	seen := observe.Revocative{}
	switch {
	case len(reply.Staple) > maxStaple:
		seen.Fault = "it is larger than 64 KiB"
	case err != nil:
		seen.Fault = "it cannot be held to the certificate: " + err.Error()
		seen.Why = observe.Garbled
	default:
		seen = certread.ReadOCSP(reply.Staple, subject, at)
	}
	seen.Source, seen.Ref = "staple", reply.Ref
	return &seen
}

func timestamps(w *wire.Wire, chain observe.Chain, reply wire.Reply) observe.Timestamps {
	leaf, _ := chain.Leaf()
	seen := observe.Timestamps{Public: public(chain), Issuer: len(chain.IssuerRaw) > 0, At: chain.At, Ref: reply.Ref, Seen: []observe.Timestamp{}}
	seen.Days = certread.Days(leaf)
	var logs *certread.Logs
	if file := w.CTLogs(); file != nil {
		read, err := certread.ParseLogs(file)
		if err != nil {
			seen.Detail = err.Error()
		}
		logs = read
	}
	var stapled [][]byte
	if chain.Staple != nil {
		stapled = chain.Staple.Timestamps
	}
	seen.List, seen.ListAt = logs.Name(), logs.At()
	seen.Seen = certread.Timestamps(reply.Certificates, chain.IssuerRaw, reply.SCTList, stapled, logs)
	return seen
}

// public is true for a chain under the roots of browsers: private authorities
// make their own rules.
func public(chain observe.Chain) bool {
	for _, store := range chain.Trust {
		if store.Name == certread.Mozilla && store.Trusted {
			return true
		}
	}
	return false
}

func lint(chain observe.Chain, reply wire.Reply) observe.Lint {
	leaf, _ := chain.Leaf()
	seen := observe.Lint{Found: []observe.LintFinding{}}
	switch {
	case leaf.Werkzeug != "":
		seen.Private = "Werkzeug made it itself"
	case leaf.SelfSigned:
		seen.Private = "it is self-signed"
	default:
		seen = certlint.Lint(reply.Certificates[0], public(chain))
	}
	seen.Ref = reply.Ref
	return seen
}

// Bounds of fetching issuers: from the leaf up, as few as there are between it and
// a root.
const (
	maxSteps  = 3
	maxIssuer = 64 << 10 // bytes
)

// complete fetches the issuers that were not sent, each from the address that
// stands in the certificate below it (RFC 5280 section 4.2.2.1).
func complete(ctx context.Context, w *wire.Wire, chain *observe.Chain, sent [][]byte, stores []*certread.Store) *observe.Completion {
	done := &observe.Completion{}
	below, all := chain.Certificates[0], sent
	for range maxSteps {
		if len(below.IssuerURLs) == 0 {
			done.Detail = "no address of the issuer stands in " + below.Subject
			return done
		}
		done.URL = below.IssuerURLs[0]
		body, ref, gap := w.Consult(ctx, wire.Consultation{Address: done.URL, Most: maxIssuer, About: "the issuer of " + below.Subject})
		if ref != "" {
			done.Ref = ref
		}
		if gap != nil {
			done.Detail = gap.Detail
			return done
		}
		fetched := certread.Certificates(body)
		if len(fetched) == 0 {
			done.Detail = "what came from " + done.URL + " is no certificate"
			return done
		}
		all = append(all[:len(all):len(all)], fetched...)
		done.Fetched += len(fetched)
		if again := certread.Chain(all, w.Target().Host, stores, chain.At); again.Trusted() {
			done.Mended = true
			if len(chain.IssuerRaw) == 0 {
				chain.IssuerRaw = again.IssuerRaw
			}
			return done
		}
		below = certread.Read(fetched[0])
	}
	done.Detail = "what was fetched leads to no known root"
	return done
}
