// Package inventory asks what else is served beside the API that is looked
// after: old versions, undocumented operations, forgotten hosts (OWASP
// API9:2023).
package inventory
