// The root stores that a chain is held against: Mozilla's, which is embedded,
// this machine's own, and the caller's.

package certchain

import (
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"middlebrick/certread"
)

// mozillaVersion is the date of the embedded bundle; a test holds it to go.mod.
const mozillaVersion = "2026-10-30"

// systemFiles is where systems keep their roots as one PEM file; the first that
// can be read counts.
var systemFiles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem", "/usr/local/etc/ssl/cert.pem",
}

// known are the stores that are the same for every scan of this process. Reading
// them costs more than all the rest of a scan's certificates, and they are never
// changed once they are full.
var known = sync.OnceValue(func() []*certread.Store {
	mozilla := certread.NewStore("mozilla", mozillaVersion)
	for root := range bundle.Roots() {
		certificate, err := x509.ParseCertificate(root.Certificate)
		if err == nil {
			mozilla.Add(certificate, root.Constraint)
		}
	}
	all := []*certread.Store{mozilla}
	for _, name := range systemFiles {
		file, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		system := certread.NewStore("system", "")
		if system.AddPEM(file) == nil {
			all = append(all, system)
		}
		break
	}
	return all
})

func stores(files [][]byte) ([]*certread.Store, error) {
	all := slices.Clone(known())
	if len(files) == 0 {
		return all, nil
	}
	own := certread.NewStore(certread.CAFile, "")
	for i, file := range files {
		if err := own.AddPEM(file); err != nil {
			return nil, fmt.Errorf("--ca-file number %d: %w", i+1, err)
		}
	}
	return append(all, own), nil
}
