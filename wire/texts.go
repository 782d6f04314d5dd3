// Asking the DNS for the texts at a name, apart from any scan.

package wire

import (
	"context"
	"net"
	"strings"
)

// Texts are the TXT records at a name (RFC 1035 section 3.3.14), each with its
// strings joined. A name without any, or that does not exist, has none. Nameservers
// are HOST:PORT; nil: this machine's.
func Texts(ctx context.Context, name string, nameservers []string) ([]string, error) {
	resolver := &net.Resolver{PreferGo: true}
	if len(nameservers) > 0 {
		resolver.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, nameservers[0])
		}
	}
	texts, err := resolver.LookupTXT(ctx, strings.TrimSuffix(name, ".")+".")
	if dns, ok := err.(*net.DNSError); ok && dns.IsNotFound {
		return nil, nil
	}
	return texts, err
}
