// Certificates that the real Werkzeug makes.

package certread_test

import (
	"bytes"
	"encoding/pem"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/certread"
)

// makes prints an ad-hoc certificate and one of make_ssl_devcert as PEM.
const makes = `
import os, tempfile
from cryptography.hazmat.primitives.serialization import Encoding
from werkzeug.serving import generate_adhoc_ssl_pair, make_ssl_devcert
print(generate_adhoc_ssl_pair()[0].public_bytes(Encoding.PEM).decode())
print(open(make_ssl_devcert(os.path.join(tempfile.mkdtemp(), 'dev'), host='app.example.com')[0]).read())
`

func TestRealWerkzeugCertificatesAreKnown(t *testing.T) {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import werkzeug, cryptography").Run() != nil {
		t.Skip("needs Debian packages python3-werkzeug and python3-cryptography")
	}
	printed, err := exec.Command(python, "-c", makes).Output()
	if err != nil {
		t.Fatal(err)
	}
	type kind struct {
		Werkzeug, Unparsed, Key string
		Bits                    int
		SelfSigned, Matches     bool
	}
	var got []kind
	for block, rest := pem.Decode(bytes.TrimSpace(printed)); block != nil; block, rest = pem.Decode(rest) {
		read := certread.Read(block.Bytes)
		chain := certread.Chain([][]byte{block.Bytes}, "localhost", nil, read.NotBefore)
		got = append(got, kind{read.Werkzeug, read.Unparsed, read.KeyAlgorithm, read.KeyBits, read.SelfSigned, chain.NameMatches})
	}
	want := []kind{{"adhoc", "", "RSA", 2048, true, false}, {"devcert", "", "RSA", 2048, true, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
