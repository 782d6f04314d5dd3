// All addresses of the dashboard, as the patterns of net/http. Every link and every
// form of a page leads to one of them, which a test holds.

package pages

// Routes are what a handler of the dashboard answers.
func Routes() []string {
	return []string{
		"GET /{$}", "POST /theme", "POST /demo", "GET /assets/",
		"GET /sign-in", "POST /sign-in", "POST /sign-out", "GET /welcome/{token}", "POST /welcome/{token}",
		"GET /scans", "POST /scans", "GET /scans/{id}", "GET /scans/{id}/events", "POST /scans/{id}/stop", "POST /scans/{id}/again",
		"GET /scans/{id}/report.pdf", "GET /scans/{id}/report.html", "GET /scans/{id}/report.json", "GET /scans/{id}/report.sarif", "GET /scans/{id}/report.md",
		"GET /scans/{id}/recording", "GET /scans/{id}/compliance", "GET /scans/{id}/findings/{rule}", "POST /scans/{id}/findings/{rule}/accept",
		"GET /targets/{id}", "GET /targets/{id}/history.csv", "GET /compare",
		"GET /monitors", "POST /monitors", "GET /monitors/new", "GET /monitors/{id}", "POST /monitors/{id}", "POST /monitors/{id}/run", "POST /monitors/{id}/pause", "POST /monitors/{id}/delete",
		"GET /alerts", "GET /rules", "GET /rules/{id}",
		"GET /settings/account", "POST /settings/account/password", "POST /settings/account/sign-out-others",
		"GET /settings/keys", "POST /settings/keys", "POST /settings/keys/{id}/revoke",
		"GET /settings/members", "POST /settings/members", "POST /settings/members/{id}", "POST /settings/members/{id}/remove",
		"GET /settings/policy", "POST /settings/policy/test",
		"GET /settings/authorities", "POST /settings/authorities", "POST /settings/authorities/{id}/delete",
		"GET /settings/channels", "POST /settings/channels", "POST /settings/channels/{id}/test", "POST /settings/channels/{id}/rotate", "POST /settings/channels/{id}/delete",
		"GET /settings/hosts", "POST /settings/hosts", "POST /settings/hosts/{id}/check", "POST /settings/hosts/{id}/delete",
		"GET /settings/audit", "GET /settings/backup", "GET /settings/about", "GET /settings/export",
	}
}
