// Package bfla asks whether a caller can use functions that belong to a
// stronger role: broken function level authorization (OWASP API5:2023).
package bfla
