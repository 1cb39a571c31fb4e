package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport lists the packages of this module that each package may import; "" is main. Add
// a row for a new package.
//
// From the bottom up: registry (what an entry is), rbac, audit, then what people do (mirror,
// change, plan, signin), then the adapters (auth, cfapi, jobs, store, server). Of the
// adapters only server imports others. Only main imports config.
var mayImport = map[string][]string{
	"internal/ahead":                 {},
	"internal/cellguard":             {},
	"internal/lazyregexp":            {},
	"internal/input":                 {"internal/lazyregexp"},
	"internal/javaregex":             {},
	"internal/keylock":               {},
	"internal/netlimit":              {},
	"internal/quote":                 {},
	"internal/rbac":                  {},
	"internal/patterns":              {"internal/javaregex"},
	"internal/registry":              {"internal/input", "internal/javaregex", "internal/patterns"},
	"internal/registry/registrytest": {"internal/registry"},
	"internal/policy":                {"internal/input", "internal/javaregex", "internal/patterns", "internal/registry"},
	"internal/export":                {"internal/cellguard", "internal/quote", "internal/registry", "internal/terraform"},
	"internal/findings":              {"internal/input", "internal/javaregex", "internal/patterns", "internal/policy", "internal/registry"},
	"internal/check":                 {"internal/policy", "internal/registry"},
	"internal/audit":                 {"internal/rbac", "internal/registry"},
	"internal/signin":                {"internal/audit", "internal/netlimit", "internal/rbac", "internal/registry"},
	"internal/mirror":                {"internal/audit", "internal/patterns", "internal/policy", "internal/rbac", "internal/registry"},
	"internal/change":                {"internal/audit", "internal/input", "internal/keylock", "internal/mailtests", "internal/mirror", "internal/patterns", "internal/rbac", "internal/registry"},
	"internal/mailtests":             {"internal/audit", "internal/cellguard", "internal/check", "internal/input", "internal/javaregex", "internal/mirror", "internal/policy", "internal/rbac", "internal/registry"},
	"internal/dismissals":            {"internal/audit", "internal/findings", "internal/input", "internal/rbac", "internal/registry"},
	"internal/plan":                  {"internal/audit", "internal/change", "internal/findings", "internal/mailtests", "internal/mirror", "internal/patterns", "internal/policy", "internal/rbac", "internal/registry"},
	"internal/importer":              {"internal/cellguard", "internal/input", "internal/lazyregexp", "internal/registry"},
	"internal/config":                {"internal/registry"},
	"internal/chart":                 {},
	"internal/cfapi":                 {"internal/policy", "internal/quote", "internal/registry"},
	"internal/cfapi/sandbox":         {"internal/javaregex"},
	"internal/auth":                  {"internal/rbac", "internal/registry", "internal/signin"},
	"internal/auth/authtest":         {},
	"internal/store":                 {"internal/audit", "internal/change", "internal/dismissals", "internal/mailtests", "internal/mirror", "internal/plan", "internal/policy", "internal/rbac", "internal/registry", "internal/signin"},
	"internal/store/pgtest":          {},
	"internal/store/schema":          {"internal/jobs", "internal/store"},
	"internal/jobs":                  {},
	"internal/metrics":               {},
	"internal/terraform":             {"internal/quote", "internal/registry"},
	"web/static":                     {},
	"web/static/compress":            {"web/static"},
	"web/words":                      {"internal/audit", "internal/change", "internal/check", "internal/findings", "internal/importer", "internal/input", "internal/javaregex", "internal/mailtests", "internal/mirror", "internal/plan", "internal/policy", "internal/rbac", "internal/registry"},
	"web/templates":                  {"internal/audit", "internal/rbac", "internal/registry", "internal/signin", "web/static", "web/words"},
	"internal/server/web": {
		"internal/audit", "internal/auth", "internal/change", "internal/check", "internal/dismissals", "internal/export", "internal/findings", "internal/input", "internal/javaregex", "internal/mailtests", "internal/mirror", "internal/patterns",
		"internal/plan", "internal/quote", "internal/rbac", "internal/registry", "internal/signin", "web/static", "web/templates", "web/words",
	},
	"internal/server/auditlog": {"internal/audit", "internal/cellguard", "internal/rbac", "internal/registry", "internal/server/web", "web/templates", "web/words"},
	"internal/server/changes":  {"internal/mirror", "internal/plan", "internal/rbac", "internal/registry", "internal/server/web", "web/templates", "web/words"},
	"internal/server/entries": {
		"internal/auth", "internal/change", "internal/export", "internal/findings", "internal/mirror", "internal/patterns", "internal/plan", "internal/quote", "internal/rbac", "internal/registry",
		"internal/server/regex", "internal/server/web", "internal/terraform", "web/templates", "web/words",
	},
	"internal/server/findings": {
		"internal/dismissals", "internal/findings", "internal/mirror", "internal/plan", "internal/policy", "internal/rbac", "internal/registry", "internal/server/web", "web/templates", "web/words",
	},
	"internal/server/mailcheck": {"internal/check", "internal/input", "internal/mailtests", "internal/mirror", "internal/policy", "internal/quote", "internal/rbac", "internal/registry", "internal/server/web", "web/templates", "web/words"},
	"internal/server/login":     {"internal/audit", "internal/auth", "internal/netlimit", "internal/rbac", "internal/registry", "internal/server/web", "internal/signin", "web/templates", "web/words"},
	"internal/server/overview":  {"internal/chart", "internal/findings", "internal/mirror", "internal/plan", "internal/rbac", "internal/registry", "internal/server/web", "web/templates", "web/words"},
	"internal/server/imports":   {"internal/ahead", "internal/importer", "internal/plan", "internal/rbac", "internal/server/web", "web/templates", "web/words"},
	"internal/server/plans":     {"internal/cellguard", "internal/change", "internal/javaregex", "internal/mailtests", "internal/mirror", "internal/plan", "internal/rbac", "internal/registry", "internal/server/web", "web/templates", "web/words"},
	"internal/server/regex":     {"internal/javaregex", "internal/patterns", "internal/registry", "internal/server/web", "web/templates", "web/words"},
	"internal/server/tests":     {"internal/check", "internal/mailtests", "internal/mirror", "internal/policy", "internal/rbac", "internal/registry", "internal/server/web", "web/templates", "web/words"},
	"internal/server/sessions":  {"internal/auth", "internal/rbac", "internal/server/web", "internal/signin", "web/templates", "web/words"},
	"internal/server": {
		"internal/audit", "internal/auth", "internal/change", "internal/dismissals", "internal/export", "internal/mailtests", "internal/mirror", "internal/plan", "internal/rbac", "internal/registry",
		"internal/server/auditlog", "internal/server/changes", "internal/server/entries", "internal/server/findings", "internal/server/imports", "internal/server/login", "internal/server/mailcheck", "internal/server/overview", "internal/server/plans", "internal/server/regex",
		"internal/server/sessions", "internal/server/tests", "internal/server/web", "internal/signin", "web/static", "web/templates", "web/words",
	},
	"": {
		"internal/audit", "internal/auth", "internal/cfapi", "internal/cfapi/sandbox", "internal/change", "internal/config", "internal/dismissals", "internal/input", "internal/jobs",
		"internal/mailtests", "internal/metrics", "internal/mirror", "internal/patterns", "internal/plan", "internal/rbac", "internal/registry", "internal/server",
		"internal/server/plans", "internal/server/web", "internal/signin", "internal/store",
	},
}

// homeOf lists the packages of this module that may import an external one. "x/..." means
// all packages below x.
var homeOf = map[string][]string{
	"github.com/labstack/echo":            {"", "internal/server", "internal/server/..."},
	"github.com/a-h/templ":                {"internal/server/web", "web/templates"},
	"github.com/gorilla/sessions":         {"internal/auth"},
	"github.com/gorilla/securecookie":     {"internal/auth"},
	"github.com/coreos/go-oidc":           {"internal/auth"},
	"golang.org/x/oauth2":                 {"internal/auth"},
	"github.com/go-jose/go-jose":          {"internal/auth", "internal/auth/authtest"},
	"github.com/cloudflare/cloudflare-go": {"internal/cfapi"},
	"github.com/prometheus/client_golang": {"internal/metrics"},
	"github.com/go-analyze/charts":        {"internal/chart"},
	"github.com/riverqueue/river":         {"internal/jobs"},
	"github.com/gabriel-vasile/mimetype":  {"internal/importer"},
	"github.com/xuri/excelize":            {"internal/export", "internal/importer"},
	"database/sql":                        {"internal/store", "internal/store/schema", "internal/jobs"}, // jobs hands the store's pool to River
}

// pure packages don't import HTTP or HTML, not even the standard library's. input is not in
// the list only because it reads the character references of HTML that people paste.
var (
	pure    = []string{"internal/ahead", "internal/cellguard", "internal/check", "internal/export", "internal/findings", "internal/importer", "internal/javaregex", "internal/keylock", "internal/netlimit", "internal/patterns", "internal/plan", "internal/policy", "internal/quote", "internal/registry", "internal/terraform"}
	foreign = []string{"net/http", "html", "html/template"}
)

// TestArchitecture checks the packages, without their tests, against the tables above.
func TestArchitecture(t *testing.T) {
	packages := ourPackages(t)
	if len(packages) < 5 {
		t.Fatalf("found only %d packages: %v", len(packages), packages)
	}
	for name, imports := range packages {
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("%s is missing in the table of imports", name)
			continue
		}
		for _, path := range imports {
			if ours, ok := strings.CutPrefix(path, "namesake/"); ok {
				if !slices.Contains(allowed, ours) {
					t.Errorf("%s must not import %s", name, ours)
				}
				continue
			}
			for library, homes := range homeOf {
				if (path == library || strings.HasPrefix(path, library+"/")) && !isIn(name, homes) {
					t.Errorf("%s imports %s, which belongs to %q only", name, path, homes)
				}
			}
			if slices.Contains(pure, name) && slices.Contains(foreign, path) {
				t.Errorf("%s must not import %s: it is pure", name, path)
			}
		}
	}
}

// isIn reports whether homes has the package name.
func isIn(name string, homes []string) bool {
	return slices.ContainsFunc(homes, func(home string) bool {
		parent, all := strings.CutSuffix(home, "...")
		return home == name || all && strings.HasPrefix(name, parent)
	})
}

// TestPatternsAreCompiledInOnePlace checks that all pattern work is limited: only
// internal/patterns compiles patterns, and the sandbox, which replaces Cloudflare.
func TestPatternsAreCompiledInOnePlace(t *testing.T) {
	found := 0
	walkSources(t, parser.SkipObjectResolution, func(path, name string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok || call.Sel.Name != "Compile" {
				return true
			}
			if of, ok := call.X.(*ast.Ident); ok && of.Name == "javaregex" {
				found++
				if name != "internal/patterns" && name != "internal/cfapi/sandbox" {
					t.Errorf("%s compiles a pattern past internal/patterns", path)
				}
			}
			return true
		})
	})
	if found == 0 {
		t.Error("nothing compiles patterns: the test looks for the wrong thing")
	}
}

// ourPackages returns the imports of each package of the module, by its folder. It reads
// the sources itself instead of calling `go list`, so that the test cache knows the files.
func ourPackages(t *testing.T) map[string][]string {
	t.Helper()
	packages := map[string][]string{}
	walkSources(t, parser.ImportsOnly, func(_, name string, file *ast.File) {
		packages[name] = append(packages[name], "") // a package without imports is one too
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			packages[name] = append(packages[name], imported)
		}
	})
	return packages
}

// walkSources calls visit for each source file of the module without the tests, with its
// package's folder.
func walkSources(t *testing.T, mode parser.Mode, visit func(path, name string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			ownModule := path != "." && err == nil
			if ownModule || d.Name() == "node_modules" || d.Name() == "testdata" || len(d.Name()) > 1 && d.Name()[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, mode)
		if err != nil {
			return err
		}
		visit(path, strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "."), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
