// Signature schemes: how a server proves that it owns its key.

package tlshello

import (
	"fmt"
	"slices"
)

// SignatureScheme is the number of a signature scheme (RFC 8446, section
// 4.2.3). At TLS 1.2 the same two bytes are a hash and a signature algorithm
// (RFC 5246, section 7.4.1.4.1); those pairs have names here too.
type SignatureScheme uint16

// SchemeInfo says what a signature scheme is.
type SchemeInfo struct {
	Scheme    SignatureScheme `json:"scheme"`
	Name      string          `json:"name"`      // IANA's; for a pair of TLS 1.2 one built alike
	Signature string          `json:"signature"` // RSA, RSA-PSS, DSA, ECDSA, Ed25519, Ed448, ML-DSA, SLH-DSA, SM2, GOST, ...
	Hash      string          `json:"hash"`      // MD5, SHA1, SHA224, SHA256, SHA384, SHA512, SHAKE256, SM3, ...
}

var schemeRows = []SchemeInfo{
	{0x0101, "rsa_pkcs1_md5", "RSA", "MD5"},
	{0x0102, "dsa_md5", "DSA", "MD5"},
	{0x0103, "ecdsa_md5", "ECDSA", "MD5"},
	{0x0201, "rsa_pkcs1_sha1", "RSA", "SHA1"},
	{0x0202, "dsa_sha1", "DSA", "SHA1"},
	{0x0203, "ecdsa_sha1", "ECDSA", "SHA1"},
	{0x0301, "rsa_pkcs1_sha224", "RSA", "SHA224"},
	{0x0302, "dsa_sha224", "DSA", "SHA224"},
	{0x0303, "ecdsa_sha224", "ECDSA", "SHA224"},
	{0x0401, "rsa_pkcs1_sha256", "RSA", "SHA256"},
	{0x0402, "dsa_sha256", "DSA", "SHA256"},
	{0x0403, "ecdsa_secp256r1_sha256", "ECDSA", "SHA256"},
	{0x0420, "rsa_pkcs1_sha256_legacy", "RSA", "SHA256"},
	{0x0501, "rsa_pkcs1_sha384", "RSA", "SHA384"},
	{0x0502, "dsa_sha384", "DSA", "SHA384"},
	{0x0503, "ecdsa_secp384r1_sha384", "ECDSA", "SHA384"},
	{0x0520, "rsa_pkcs1_sha384_legacy", "RSA", "SHA384"},
	{0x0601, "rsa_pkcs1_sha512", "RSA", "SHA512"},
	{0x0602, "dsa_sha512", "DSA", "SHA512"},
	{0x0603, "ecdsa_secp521r1_sha512", "ECDSA", "SHA512"},
	{0x0620, "rsa_pkcs1_sha512_legacy", "RSA", "SHA512"},
	{0x0704, "eccsi_sha256", "ECCSI", "SHA256"},
	{0x0705, "iso_ibs1", "IBS", "SHA256"},
	{0x0706, "iso_ibs2", "IBS", "SHA256"},
	{0x0707, "iso_chinese_ibs", "IBS", "SM3"},
	{0x0708, "sm2sig_sm3", "SM2", "SM3"},
	{0x0709, "gostr34102012_256a", "GOST", "GOST12"},
	{0x070A, "gostr34102012_256b", "GOST", "GOST12"},
	{0x070B, "gostr34102012_256c", "GOST", "GOST12"},
	{0x070C, "gostr34102012_256d", "GOST", "GOST12"},
	{0x070D, "gostr34102012_512a", "GOST", "GOST12"},
	{0x070E, "gostr34102012_512b", "GOST", "GOST12"},
	{0x070F, "gostr34102012_512c", "GOST", "GOST12"},
	{0x0804, "rsa_pss_rsae_sha256", "RSA-PSS", "SHA256"},
	{0x0805, "rsa_pss_rsae_sha384", "RSA-PSS", "SHA384"},
	{0x0806, "rsa_pss_rsae_sha512", "RSA-PSS", "SHA512"},
	{0x0807, "ed25519", "Ed25519", "SHA512"},
	{0x0808, "ed448", "Ed448", "SHAKE256"},
	{0x0809, "rsa_pss_pss_sha256", "RSA-PSS", "SHA256"},
	{0x080A, "rsa_pss_pss_sha384", "RSA-PSS", "SHA384"},
	{0x080B, "rsa_pss_pss_sha512", "RSA-PSS", "SHA512"},
	{0x081A, "ecdsa_brainpoolP256r1tls13_sha256", "ECDSA", "SHA256"},
	{0x081B, "ecdsa_brainpoolP384r1tls13_sha384", "ECDSA", "SHA384"},
	{0x081C, "ecdsa_brainpoolP512r1tls13_sha512", "ECDSA", "SHA512"},
	{0x0840, "gostr34102012_256", "GOST", "GOST12"},
	{0x0841, "gostr34102012_512", "GOST", "GOST12"},
	{0x0904, "mldsa44", "ML-DSA", "SHAKE256"},
	{0x0905, "mldsa65", "ML-DSA", "SHAKE256"},
	{0x0906, "mldsa87", "ML-DSA", "SHAKE256"},
	{0x0911, "slhdsa_sha2_128s", "SLH-DSA", "SHA2"},
	{0x0912, "slhdsa_sha2_128f", "SLH-DSA", "SHA2"},
	{0x0913, "slhdsa_sha2_192s", "SLH-DSA", "SHA2"},
	{0x0914, "slhdsa_sha2_192f", "SLH-DSA", "SHA2"},
	{0x0915, "slhdsa_sha2_256s", "SLH-DSA", "SHA2"},
	{0x0916, "slhdsa_sha2_256f", "SLH-DSA", "SHA2"},
	{0x0917, "slhdsa_shake_128s", "SLH-DSA", "SHAKE256"},
	{0x0918, "slhdsa_shake_128f", "SLH-DSA", "SHAKE256"},
	{0x0919, "slhdsa_shake_192s", "SLH-DSA", "SHAKE256"},
	{0x091A, "slhdsa_shake_192f", "SLH-DSA", "SHAKE256"},
	{0x091B, "slhdsa_shake_256s", "SLH-DSA", "SHAKE256"},
	{0x091C, "slhdsa_shake_256f", "SLH-DSA", "SHAKE256"},
}

// SignatureSchemes lists every scheme that can be offered, by number.
func SignatureSchemes() []SignatureScheme {
	list := make([]SignatureScheme, 0, len(schemeRows))
	for _, row := range schemeRows {
		list = append(list, row.Scheme)
	}
	return list
}

// Info says what the scheme is; false means that it is not known here.
func (s SignatureScheme) Info() (SchemeInfo, bool) {
	i := slices.IndexFunc(schemeRows, func(row SchemeInfo) bool { return row.Scheme == s })
	if i < 0 {
		return SchemeInfo{}, false
	}
	return schemeRows[i], true
}

// String is the IANA name, or the number in hexadecimal.
func (s SignatureScheme) String() string {
	if info, ok := s.Info(); ok {
		return info.Name
	}
	return hex16(uint16(s))
}

// MarshalText gives the same word as String; it never fails.
func (s SignatureScheme) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *SignatureScheme) UnmarshalText(text []byte) error {
	for _, row := range schemeRows {
		if row.Name == string(text) {
			*s = row.Scheme
			return nil
		}
	}
	n, err := parseHex(string(text), 4)
	if err != nil {
		return fmt.Errorf("reading signature scheme: %w", err)
	}
	*s = SignatureScheme(n)
	return nil
}
