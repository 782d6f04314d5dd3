// Certificate transparency (RFC 6962): logs of our own, what they sign, and the
// list that names them.

package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
)

// A Log is one log with its key.
type Log struct {
	Name, Operator string
	State          string // "usable" when empty
	Since          time.Time
	key            *ecdsa.PrivateKey
}

// NewLog makes a log; the name alone decides its key.
func NewLog(name, operator string) Log {
	return Log{Name: name, Operator: operator, key: ecKey("log "+name, elliptic.P256())}
}

func (l Log) spki() []byte { return publicKeyInfo(l.key.Public()) }

// ID is the log's name in timestamps: the hash of its key.
func (l Log) ID() []byte {
	sum := sha256.Sum256(l.spki())
	return sum[:]
}

// Final is the log's timestamp of a finished certificate, as it travels in the
// handshake or in a staple.
func (l Log) Final(der []byte, at time.Time) []byte {
	return l.sign(at, func(b *cryptobyte.Builder) {
		b.AddUint16(0)
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(der) })
	})
}

// sign writes a SignedCertificateTimestamp (RFC 6962, section 3.2).
func (l Log) sign(at time.Time, entry func(*cryptobyte.Builder)) []byte {
	over := cryptobyte.NewBuilder(nil)
	over.AddUint8(0)
	over.AddUint8(0)
	over.AddUint64(uint64(at.UnixMilli()))
	entry(over)
	over.AddUint16(0)
	digest := sha256.Sum256(over.BytesOrPanic())
	signature, err := l.key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		panic("testbed: signing a timestamp: " + err.Error())
	}
	out := cryptobyte.NewBuilder(nil)
	out.AddUint8(0)
	out.AddBytes(l.ID())
	out.AddUint64(uint64(at.UnixMilli()))
	out.AddUint16(0)
	out.AddUint8(4)
	out.AddUint8(3)
	out.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(signature) })
	return out.BytesOrPanic()
}

// TimestampList is a SignedCertificateTimestampList (RFC 6962, section 3.3).
func TimestampList(timestamps ...[]byte) []byte {
	b := cryptobyte.NewBuilder(nil)
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, one := range timestamps {
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(one) })
		}
	})
	return b.BytesOrPanic()
}

var oidTimestamps = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}

// Logged is a good certificate that carries a timestamp of each log, made a day
// after it begins. The extension stands in the midst of the others, so that a
// reader has to take it out there.
func (c *CA) Logged(logs []Log, hosts ...string) Pair {
	t := c.leaf(hosts...)
	issuer, err := x509.ParseCertificate(c.Intermediate)
	if err != nil {
		panic("testbed: reading the intermediate: " + err.Error())
	}
	key := sha256.Sum256(issuer.RawSubjectPublicKeyInfo)
	bare, err := x509.ParseCertificate(t.make())
	if err != nil {
		panic("testbed: reading the certificate to be logged: " + err.Error())
	}
	var timestamps [][]byte
	for _, log := range logs {
		timestamps = append(timestamps, log.sign(t.from.Add(day), func(b *cryptobyte.Builder) {
			b.AddUint16(1)
			b.AddBytes(key[:])
			b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(bare.RawTBSCertificate) })
		}))
	}
	list := der(oidTimestamps, false, func(b *cryptobyte.Builder) { b.AddBytes(octets(TimestampList(timestamps...))) })
	t.extensions = slices.Insert(slices.Clone(t.extensions), 1, list)
	return Pair{Chain: [][]byte{t.make(), c.Intermediate}, Key: t.key}
}

func octets(body []byte) []byte {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1OctetString(body)
	return b.BytesOrPanic()
}

// LogList is the logs as the public list of version 3 names them.
func LogList(at time.Time, logs ...Log) []byte {
	operators := map[string][]any{}
	names := []string{}
	for _, log := range logs {
		state := log.State
		if state == "" {
			state = "usable"
		}
		if !slices.Contains(names, log.Operator) {
			names = append(names, log.Operator)
		}
		operators[log.Operator] = append(operators[log.Operator], map[string]any{
			"description": log.Name, "log_id": log.ID(), "key": log.spki(), "url": "https://log.example/", "mmd": 86400,
			"state": map[string]any{state: map[string]any{"timestamp": log.Since.UTC()}},
		})
	}
	list := []any{}
	for _, name := range names {
		list = append(list, map[string]any{"name": name, "email": []string{}, "logs": operators[name], "tiled_logs": []any{}})
	}
	raw, err := json.Marshal(map[string]any{"version": "1.0", "log_list_timestamp": at.UTC(), "operators": list})
	if err != nil {
		panic("testbed: writing a log list: " + err.Error())
	}
	return raw
}
