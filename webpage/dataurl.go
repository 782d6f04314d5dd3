// Documents that stand inside an address (RFC 2397, WHATWG Fetch section 6).

package webpage

import (
	"encoding/base64"
	"net/url"
	"strings"

	"middlebrick/weburl"
)

// dataURL opens a data: URL. The media type defaults to text/plain.
func dataURL(ref string) (body []byte, media string, ok bool) {
	scheme, rest, _ := weburl.CutScheme(ref)
	if scheme != "data" {
		return nil, "", false
	}
	rest, _, _ = strings.Cut(rest, "#")
	media, text, ok := strings.Cut(rest, ",")
	if !ok {
		return nil, "", false
	}
	decoded := percentDecode(text)
	media = strings.TrimSpace(media)
	if head, found := strings.CutSuffix(media, "base64"); found && strings.HasSuffix(strings.TrimSpace(head), ";") {
		media = strings.TrimSuffix(strings.TrimSpace(head), ";")
		packed := strings.TrimRight(strings.Join(strings.Fields(decoded), ""), "=")
		plain, err := base64.RawStdEncoding.DecodeString(packed)
		if err != nil {
			return nil, "", false
		}
		decoded = string(plain)
	}
	if media == "" || media[0] == ';' {
		media = "text/plain" + media
	}
	return []byte(decoded), media, true
}

// percentDecode leaves what is not a valid escape as it is.
func percentDecode(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	var b strings.Builder
	for len(s) > 0 {
		if s[0] == '%' && len(s) >= 3 {
			if c, err := url.PathUnescape(s[:3]); err == nil {
				b.WriteString(c)
				s = s[3:]
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}
