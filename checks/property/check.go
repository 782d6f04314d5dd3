// Package property asks whether single properties of an object can be read or
// written by callers who should not: excessive data exposure and mass
// assignment (OWASP API3:2023).
package property
