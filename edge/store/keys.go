// Tenants and their API keys: mb_ and 32 random bytes with a checksum, kept as a
// hash, shown once.

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
)

// A Scope is what a key may do.
type Scope string

// The scopes; the second includes the first.
const (
	Read  Scope = "scan:read"
	Write Scope = "scan:write"
)

// A Key is an API key without its secret. Times are milliseconds since 1970, UTC.
type Key struct {
	ID        string `bun:",pk"`
	TenantID  string
	Name      string
	Hash      string `json:"-"`
	Head      string
	Tail      string
	Scope     Scope
	CreatedAt int64
	ExpiresAt int64 // 0: never
	RevokedAt int64 // 0: not revoked
	UsedAt    int64 `bun:"last_used_at"`
}

// DefaultTenant is whose keys these are until there are several.
const DefaultTenant = "default"

// Tenant gives the id of the tenant of that name, and makes it where there is none.
func (s *Store) Tenant(ctx context.Context, name string) (string, error) {
	id, err := s.tenant(ctx, name)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, wrap("finding the tenant", err)
	}
	if id, err = newID(); err != nil {
		return "", err
	}
	_, err = s.db.ExecContext(ctx, "INSERT INTO tenants (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", id, text(name), millis(s.now()))
	if err != nil {
		return "", wrap("making the tenant", err)
	}
	id, err = s.tenant(ctx, name) // another may have made it just before
	return id, wrap("finding the tenant", err)
}

func (s *Store) tenant(ctx context.Context, name string) (id string, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT id FROM tenants WHERE name = ?", text(name)).Scan(&id)
	return id, err
}

// Shown is how a key is told apart from others without telling it.
func (k Key) Shown() string { return k.Head + "…" + k.Tail }

// Created, Expires, Revoked and Used are its times; zero where they never come.
func (k Key) Created() time.Time { return moment(k.CreatedAt) }
func (k Key) Expires() time.Time { return moment(k.ExpiresAt) }
func (k Key) Revoked() time.Time { return moment(k.RevokedAt) }
func (k Key) Used() time.Time    { return moment(k.UsedAt) }

// MakeKey makes a key and gives its secret, which cannot be had again.
func (s *Store) MakeKey(ctx context.Context, tenant, name string, scope Scope, expires time.Time) (secret string, err error) {
	if scope != Read && scope != Write {
		return "", fmt.Errorf("%q is no scope; use %s or %s", scope, Read, Write)
	}
	if !expires.IsZero() && !expires.After(s.now()) {
		return "", errors.New("the key would have expired already; give a day to come")
	}
	bytes, err := random(32)
	if err != nil {
		return "", err
	}
	id, err := newID()
	if err != nil {
		return "", err
	}
	secret = spell(bytes)
	_, err = s.db.NewInsert().Model(&Key{
		ID: id, TenantID: tenant, Name: text(name), Hash: digest(secret), Head: secret[:7], Tail: secret[len(secret)-4:],
		Scope: scope, CreatedAt: millis(s.now()), ExpiresAt: millis(expires),
	}).Exec(ctx)
	return secret, wrap("keeping the key", err)
}

// Keys are a tenant's keys, the newest first, revoked ones among them.
func (s *Store) Keys(ctx context.Context, tenant string) ([]Key, error) {
	keys := []Key{}
	err := s.read.NewSelect().Model(&keys).Where("tenant_id = ?", tenant).OrderBy("id", "DESC").Scan(ctx)
	return keys, wrap("listing the keys", err)
}

// Revoke ends a key at once.
func (s *Store) Revoke(ctx context.Context, tenant, id string) error {
	done, err := s.db.ExecContext(ctx, "UPDATE keys SET revoked_at = ? WHERE tenant_id = ? AND id = ? AND revoked_at = 0", millis(s.now()), tenant, text(id))
	return touched(done, wrap("revoking the key", err))
}

// stale is how exactly the last use of a key is kept: a write for each request
// would cost more than it tells.
const stale = time.Minute

// Authenticate finds the key of a secret. What is unknown, expired, revoked or
// misspelt is ErrNotFound alike.
func (s *Store) Authenticate(ctx context.Context, secret string) (Key, error) {
	var key Key
	if !wellFormed(secret) {
		return key, ErrNotFound
	}
	err := s.read.NewSelect().Model(&key).Where("hash = ?", digest(secret)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Key{}, ErrNotFound
	}
	if err != nil {
		return Key{}, wrap("finding the key", err)
	}
	now := s.now()
	if key.RevokedAt != 0 || key.ExpiresAt != 0 && key.ExpiresAt <= millis(now) {
		return Key{}, ErrNotFound
	}
	if now.Sub(moment(key.UsedAt)) > stale {
		_, err = s.db.ExecContext(ctx, "UPDATE keys SET last_used_at = ? WHERE id = ?", millis(now), key.ID)
	}
	return key, wrap("noting the key's use", err)
}

const prefix = "mb_"

// spell writes a key: the prefix, the bytes, and a checksum by which a scanner for
// secrets can tell a key from chance.
func spell(bytes []byte) string {
	return prefix + base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(bytes, crc32.ChecksumIEEE(bytes)))
}

func wellFormed(secret string) bool {
	rest, ok := strings.CutPrefix(secret, prefix)
	bytes, err := base64.RawURLEncoding.DecodeString(rest)
	return ok && err == nil && len(bytes) == 36 && binary.BigEndian.Uint32(bytes[32:]) == crc32.ChecksumIEEE(bytes[:32])
}

// digest is what is kept of a secret. It holds 256 bits of chance, so that a fast
// hash is as good as a slow one.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// touched is ErrNotFound where nothing was changed.
func touched(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return ErrNotFound
	}
	return nil
}
