// Package pages draws the dashboard: each page is a typed view and a template. It
// is pure: what it shows is handed to it, the time of day among it, and every text
// that comes from elsewhere is made harmless on its way out.
package pages

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"middlebrick/report/render"
	"middlebrick/report/render/page"
)

// Policy is the content security policy of every page: nothing but our own style
// sheet, scripts and pictures is loaded, nothing inline runs, nobody may frame it,
// and forms post to us alone.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// A View is one page's content; the views of this package are all there are.
type View interface {
	file() string  // of its template
	title() string // of the browser's tab
}

//go:embed templates
var files embed.FS

// frame is what a template sees.
type frame struct {
	Shell Shell
	View  View
}

// Title is what the browser's tab is called.
func (f frame) Title() string { return f.View.title() + " · middlebrick" }

// Render writes the page of a view within the shell. Nothing is written when it
// cannot be drawn.
func Render(w io.Writer, shell Shell, view View) error {
	all, err := templates()
	if err != nil {
		return err
	}
	drawn, ok := all[view.file()]
	if !ok {
		return fmt.Errorf("drawing a page: there is no template %q", view.file())
	}
	var out bytes.Buffer
	if err := drawn.ExecuteTemplate(&out, "layout", frame{shell, view}); err != nil {
		return fmt.Errorf("drawing the page %q: %w", view.file(), err)
	}
	_, err = w.Write(harmless(out.Bytes()))
	return err
}

// harmless writes out what no page of ours holds by itself: control characters,
// and those that cannot be seen or that turn the writing direction. html/template
// has escaped the rest by where it stands.
func harmless(text []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(text) + len(text)/16)
	for line := range bytes.SplitAfterSeq(text, []byte{'\n'}) {
		body, ended := bytes.CutSuffix(line, []byte{'\n'})
		out.WriteString(escaped(string(body)))
		if ended {
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

// escaped keeps the escapes themselves from becoming a tag.
func escaped(line string) string {
	safe := render.Screen{}.Escape(line)
	if safe == line {
		return line
	}
	return strings.NewReplacer("<U+", "&lt;U+").Replace(safe)
}

var templates = sync.OnceValues(parse)

// parse makes one set for each page: the layout, what pages share, the page.
func parse() (map[string]*template.Template, error) {
	base, err := page.Blocks()
	if err == nil {
		base, err = base.Funcs(functions()).ParseFS(files, "templates/shared/*.html")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	names, err := files.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	all := map[string]*template.Template{}
	for _, entry := range names {
		name, isPage := strings.CutSuffix(entry.Name(), ".html")
		if !isPage {
			continue
		}
		set, err := base.Clone()
		if err == nil {
			set, err = set.ParseFS(files, "templates/"+entry.Name())
		}
		if err != nil {
			return nil, fmt.Errorf("reading the template %s: %w", name, err)
		}
		all[name] = set
	}
	return all, nil
}

func functions() template.FuncMap {
	return template.FuncMap{
		"amount": amount,
		"score":  func(n *int) string { return scoreText(n) },
		"join":   func(list []string) string { return strings.Join(list, ", ") },
		"lower":  strings.ToLower,
		"add":    func(a, b int) int { return a + b },
		"pick":   func(value, text, chosen string) choice { return choice{value, text, value == chosen} },
		"field":  func(f Form, name, label string) field { return field{f, name, label, "", ""} },
		"hinted": func(f Form, name, label, hint string) field { return field{f, name, label, hint, ""} },
		"typed":  func(kind string, f field) field { f.Kind = kind; return f },
	}
}

// amount is a number with its word: "1 scan", "2 scans".
func amount(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if stem, ok := strings.CutSuffix(word, "y"); ok && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e") {
		word = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func scoreText(n *int) string {
	if n == nil {
		return "–"
	}
	return fmt.Sprint(*n)
}
