// What of the caller's own header fields is secret.

package wire

import (
	"encoding/base64"
	"strings"

	"middlebrick/httphead"
)

// open are the fields that say how to answer and not who asks. Their values are
// words that stand everywhere: masked, they would blot out what was observed.
// Every other field may carry a secret, whatever it is called.
var open = map[string]bool{
	"accept": true, "accept-encoding": true, "accept-language": true, "accept-charset": true, "cache-control": true, "content-type": true,
	"dnt": true, "from": true, "if-match": true, "if-modified-since": true, "if-none-match": true, "if-range": true, "if-unmodified-since": true,
	"max-forwards": true, "origin": true, "pragma": true, "prefer": true, "priority": true, "range": true, "referer": true,
	"sec-gpc": true, "traceparent": true, "tracestate": true, "upgrade-insecure-requests": true, "via": true, "forwarded": true,
	"x-forwarded-for": true, "x-forwarded-host": true, "x-forwarded-port": true, "x-forwarded-proto": true, "x-request-id": true,
	"x-requested-with": true,
}

// secrets are the texts of a field that may be kept nowhere: its value, and the
// parts that a target may repeat without the rest.
func secrets(f httphead.Field) []string {
	name := strings.ToLower(f.Name)
	if open[name] || strings.HasPrefix(name, "sec-fetch-") || strings.HasPrefix(name, "sec-ch-") {
		return nil
	}
	all := []string{f.Value}
	if name == "cookie" {
		for pair := range strings.SplitSeq(f.Value, ";") {
			_, value, _ := strings.Cut(pair, "=")
			all = append(all, strings.Trim(strings.TrimSpace(value), `"`))
		}
		return all
	}
	scheme, rest, found := strings.Cut(f.Value, " ")
	if !found {
		return all
	}
	all = append(all, strings.TrimSpace(rest))
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return all
	}
	_, password, _ := strings.Cut(string(plain), ":")
	return append(all, string(plain), password)
}
