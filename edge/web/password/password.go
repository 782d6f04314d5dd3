// Package password keeps passwords as argon2id hashes (RFC 9106), in the spelling
// that others read as well, and says when one should be made anew.
package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// What a hash costs: the least that OWASP's Password Storage Cheat Sheet asks for,
// so that a server of 512 MiB can answer several people at once.
const (
	memory  = 19 << 10 // KiB
	passes  = 2
	threads = 1
	saltLen = 16
	hashLen = 32
)

// The lengths of a password: NIST SP 800-63B-4 section 3.1.1.2 asks for at least 15
// characters where nothing but the password is asked for. The most keeps a sender
// from making us hash a book.
const (
	Least = 15  // characters
	Most  = 512 // bytes
)

// ErrShort and ErrLong are what is wrong with a new password.
var (
	ErrShort = fmt.Errorf("the password needs at least %d characters", Least)
	ErrLong  = fmt.Errorf("the password may have at most %d bytes", Most)
	// ErrForm is a stored hash that cannot be read.
	ErrForm = errors.New("the stored hash of the password cannot be read")
)

// Hash makes the text that is stored: "$argon2id$v=19$m=…,t=…,p=…$salt$hash". Chance
// gives the salt.
func Hash(password string, chance io.Reader) (string, error) {
	if utf8.RuneCountInString(password) < Least {
		return "", ErrShort
	}
	if len(password) > Most {
		return "", ErrLong
	}
	salt := make([]byte, saltLen)
	if _, err := io.ReadFull(chance, salt); err != nil {
		return "", fmt.Errorf("making a salt: %w", err)
	}
	hash := argon2.IDKey([]byte(password), salt, passes, memory, threads, hashLen)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, threads, encode(salt), encode(hash)), nil
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// cost is what one stored hash was made with.
type cost struct {
	memory, passes uint32
	threads        uint8
}

// Check says whether the password is the one of the stored text, and whether that
// text is cheaper to break than a new one would be. It takes as long for a wrong
// password as for the right one.
func Check(stored, password string) (right, old bool, err error) {
	c, salt, hash, err := read(stored)
	if err != nil {
		return false, false, err
	}
	if len(password) > Most {
		return false, false, nil
	}
	made := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.threads, uint32(len(hash)))
	right = subtle.ConstantTimeCompare(made, hash) == 1
	return right, right && (c.memory < memory || c.passes < passes || len(hash) < hashLen), nil
}

// Nobody takes as long as Check of a password, and is never right: for a name that
// nobody bears, so that the time does not tell which names there are.
func Nobody(password string) {
	if len(password) <= Most {
		argon2.IDKey([]byte(password), make([]byte, saltLen), passes, memory, threads, hashLen)
	}
}

// The most that a stored hash may ask of us: it comes from a database, which may
// have been written by another.
const (
	mostMemory = 256 << 10
	mostPasses = 16
)

func read(stored string) (c cost, salt, hash []byte, err error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, ErrForm
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); err != nil {
		return c, nil, nil, ErrForm
	}
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	hash, hashErr := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	sane := c.memory >= 8 && c.memory <= mostMemory && c.passes >= 1 && c.passes <= mostPasses && c.threads >= 1 && len(hash) >= 16 && len(hash) <= 64 && len(salt) >= 8
	if saltErr != nil || hashErr != nil || !sane {
		return c, nil, nil, ErrForm
	}
	return c, salt, hash, nil
}
