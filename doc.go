// Package middlebrick holds no code: it is the root of the module, and its test
// is the rules of this house. The binary is in cmd/middlebrick; docs/ says how
// it all works.
package middlebrick
