// Signature algorithms by their object identifiers.

package certread

// unknown stands for an algorithm that no table here has.
const unknown = "unknown"

// A signature algorithm: its name as crypto/x509 writes it, and the hash.
type signature struct{ name, hash string }

// signatures by object identifier: RFC 3279, RFC 4055, RFC 5758, RFC 8410,
// RFC 9881 (ML-DSA).
var signatures = map[string]signature{
	"1.2.840.113549.1.1.2":    {"MD2-RSA", "MD2"},
	"1.2.840.113549.1.1.3":    {"MD4-RSA", "MD4"},
	"1.2.840.113549.1.1.4":    {"MD5-RSA", "MD5"},
	"1.2.840.113549.1.1.5":    {"SHA1-RSA", "SHA-1"},
	"1.3.14.3.2.29":           {"SHA1-RSA", "SHA-1"}, // the older spelling of it
	"1.2.840.113549.1.1.14":   {"SHA224-RSA", "SHA-224"},
	"1.2.840.113549.1.1.11":   {"SHA256-RSA", "SHA-256"},
	"1.2.840.113549.1.1.12":   {"SHA384-RSA", "SHA-384"},
	"1.2.840.113549.1.1.13":   {"SHA512-RSA", "SHA-512"},
	"1.2.840.10040.4.3":       {"DSA-SHA1", "SHA-1"},
	"2.16.840.1.101.3.4.3.1":  {"DSA-SHA224", "SHA-224"},
	"2.16.840.1.101.3.4.3.2":  {"DSA-SHA256", "SHA-256"},
	"1.2.840.10045.4.1":       {"ECDSA-SHA1", "SHA-1"},
	"1.2.840.10045.4.3.1":     {"ECDSA-SHA224", "SHA-224"},
	"1.2.840.10045.4.3.2":     {"ECDSA-SHA256", "SHA-256"},
	"1.2.840.10045.4.3.3":     {"ECDSA-SHA384", "SHA-384"},
	"1.2.840.10045.4.3.4":     {"ECDSA-SHA512", "SHA-512"},
	"1.3.101.112":             {"Ed25519", "SHA-512"},
	"1.3.101.113":             {"Ed448", "SHAKE256"},
	"1.2.156.10197.1.501":     {"SM2-SM3", "SM3"},
	"1.2.643.2.2.3":           {"GOST2001", "GOST94"},
	"1.2.643.7.1.1.3.2":       {"GOST2012-256", "Streebog-256"},
	"1.2.643.7.1.1.3.3":       {"GOST2012-512", "Streebog-512"},
	"2.16.840.1.101.3.4.3.17": {"ML-DSA-44", "SHAKE256"},
	"2.16.840.1.101.3.4.3.18": {"ML-DSA-65", "SHAKE256"},
	"2.16.840.1.101.3.4.3.19": {"ML-DSA-87", "SHAKE256"},
}

const oidPSS = "1.2.840.113549.1.1.10"

// pssHashes by object identifier, with the names that crypto/x509 gives them.
var pssHashes = map[string]signature{
	"1.3.14.3.2.26":          {"SHA1-RSAPSS", "SHA-1"},
	"2.16.840.1.101.3.4.2.1": {"SHA256-RSAPSS", "SHA-256"},
	"2.16.840.1.101.3.4.2.2": {"SHA384-RSAPSS", "SHA-384"},
	"2.16.840.1.101.3.4.2.3": {"SHA512-RSAPSS", "SHA-512"},
}

func readSignature(body []byte) signature {
	kind, parameters := algorithmOf(body)
	if kind.String() == oidPSS {
		return readPSS(parameters.body)
	}
	if known, ok := signatures[kind.String()]; ok {
		return known
	}
	return signature{unknown, unknown}
}

// readPSS finds the hash in RSASSA-PSS-params; left out, it is SHA-1 (RFC 4055
// section 3.1).
func readPSS(parameters []byte) signature {
	parts := cursor(parameters)
	hash, ok := parts.take(tagHash)
	if !ok {
		return pssHashes["1.3.14.3.2.26"]
	}
	kind, _ := algorithmOf(inside(hash.body, tagSequence))
	if known, ok := pssHashes[kind.String()]; ok {
		return known
	}
	return signature{"RSAPSS", unknown}
}
