// Sealing credentials: what a caller gave for the target is kept for as long as the
// scan needs it, encrypted with a key that is not in the database.

package store

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeyFile is the name of the key's file in the data folder. A backup of the
// database without it holds no credentials.
const KeyFile = "sealing.key"

// A sealer is AES-256-GCM with random nonces (NIST SP 800-38D).
type sealer struct{ cipher.AEAD }

func openSealer(dir string) (sealer, error) {
	file := filepath.Join(dir, KeyFile)
	key, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(file)
	}
	if err != nil {
		return sealer{}, fmt.Errorf("reading the sealing key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil || len(key) != 32 {
		return sealer{}, fmt.Errorf("%s must hold 32 bytes and holds %d: restore it from a backup", file, len(key))
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	return sealer{gcm}, err
}

// makeKey makes the key's file unless another process has just made it.
func makeKey(file string) ([]byte, error) {
	key, err := random(32)
	if err != nil {
		return nil, err
	}
	// Its name is chance: of two containers on one folder, both are process 1.
	temporary, err := os.CreateTemp(filepath.Dir(file), KeyFile)
	if err != nil {
		return nil, err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(key)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(temporary.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(file)
}

// seal encrypts; nothing stays nothing. What it is sealed for must be named again
// to open it, so that it cannot be moved to another row.
func (s sealer) seal(plain []byte, owner string) []byte {
	if len(plain) == 0 {
		return nil
	}
	return s.Seal(nil, nil, plain, []byte(owner))
}

func (s sealer) open(sealed []byte, owner string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	plain, err := s.Open(nil, nil, sealed, []byte(owner))
	if err != nil {
		return nil, errors.New("the sealed credentials cannot be opened: the sealing key is another one than when they were kept")
	}
	return plain, nil
}
