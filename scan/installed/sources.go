// Where each list comes from, and how what came is verified.

package installed

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"middlebrick/certread"
	"middlebrick/scan"
)

// A source is one list at its publisher: the names under which it may stand, how
// large it may be, how few entries are not believed, and its reader, which gives
// the file as it is kept.
type source struct {
	base  string
	names []string
	most  int64
	least int
	read  func(reading, []byte) ([]byte, error)
}

// reading is what a reader has at hand.
type reading struct {
	ctx  context.Context
	from Updater
	source
	list *List // to be filled in
	old  List
}

// beside is a further file of the same publisher.
func (r reading) beside(name string) ([]byte, error) {
	file, _, _, err := r.from.get(r.ctx, r.base, name, 64<<10)
	return file, err
}

var sources = map[Kind]source{
	Preload: {
		base:  "https://raw.githubusercontent.com/chromium/chromium/main/net/http/",
		names: []string{"transport_security_state_static.json", "hsts-preload.txt.gz", "hsts-preload.txt"},
		most:  64 << 20, least: 10_000, read: readPreload,
	},
	CTLogs: {
		base:  "https://www.gstatic.com/ct/log_list/v3/",
		names: []string{"log_list.json"},
		most:  8 << 20, least: 5, read: readLogs,
	},
	Roots: {
		base:  "https://curl.se/ca/",
		names: []string{"cacert.pem"},
		most:  4 << 20, least: 50, read: readRoots,
	},
}

// dated is the date in a list's first lines, where its publisher wrote one there.
var dated = regexp.MustCompile(`(?m)^#.*\b(\d{4}-\d{2}-\d{2})\b`)

func readPreload(r reading, file []byte) ([]byte, error) {
	list, err := scan.ReadPreloadList(string(Preload), bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	r.list.Entries = list.Count()
	if match := dated.FindStringSubmatch(headOf(file)); match != nil {
		if day, err := time.Parse(time.DateOnly, match[1]); err == nil {
			r.list.Date = day
		}
	}
	// Kept short: Chromium's own form is twenty times as long, and is read at every
	// start.
	var short bytes.Buffer
	if err := list.Write(&short); err != nil {
		return nil, err
	}
	return short.Bytes(), nil
}

// headOf is the beginning of a text that may be packed.
func headOf(file []byte) string {
	in := io.Reader(bytes.NewReader(file))
	if unpacked, err := gzip.NewReader(bytes.NewReader(file)); err == nil {
		in = unpacked
	}
	head := make([]byte, 4096)
	n, _ := io.ReadFull(in, head)
	return string(head[:n])
}

// readLogs verifies the signature where there is one. The key stands beside the
// list: it is believed the first time, and from then on a list must be signed with
// the same.
func readLogs(r reading, file []byte) ([]byte, error) {
	logs, err := certread.ParseLogs(file)
	if err != nil {
		return nil, err
	}
	r.list.Entries = logs.Count()
	if at := logs.At(); !at.IsZero() {
		r.list.Date = at.UTC()
	}
	signature, err := r.beside("log_list.sig")
	if err != nil {
		if r.old.Signer != "" {
			return nil, fmt.Errorf("it is not signed, and the installed one is: %w", err)
		}
		return file, nil
	}
	key, err := r.beside("log_list_pubkey.pem")
	if err != nil {
		return nil, fmt.Errorf("it is signed, and the key is missing: %w", err)
	}
	if r.list.Signer, err = verified(key, file, signature); err != nil {
		return nil, err
	}
	if r.old.Signer != "" && r.old.Signer != r.list.Signer {
		return nil, errors.New("it is signed with another key than the installed one")
	}
	return file, nil
}

// verified is the hash of the key that signed the file.
func verified(key, file, signature []byte) (string, error) {
	block, _ := pem.Decode(key)
	if block == nil {
		return "", errors.New("the key is no PEM file")
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return "", fmt.Errorf("the key cannot be read: %w", err)
	}
	sum := sha256.Sum256(file)
	good := false
	switch public := public.(type) {
	case *rsa.PublicKey:
		good = rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) == nil
	case *ecdsa.PublicKey:
		good = ecdsa.VerifyASN1(public, sum[:], signature)
	default:
		return "", fmt.Errorf("the key is of a kind that is not known here: %T", public)
	}
	if !good {
		return "", errors.New("its signature is wrong")
	}
	return hashOf(block.Bytes), nil
}

// rootsDate is how the file of roots says of when it is.
var rootsDate = regexp.MustCompile(`(?m)^## Certificate data from Mozilla.* as of: (.+)$`)

// readRoots holds the file to the hash that is published beside it.
func readRoots(r reading, file []byte) ([]byte, error) {
	published, err := r.beside("cacert.pem.sha256")
	if err != nil {
		return nil, fmt.Errorf("its hash is missing: %w", err)
	}
	want, _, _ := strings.Cut(strings.TrimSpace(string(published)), " ")
	sum := sha256.Sum256(file)
	if !strings.EqualFold(want, hex.EncodeToString(sum[:])) {
		return nil, errors.New("it is not the file that the hash beside it was made of")
	}
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		root, err := x509.ParseCertificate(block.Bytes)
		if block.Type != "CERTIFICATE" || err != nil || !root.IsCA {
			continue
		}
		r.list.Entries++
	}
	if match := rootsDate.FindSubmatch(file); match != nil {
		if at, err := time.Parse("Mon Jan _2 15:04:05 2006 MST", string(match[1])); err == nil {
			r.list.Date = at.UTC()
		}
	}
	return file, nil
}
