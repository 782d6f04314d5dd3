// Package testbed gathers the servers and certificates that tests scan.
//
// Its folders are imported by tests alone:
//   - ca makes, in memory, certificate authorities and every certificate that
//     the Encryption check must be able to judge;
//   - lab starts the real programs (nginx, Apache, gunicorn, uWSGI, Flask,
//     OpenSSL, OpenJDK) on loopback and applies the fixes that a rule prints;
//   - postgres runs a real PostgreSQL, with a fresh database for each test;
//   - quirk holds servers that misbehave on purpose, each under a name.
package testbed
