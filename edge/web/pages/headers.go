// The headers that every page is sent with.

package pages

import "net/http"

// Headers sets them: the policy, and that no page is kept, sniffed, framed or told to
// other sites. Strict-Transport-Security is left to who knows that TLS is spoken.
func Headers(h http.Header) {
	for name, value := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": Policy, "X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	} {
		h.Set(name, value)
	}
}
