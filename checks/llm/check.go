// Package llm asks what a language model behind the API can be talked into:
// prompt injection, leaked instructions and unbounded use (OWASP Top 10 for
// LLM Applications).
package llm
