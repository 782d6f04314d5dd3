// Package fixes holds no code but a test: it executes every fix that a rule.md
// prints, on a real server that fails the rule, and looks again. With -update it
// keeps what it saw as the rule's testdata/fixed-<platform>.jsonl.
//
//	go test ./checks/internal/fixes                          every fix
//	FIXES=suite go test ./checks/internal/fixes              those whose rule and platform match
//	FIXES=hsts.*/nginx go test ./checks/internal/fixes -update
package fixes
