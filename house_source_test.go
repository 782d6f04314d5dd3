// The source tree as the tests of this house read it: every Go file of the
// module, parsed, without asking the compiler.

package middlebrick_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "middlebrick"

// A source is one Go file.
type source struct {
	path      string // "checks/encryption/tls10/rule.go"
	folder    string // "checks/encryption/tls10"; "." for the root
	test      bool   // *_test.go
	generated bool   // says so by the comment that Go fixes for it
	lines     int
	set       *token.FileSet
	file      *ast.File
	imports   map[string]string // the name in this file → import path
}

// pkg tells a folder's package from the package of its outer tests.
func (s source) pkg() string { return s.folder + " " + s.file.Name.Name }

// line is the line of a node.
func (s source) line(n ast.Node) int { return s.set.Position(n.Pos()).Line }

var sources = sync.OnceValues(readSources)

// allSources parses the tree once for all tests.
func allSources(t *testing.T) []source {
	t.Helper()
	all, err := sources()
	if err != nil {
		t.Fatalf("reading the source tree: %v", err)
	}
	return all
}

// product leaves out the tests.
func product(t *testing.T) []source {
	t.Helper()
	var kept []source
	for _, s := range allSources(t) {
		if !s.test {
			kept = append(kept, s)
		}
	}
	return kept
}

func readSources() ([]source, error) {
	var all []source
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && skipped(entry.Name()) {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		s, err := readSource(name)
		all = append(all, s)
		return err
	})
	return all, err
}

// skipped are the folders that the go command does not look into either, and
// the dependencies of the browser tests.
func skipped(folder string) bool {
	return folder == "testdata" || folder == "node_modules" || folder == "vendor" ||
		strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_")
}

func readSource(name string) (source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	return parseSource(name, text)
}

func parseSource(name string, text []byte) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	s := source{
		path: name, folder: path.Dir(name), test: strings.HasSuffix(name, "_test.go"),
		generated: ast.IsGenerated(file), lines: strings.Count(string(text), "\n"),
		set: set, file: file, imports: map[string]string{},
	}
	for _, spec := range file.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		local := packageName(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		s.imports[local] = imported
	}
	return s, nil
}

// packageName guesses a package's name from its path, major version aside.
func packageName(imported string) string {
	base := path.Base(imported)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(imported))
	}
	return base
}

// A use is one mention of another package's name: "time", "Now", at a line.
type use struct {
	imported, name string
	line           int
}

// uses lists every pkg.Name of the file where pkg is an import.
func (s source) uses() []use {
	var all []use
	ast.Inspect(s.file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		ident, ok := selector.X.(*ast.Ident)
		if !ok || ident.Obj != nil {
			return true
		}
		if imported, ok := s.imports[ident.Name]; ok {
			all = append(all, use{imported, selector.Sel.Name, s.line(selector)})
		}
		return true
	})
	return all
}

// made lists the lines at which a value of one of those types is made or declared:
// where the type is named, and not as what a pointer leads to.
func (s source) made(imported string, names ...string) []int {
	pointed := map[ast.Node]bool{}
	var lines []int
	ast.Inspect(s.file, func(n ast.Node) bool {
		if star, ok := n.(*ast.StarExpr); ok {
			pointed[star.X] = true
		}
		selector, ok := n.(*ast.SelectorExpr)
		if !ok || pointed[selector] || !slices.Contains(names, selector.Sel.Name) {
			return true
		}
		if ident, ok := selector.X.(*ast.Ident); ok && ident.Obj == nil && s.imports[ident.Name] == imported {
			lines = append(lines, s.line(selector))
		}
		return true
	})
	return lines
}

// functions lists every declared function with a body.
func (s source) functions() []*ast.FuncDecl {
	var all []*ast.FuncDecl
	for _, declaration := range s.file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Body != nil {
			all = append(all, f)
		}
	}
	return all
}

// within is true when the folder is one of those, or lies below one of them.
func within(folder string, roots ...string) bool {
	for _, root := range roots {
		if folder == root || strings.HasPrefix(folder, root+"/") {
			return true
		}
	}
	return false
}
