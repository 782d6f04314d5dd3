// Writing a server's first flight, SSL 3.0 to TLS 1.2, from ServerHello to
// ServerHelloDone, with every signature right and every promise empty.

package quirk

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	_ "crypto/md5" // signatures before TLS 1.2
	"crypto/rand"
	_ "crypto/sha1"
	_ "crypto/sha256"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// flight is what a canned server answers a hello with.
type flight struct {
	version     uint16
	random      []byte // 32 bytes
	session     []byte
	suite       uint16
	compression uint8
	extensions  []extension
	chain       [][]byte
	exchange    []byte // body of ServerKeyExchange; nil: none is sent
	sha1        bool   // sign it with SHA-1 even where the client offers SHA-256
}

type extension struct {
	kind uint16
	data []byte
}

// record frames a payload.
func record(kind uint8, version uint16, payload []byte) []byte {
	out := []byte{kind, byte(version >> 8), byte(version), byte(len(payload) >> 8), byte(len(payload))}
	return append(out, payload...)
}

// alert is a record with one alert (RFC 8446, section 6).
func alert(level, description uint8) []byte { return record(21, 0x0303, []byte{level, description}) }

func message(kind uint8, write func(b *cryptobyte.Builder)) []byte {
	b := cryptobyte.NewBuilder([]byte{kind})
	b.AddUint24LengthPrefixed(write)
	return b.BytesOrPanic()
}

// serverHello is the first message of the flight.
func (f flight) serverHello() []byte {
	return message(2, func(b *cryptobyte.Builder) {
		b.AddUint16(f.version)
		b.AddBytes(f.random)
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(f.session) })
		b.AddUint16(f.suite)
		b.AddUint8(f.compression)
		if len(f.extensions) == 0 {
			return
		}
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, e := range f.extensions {
				b.AddUint16(e.kind)
				b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(e.data) })
			}
		})
	})
}

func (f flight) certificate() []byte {
	return message(11, func(b *cryptobyte.Builder) {
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, der := range f.chain {
				b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(der) })
			}
		})
	})
}

// bytes is the whole flight, one record a message.
func (f flight) bytes() []byte {
	out := record(22, f.version, f.serverHello())
	if len(f.chain) > 0 {
		for rest := f.certificate(); len(rest) > 0; {
			part := rest[:min(len(rest), 1<<14)]
			out = append(out, record(22, f.version, part)...)
			rest = rest[len(part):]
		}
	}
	if f.exchange != nil {
		out = append(out, record(22, f.version, message(12, func(b *cryptobyte.Builder) { b.AddBytes(f.exchange) }))...)
	}
	return append(out, record(22, f.version, message(14, func(*cryptobyte.Builder) {}))...)
}

// exchange is how a suite agrees on its secret.
type exchange int

const (
	staticRSA exchange = iota
	exportRSA
	ephemeralDH
	exportDH
	ephemeralECDH
	anonymousDH
	anonymousECDH
)

// exchangeOf covers the suites that canned servers pick, by IANA number.
// What stands in no row is taken for static RSA.
func exchangeOf(suite uint16) exchange {
	rows := []struct {
		is    exchange
		which []uint16
	}{
		{exportRSA, []uint16{0x0003, 0x0006, 0x0008, 0x0060, 0x0061, 0x0062, 0x0064}},
		{exportDH, []uint16{0x0011, 0x0014, 0x0063, 0x0065}},
		{anonymousDH, []uint16{0x0017, 0x0018, 0x0019, 0x001a, 0x001b, 0x0034, 0x003a, 0x006c, 0x006d, 0x00a6, 0x00a7}},
		{ephemeralDH, []uint16{0x0012, 0x0013, 0x0015, 0x0016, 0x0032, 0x0033, 0x0038, 0x0039, 0x0067, 0x006b, 0x009e, 0x009f, 0xccaa}},
		{anonymousECDH, []uint16{0xc015, 0xc016, 0xc017, 0xc018, 0xc019}},
		{ephemeralECDH, []uint16{0xc006, 0xc007, 0xc008, 0xc009, 0xc00a, 0xc010, 0xc011, 0xc012, 0xc013, 0xc014, 0xc023, 0xc024,
			0xc027, 0xc028, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9}},
	}
	for _, row := range rows {
		for _, one := range row.which {
			if one == suite {
				return row.is
			}
		}
	}
	return staticRSA
}

// since is the first version that has the suite: TLS 1.2 for what hashes with
// SHA-2 or authenticates by AEAD (RFC 5246, appendix A.5; RFC 5288, 5289,
// 7905), TLS 1.0 for elliptic curves (RFC 8422).
func since(suite uint16) uint16 {
	switch {
	case suite >= 0x003b && suite <= 0x0040, suite >= 0x0067 && suite <= 0x006d, suite >= 0x009c && suite <= 0x00a7,
		suite >= 0xc023 && suite <= 0xc032, suite >= 0xc09c && suite <= 0xc0af, suite >= 0xcca8 && suite <= 0xccae:
		return 0x0303
	case suite >= 0xc001 && suite <= 0xc019:
		return 0x0301
	}
	return 0x0300
}

// primes for ephemeral Diffie-Hellman: safe primes of 512 and of 1024 bits;
// the latter is Oakley group 2 (RFC 2409, section 6.2), which many servers
// share.
const (
	prime512  = "deb7e353d56de985117dc8796cdb8075497c991eb64afc5c1dde7b1c9e6d78cc28f740980fdc659235532d3fe4e086664367536104a5a89f10d35584b80a7dff"
	prime1024 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
		"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff"
)

// keyExchange is the body of ServerKeyExchange for the suite; nil where the
// suite has none.
func keyExchange(h hello, f flight, key crypto.Signer) []byte {
	kind := exchangeOf(f.suite)
	params := exchangeParams(kind)
	if params == nil || kind == anonymousDH || kind == anonymousECDH {
		return params
	}
	return append(params, signed(h, f, key, params)...)
}

func exchangeParams(kind exchange) []byte {
	b := cryptobyte.NewBuilder(nil)
	vector := func(n *big.Int) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(n.Bytes()) })
	}
	switch kind {
	case staticRSA:
		return nil
	case exportRSA:
		// It need only look like a modulus of 512 bits: nothing is decrypted.
		vector(hexInt(prime512))
		vector(big.NewInt(65537))
	case exportDH, ephemeralDH, anonymousDH:
		p := hexInt(prime1024)
		if kind == exportDH {
			p = hexInt(prime512)
		}
		vector(p)
		vector(big.NewInt(2))
		vector(new(big.Int).Exp(big.NewInt(2), big.NewInt(0x5eed), p))
	case ephemeralECDH, anonymousECDH:
		b.AddBytes([]byte{3, 0, 23}) // named curve secp256r1
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(basePoint()) })
	}
	return b.BytesOrPanic()
}

// signed is the signature over the parameters, with the algorithm before it
// in TLS 1.2 (RFC 5246, section 7.4.3; RFC 4346 for what came before).
func signed(h hello, f flight, key crypto.Signer, params []byte) []byte {
	covered := slices.Concat(h.random, f.random, params)
	_, isEC := key.(*ecdsa.PrivateKey)
	hash, algorithm := signatureOf(h, f, isEC)
	digest := sum(crypto.SHA1, covered)
	switch hash {
	case crypto.SHA256:
		digest = sum(crypto.SHA256, covered)
	case crypto.MD5SHA1:
		digest = slices.Concat(sum(crypto.MD5, covered), digest)
	}
	signature, err := key.Sign(rand.Reader, digest, hash)
	if err != nil {
		panic("testbed: signing a key exchange: " + err.Error())
	}
	b := cryptobyte.NewBuilder(algorithm)
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(signature) })
	return b.BytesOrPanic()
}

// signatureOf is the hash, and in TLS 1.2 the algorithm's number.
func signatureOf(h hello, f flight, isEC bool) (crypto.Hash, []byte) {
	kind := byte(1) // rsa
	if isEC {
		kind = 3
	}
	switch {
	case f.version < 0x0303 && isEC:
		return crypto.SHA1, nil
	case f.version < 0x0303:
		return crypto.MD5SHA1, nil
	case !f.sha1 && h.signs(4, kind):
		return crypto.SHA256, []byte{4, kind}
	}
	return crypto.SHA1, []byte{2, kind}
}

func sum(hash crypto.Hash, covered []byte) []byte {
	state := hash.New()
	state.Write(covered)
	return state.Sum(nil)
}

func hexInt(text string) *big.Int {
	n, ok := new(big.Int).SetString(text, 16)
	if !ok {
		panic("testbed: not hexadecimal: " + text)
	}
	return n
}

// basePoint is a point of secp256r1, uncompressed.
func basePoint() []byte {
	scalar := make([]byte, 32)
	scalar[31] = 7
	key, err := ecdh.P256().NewPrivateKey(scalar)
	if err != nil {
		panic("testbed: making a point: " + err.Error())
	}
	return key.PublicKey().Bytes()
}
