// Package consumption asks how the API treats the answers of the services that
// it calls itself: unsafe consumption of APIs (OWASP API10:2023).
package consumption
