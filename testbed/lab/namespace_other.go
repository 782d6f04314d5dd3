//go:build !linux

// Systems without network namespaces.

package lab

import "testing"

// InNamespace skips the test: see its Linux twin.
func InNamespace(t *testing.T) bool {
	t.Helper()
	t.Skip("needs Linux, for a network namespace")
	return false
}
