// Package bola asks whether one caller can reach another caller's objects by
// naming them: broken object level authorization, also called IDOR (OWASP
// API1:2023).
package bola
