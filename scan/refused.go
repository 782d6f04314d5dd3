// Which header fields a caller may not have sent with a scan's requests.

package scan

import "strings"

// refused are the fields that a scan sets itself, or that would let it change
// something, each with the reason.
var refused = map[string]string{
	"host":                   "it decides which server is asked; put the name into the URL and use --resolve for its address",
	"content-length":         "scans send no body",
	"content-encoding":       "scans send no body",
	"transfer-encoding":      "scans send no body, and with two lengths a request can be smuggled",
	"trailer":                "scans send no body",
	"expect":                 "scans send no body",
	"connection":             "it governs the connection, which the scan does itself",
	"keep-alive":             "it governs the connection, which the scan does itself",
	"proxy-connection":       "it governs the connection, which the scan does itself",
	"te":                     "it governs the connection, which the scan does itself",
	"upgrade":                "it would turn the connection into another protocol",
	"http2-settings":         "it would turn the connection into another protocol",
	"proxy-authorization":    "it is for a proxy, and scans use none",
	"user-agent":             "a scan says openly that it is one",
	"x-http-method":          "it can turn a GET into a write, and scans are read-only",
	"x-http-method-override": "it can turn a GET into a write, and scans are read-only",
	"x-method-override":      "it can turn a GET into a write, and scans are read-only",
}

// Refused is why a header field of that name cannot be sent along; "" where it can.
func Refused(name string) string { return refused[strings.ToLower(name)] }
