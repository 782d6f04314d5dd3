// Package assets holds the dashboard's style sheet and scripts as they are served:
// built, named after their content, compressed once and kept by browsers for ever.
package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"sync"

	"middlebrick/edge/web/assets/internal/manifest"
)

//go:generate go run ./internal/webbuild

//go:embed dist
var dist embed.FS

// Prefix is where the files are served.
const Prefix = "/assets/"

// A file is one of them, ready to be sent.
type file struct {
	kind        string
	plain, tiny []byte
}

type catalogue struct {
	addresses map[string]string // "app.css" → "/assets/app.0123456789abcdef.css"
	files     map[string]file   // by the name in the address
}

var all = sync.OnceValues(read)

func read() (catalogue, error) {
	c := catalogue{map[string]string{}, map[string]file{}}
	var list manifest.Manifest
	text, err := dist.ReadFile("dist/manifest.json")
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		return c, err
	}
	for called, name := range list.Files {
		plain, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return c, err
		}
		c.addresses[called] = Prefix + name
		c.files[name] = file{kinds[path.Ext(name)], plain, squeezed(plain)}
	}
	return c, nil
}

var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func squeezed(plain []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(plain); err != nil || w.Close() != nil {
		return nil
	}
	return out.Bytes()
}

// Path is the address of "app.css", "app.js", "chart.js" or "live.js"; "" of
// anything else.
func Path(called string) string {
	c, err := all()
	if err != nil {
		return ""
	}
	return c.addresses[called]
}

// Serve answers a GET or a HEAD below Prefix. A name holds its content's digest,
// so that an answer never changes.
func Serve(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	c, err := all()
	found, ok := c.files[name]
	if err != nil || !ok {
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	head := w.Header()
	head.Set("Content-Type", found.kind)
	head.Set("Cache-Control", "public, max-age=31536000, immutable")
	head.Set("Vary", "Accept-Encoding")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	body, tag := found.plain, `"`+name+`"`
	if found.tiny != nil && takesGzip(r.Header.Get("Accept-Encoding")) {
		head.Set("Content-Encoding", "gzip")
		body, tag = found.tiny, `"`+name+`-gzip"`
	}
	head.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		// A client that went away is nobody to tell.
		_, _ = w.Write(body)
	}
}

// takesGzip reads Accept-Encoding as RFC 9110 section 12.5.3 has it, as far as gzip
// goes: a weight of nought is a refusal.
func takesGzip(accepts string) bool {
	for one := range strings.SplitSeq(accepts, ",") {
		coding, weight, _ := strings.Cut(strings.ReplaceAll(one, " ", ""), ";")
		if coding == "gzip" {
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
}
