// The walls: how long a file and a function may be and how deep it may nest;
// and that packages and files say what they are for.

package middlebrick_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

const (
	mostFileLines     = 400
	mostFunctionLines = 60
	mostNesting       = 3
)

func TestFilesFitTheirWall(t *testing.T) {
	for _, s := range allSources(t) {
		if s.lines > mostFileLines && !s.generated {
			t.Errorf("%s has %d lines; a file tells one story in at most %d", s.path, s.lines, mostFileLines)
		}
	}
}

func TestFunctionsFitTheirWall(t *testing.T) {
	for _, s := range allSources(t) {
		if s.generated {
			continue
		}
		for _, f := range s.functions() {
			lines := s.set.Position(f.End()).Line - s.line(f) + 1
			if lines > mostFunctionLines {
				t.Errorf("%s:%d: %s has %d lines; the wall is %d", s.path, s.line(f), f.Name.Name, lines, mostFunctionLines)
			}
		}
	}
}

// Nesting counts the blocks of if, for, switch and select that stand in one
// another. An else-if stands beside its if and not in it; the cases of a switch
// add nothing to the switch; a function literal is a function of its own and
// starts again at nothing.
func TestFunctionsDoNotNestDeeply(t *testing.T) {
	for _, s := range allSources(t) {
		for _, f := range s.functions() {
			if depth, at := deepest(f.Body, 0); depth > mostNesting {
				t.Errorf("%s:%d: %s nests %d deep; handle the odd case and return (the wall is %d)", s.path, s.line(at), f.Name.Name, depth, mostNesting)
			}
		}
	}
}

// deepest is the deepest nesting below the node, and where it is reached.
func deepest(n ast.Node, depth int) (most int, at ast.Node) {
	most, at = depth, n
	seen := map[ast.Node]bool{n: true}
	consider := func(inner ast.Node, d int) {
		seen[inner] = true
		if found, where := deepest(inner, d); found > most {
			most, at = found, where
		}
	}
	ast.Inspect(n, func(inner ast.Node) bool {
		if inner == n || inner == nil {
			return true
		}
		if seen[inner] {
			return false
		}
		if literal, ok := inner.(*ast.FuncLit); ok {
			consider(literal.Body, 0)
		}
		for _, block := range blocksOf(inner) {
			consider(block, depth+1)
		}
		return true
	})
	return most, at
}

// blocksOf are the blocks that the statement opens; an else-if opens its own.
func blocksOf(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.IfStmt:
		if other, ok := n.Else.(*ast.BlockStmt); ok {
			return []ast.Node{n.Body, other}
		}
		return []ast.Node{n.Body}
	case *ast.ForStmt:
		return []ast.Node{n.Body}
	case *ast.RangeStmt:
		return []ast.Node{n.Body}
	case *ast.SwitchStmt:
		return []ast.Node{n.Body}
	case *ast.TypeSwitchStmt:
		return []ast.Node{n.Body}
	case *ast.SelectStmt:
		return []ast.Node{n.Body}
	}
	return nil
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	said := map[string]bool{}
	for _, s := range product(t) {
		said[s.folder] = said[s.folder] || s.file.Doc != nil
		if s.file.Doc != nil {
			checkDoc(t, s)
		}
	}
	for folder, has := range said {
		if !has {
			t.Errorf("%s: no file has a package comment", folder)
		}
	}
}

func checkDoc(t *testing.T, s source) {
	t.Helper()
	subject := "Package " + s.file.Name.Name + " "
	if s.file.Name.Name == "main" {
		subject = "Command "
	}
	first, _, _ := strings.Cut(strings.ReplaceAll(s.file.Doc.Text(), "\n", " "), ". ")
	if !strings.HasPrefix(first, subject) || len(strings.Fields(first)) < 5 {
		t.Errorf("%s: the package comment's first sentence must begin with %q and say what it is for: %q", s.path, subject, first)
	}
}

func TestEveryFileSaysWhatItIsFor(t *testing.T) {
	for _, s := range allSources(t) {
		opening := s.file.Doc != nil
		for _, comment := range s.file.Comments {
			opening = opening || comment.End() < s.file.Package
		}
		if !opening && !s.generated {
			t.Errorf("%s: the file's first comment must say what it is for", s.path)
		}
	}
}

// nothings are names that say nothing about what is inside.
var nothings = []string{"pkg", "util", "utils", "common", "types", "models", "helpers", "misc", "shared", "lib", "base"}

func TestNoFolderIsNamedAfterNothing(t *testing.T) {
	for _, s := range allSources(t) {
		for _, element := range strings.Split(s.folder, "/") {
			if slices.Contains(nothings, element) {
				t.Errorf("%s: %q does not say what is inside", s.folder, element)
			}
		}
	}
}

func TestNothingNeedsC(t *testing.T) {
	for _, s := range allSources(t) {
		if _, c := s.imports["C"]; c {
			t.Errorf("%s imports C; the binary is built with CGO_ENABLED=0", s.path)
		}
	}
}
