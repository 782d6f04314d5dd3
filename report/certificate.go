// What the report says of the certificate and of what stands around it.

package report

import (
	"slices"

	"middlebrick/observe"
)

// certificatesOf is the chain without the bytes that the recording keeps as its
// proof: a report says what stands in a certificate.
func certificatesOf(rec *observe.Recording) *observe.Chain {
	chain := seen(rec, observe.Certificates)
	if chain == nil {
		return nil
	}
	slim := *chain
	slim.IssuerRaw = nil
	slim.Certificates = slices.Clone(chain.Certificates)
	for i := range slim.Certificates {
		if slim.Certificates[i].Unparsed == "" {
			slim.Certificates[i].Raw = nil
		}
	}
	return &slim
}
