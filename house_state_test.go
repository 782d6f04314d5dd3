// No hidden state: no init, and no package variable that is written after the
// program's start.

package middlebrick_test

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"testing"
)

func TestNoPackageHasAnInit(t *testing.T) {
	for _, s := range allSources(t) {
		for _, f := range s.functions() {
			if f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s:%d: init; make it a function that somebody calls", s.path, s.line(f))
			}
		}
	}
}

// stateful are the types whose values exist to be changed; sync.OnceValue and
// its kin are functions, which compute a constant late, and are let be.
var stateful = map[string]bool{
	"sync.Mutex": true, "sync.RWMutex": true, "sync.Once": true, "sync.Map": true, "sync.Pool": true, "sync.WaitGroup": true,
	"atomic.Bool": true, "atomic.Int32": true, "atomic.Int64": true, "atomic.Uint32": true, "atomic.Uint64": true,
	"atomic.Value": true, "atomic.Pointer": true, "bytes.Buffer": true, "strings.Builder": true,
}

func TestNoPackageVariableExistsToBeChanged(t *testing.T) {
	for _, s := range allSources(t) {
		for name, spec := range packageVariables(s.file) {
			if kind := typeName(spec); stateful[kind] {
				t.Errorf("%s:%d: %s is a %s; put it into a value that callers hold", s.path, s.line(spec), name, kind)
			}
		}
	}
}

func TestNoPackageVariableIsWrittenAfterStart(t *testing.T) {
	variables := map[string]map[string]*ast.ValueSpec{} // package → name → where
	for _, s := range allSources(t) {
		if variables[s.pkg()] == nil {
			variables[s.pkg()] = map[string]*ast.ValueSpec{}
		}
		maps.Copy(variables[s.pkg()], packageVariables(s.file))
	}
	for _, s := range allSources(t) {
		for _, f := range s.functions() {
			writes := slices.DeleteFunc(written(f), func(i *ast.Ident) bool { return !refersTo(i, variables[s.pkg()]) })
			for _, ident := range writes {
				t.Errorf("%s:%d: %s writes the package variable %s", s.path, s.line(ident), f.Name.Name, ident.Name)
			}
		}
	}
}

func packageVariables(file *ast.File) map[string]*ast.ValueSpec {
	found := map[string]*ast.ValueSpec{}
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.VAR {
			continue
		}
		for _, spec := range general.Specs {
			values := spec.(*ast.ValueSpec)
			for _, name := range values.Names {
				found[name.Name] = values
			}
		}
	}
	delete(found, "_")
	return found
}

// typeName is "sync.Mutex" for a variable declared as one, or as a literal of
// one.
func typeName(spec *ast.ValueSpec) string {
	kind := spec.Type
	if kind == nil && len(spec.Values) == 1 {
		if literal, ok := spec.Values[0].(*ast.CompositeLit); ok {
			kind = literal.Type
		}
	}
	if generic, ok := kind.(*ast.IndexExpr); ok {
		kind = generic.X
	}
	selector, ok := kind.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if from, ok := selector.X.(*ast.Ident); ok {
		return from.Name + "." + selector.Sel.Name
	}
	return ""
}

// written lists the variables at the root of all that the function assigns to,
// counts up or down, deletes from, clears or copies into: x = 1, x.f = 1, x[i]++,
// delete(x, k), copy(x, y). Writing through a pointer is not seen.
func written(f *ast.FuncDecl) []*ast.Ident {
	var roots []*ast.Ident
	add := func(e ast.Expr) {
		if root := rootOf(e); root != nil {
			roots = append(roots, root)
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if n.Tok != token.DEFINE {
					add(left)
				}
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.CallExpr:
			builtin, ok := n.Fun.(*ast.Ident)
			if ok && (builtin.Name == "delete" || builtin.Name == "clear" || builtin.Name == "copy") && len(n.Args) > 0 {
				add(n.Args[0])
			}
		}
		return true
	})
	return roots
}

func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// refersTo is true when the name means the package's variable: it is resolved
// to that declaration in its own file, or to nothing, which leaves another file
// of the package.
func refersTo(ident *ast.Ident, own map[string]*ast.ValueSpec) bool {
	spec, ok := own[ident.Name]
	if !ok {
		return false
	}
	return ident.Obj == nil || ident.Obj.Decl == spec
}
