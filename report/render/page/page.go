// Package page draws a document as one HTML file: it needs no script to be read,
// asks nothing of any network, and its policy lets a browser do neither.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the style and the template
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"middlebrick/report/render/document"
)

//go:embed page.css
var style string

//go:embed page.html
var layout string

//go:embed blocks.html
var blocks string

var page = template.Must(template.Must(Blocks()).Funcs(template.FuncMap{
	"style":  func() template.HTML { return template.HTML("<style>" + style + "</style>") },
	"policy": func() string { return Policy() },
}).New("page").Parse(layout))

// Blocks are the templates that draw a document's blocks, by the names "blocks",
// "table", "picture" and so on; the dashboard draws the same document with them.
func Blocks() (*template.Template, error) {
	return template.New("blocks of a document").Funcs(template.FuncMap{
		"sign":   func(severity string) string { return signs[severity] },
		"word":   word,
		"head":   func(head []string, i int) string { return head[i] },
		"points": points,
		"outer":  func(address string) bool { return !strings.HasPrefix(address, "#") },
	}).Parse(blocks)
}

// Policy is the file's content security policy: nothing may be loaded, run, framed
// or sent, and the one style sheet is named by its hash.
func Policy() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// signs are the shapes that severities have beside their words and colours.
var signs = map[string]string{"critical": "■", "high": "▲", "medium": "◆", "low": "●", "info": "○"}

// word begins with a capital.
func word(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// points are an arrow's head.
func points(s document.Shape) string {
	var parts []string
	for _, corner := range s.Head() {
		parts = append(parts, fmt.Sprintf("%g,%g", corner[0], corner[1]))
	}
	return strings.Join(parts, " ")
}

// HTML is the document as a file.
func HTML(d document.Document) ([]byte, error) {
	var out bytes.Buffer
	err := page.Execute(&out, d)
	return out.Bytes(), err
}
