// From a premaster secret to keys, up to TLS 1.2 (RFC 6101 section 6, RFC 2246
// section 5, RFC 5246 section 5, RFC 7627).

package tlsclient

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/subtle"
	"fmt"
	"hash"

	"middlebrick/tlshello"
)

const (
	masterSize   = 48
	finishedSize = 12 // at SSLv3 36
)

// prf is the pseudo-random function of the session's version and suite.
func (s *Session) prf(secret []byte, label string, seed []byte, size int) []byte {
	if s.Version >= tlshello.TLS12 {
		return expand(s.recipe.prf, secret, label, seed, size)
	}
	half := (len(secret) + 1) / 2
	out := expand(md5.New, secret[:half], label, seed, size)
	subtle.XORBytes(out, out, expand(sha1.New, secret[len(secret)-half:], label, seed, size))
	return out
}

// expand is P_hash over the label and the seed.
func expand(h func() hash.Hash, secret []byte, label string, seed []byte, size int) []byte {
	mac := hmac.New(h, secret)
	all := append([]byte(label), seed...)
	out := make([]byte, 0, size+mac.Size())
	for a := all; len(out) < size; {
		a = sum(mac, a)
		out = append(out, sum(mac, a, all)...)
	}
	return out[:size]
}

// sum starts a hash anew over those parts.
func sum(h hash.Hash, parts ...[]byte) []byte {
	h.Reset()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// expand3 is how SSLv3 makes secrets longer.
func expand3(secret, seed []byte, size int) []byte {
	out := []byte{}
	for i := 1; len(out) < size; i++ {
		salt := bytes.Repeat([]byte{byte('A' + i - 1)}, i)
		out = append(out, sum(md5.New(), secret, sum(sha1.New(), salt, secret, seed))...)
	}
	return out[:size]
}

func (s *Session) makeMaster(premaster []byte) {
	client, server := s.Hello.Random[:], s.Answer.Random[:]
	switch {
	case s.Version <= tlshello.SSL3:
		s.master = expand3(premaster, append(bytes.Clone(client), server...), masterSize)
	case s.Answer.ExtendedMasterSecret():
		s.master = s.prf(premaster, "extended master secret", s.transcriptHash(), masterSize)
	default:
		s.master = s.prf(premaster, "master secret", append(bytes.Clone(client), server...), masterSize)
	}
}

// transcriptHash is the hash of all handshake messages so far.
func (s *Session) transcriptHash() []byte {
	if s.Version >= tlshello.TLS12 {
		return sum(s.recipe.prf(), s.transcript)
	}
	return append(sum(md5.New(), s.transcript), sum(sha1.New(), s.transcript)...)
}

// finished is the verify_data of one side at this point of the handshake.
func (s *Session) finished(client bool) []byte {
	if s.Version <= tlshello.SSL3 {
		return s.finished3(client)
	}
	label := "server finished"
	if client {
		label = "client finished"
	}
	return s.prf(s.master, label, s.transcriptHash(), finishedSize)
}

func (s *Session) finished3(client bool) []byte {
	sender := []byte("SRVR")
	if client {
		sender = []byte("CLNT")
	}
	out := []byte{}
	for _, row := range []struct {
		hash func() hash.Hash
		pad  int
	}{{md5.New, 48}, {sha1.New, 40}} {
		h := row.hash()
		inner := sum(h, s.transcript, sender, s.master, bytes.Repeat([]byte{0x36}, row.pad))
		out = append(out, sum(h, s.master, bytes.Repeat([]byte{0x5c}, row.pad), inner)...)
	}
	return out
}

// makeKeys cuts the key block into the two directions.
func (s *Session) makeKeys() (client, server *half, err error) {
	macSize, ivSize := 0, s.recipe.bulk.fixed
	if s.recipe.mac != nil {
		macSize = s.recipe.mac().Size()
	}
	if s.recipe.bulk.block != nil && s.Version <= tlshello.TLS10 {
		ivSize = s.blockSize()
	}
	size := 2 * (macSize + s.recipe.bulk.key + ivSize)
	seed := append(bytes.Clone(s.Answer.Random[:]), s.Hello.Random[:]...)
	var material []byte
	if s.Version <= tlshello.SSL3 {
		material = expand3(s.master, seed, size)
	} else {
		material = s.prf(s.master, "key expansion", seed, size)
	}
	cut := func(n int) []byte {
		part := material[:n:n]
		material = material[n:]
		return part
	}
	macs, keys, ivs := [2][]byte{}, [2][]byte{}, [2][]byte{}
	for _, row := range []struct {
		into *[2][]byte
		size int
	}{{&macs, macSize}, {&keys, s.recipe.bulk.key}, {&ivs, ivSize}} {
		row.into[0], row.into[1] = cut(row.size), cut(row.size)
	}
	if client, err = s.newHalf(macs[0], keys[0], ivs[0]); err == nil {
		server, err = s.newHalf(macs[1], keys[1], ivs[1])
	}
	if err != nil {
		return nil, nil, fmt.Errorf("making keys: %w", err)
	}
	return client, server, nil
}

// blockSize is that of the suite's block cipher.
func (s *Session) blockSize() int {
	block, err := s.recipe.bulk.block(make([]byte, s.recipe.bulk.key))
	if err != nil {
		panic("a key of the right size is refused: " + err.Error())
	}
	return block.BlockSize()
}
