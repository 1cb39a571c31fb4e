package config

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Fault is one thing wrong with the environment: a variable's name, and a phrase
// that says what is wrong with it and how to fix it.
type Fault struct{ Name, Problem string }

// Faults is the error of Load: all faults, one per line. It never holds the value of a
// secret.
type Faults []Fault

// Error returns one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Name + ": " + fault.Problem
	}
	return strings.Join(lines, "\n")
}

// Load checks an environment, as os.Environ returns it, and reads the files that
// its secrets and lists name with readFile, such as os.ReadFile. A variable that is empty
// or only white space counts as not set. The error is a Faults.
func Load(environ []string, readFile func(path string) ([]byte, error)) (Config, error) {
	l := loader{env: map[string]string{}, given: map[string]string{}, readFile: readFile}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if _, twice := l.env[name]; !twice { // as os.Getenv has it: the first one counts
			l.env[name] = strings.TrimSpace(value)
		}
	}
	variables := Variables()
	for _, v := range variables {
		l.load(v)
	}
	l.checkCredentials()
	l.checkSignIn()
	l.checkLimits()
	l.checkListeners()
	l.refuseUnknown(variables)
	if len(l.faults) > 0 {
		return Config{}, l.sorted(variables)
	}
	if _, given := l.given["NAMESAKE_DATABASE_URL"]; !given && l.config.Sandbox() && l.config.Demo() {
		l.config.Database = Database{Engine: SQLite}
	}
	return l.config, nil
}

type loader struct {
	env      map[string]string
	readFile func(string) ([]byte, error)

	config Config
	given  map[string]string // the values set, directly or as a file; "" where the file was unusable
	faults Faults
}

func (l *loader) fault(name, format string, args ...any) {
	l.faults = append(l.faults, Fault{name, fmt.Sprintf(format, args...)})
}

func (l *loader) faulty(name string) bool {
	return slices.ContainsFunc(l.faults, func(f Fault) bool { return f.Name == name })
}

// has reports whether any of the variables was set, with a valid value or not.
func (l *loader) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, given := l.given[name]; return given })
}

// load finds the value of one variable and puts it into the Config.
func (l *loader) load(v Variable) {
	value := l.env[v.Name]
	if path := l.env[v.Name+fileSuffix]; v.inFile() && path != "" {
		l.given[v.Name] = ""
		if value != "" {
			l.fault(v.Name, "is set, and so is %s%s; keep one of the two", v.Name, fileSuffix)
			return
		}
		if value = l.file(v, path); value == "" {
			return
		}
	}
	if value != "" {
		l.given[v.Name] = value
	} else {
		value = v.Default
	}
	if value == "" {
		return
	}
	if err := v.set(&l.config, value); err != nil {
		l.fault(v.Name, "%v", err)
	}
}

// file returns the content of a variable's file: a secret, without one line break at its
// end, or the lines of a list.
func (l *loader) file(v Variable, path string) string {
	name, shown := v.Name+fileSuffix, strconv.Quote(path)
	if !strings.ContainsAny(path, `/\`) || strings.Contains(path, "://") {
		// The variable may hold the secret itself instead of the path.
		shown = "its file (whose name is not shown, as it may be the secret itself)"
	}
	content, err := l.readFile(path)
	if err != nil {
		reason := "it cannot be read"
		if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
			reason = pathErr.Err.Error()
		}
		l.fault(name, "cannot read %s: %s; fix the path or the file's permissions", shown, reason)
		return ""
	}
	if v.List {
		list, err := listOfLines(string(content))
		if err != nil {
			l.fault(name, "%s %v", shown, err)
		}
		return list
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if strings.TrimSpace(text) == "" {
		l.fault(name, "%s is empty; put the secret into it", shown)
		return ""
	}
	return text
}

// refuseUnknown reports each unknown name with Namesake's prefix, because a misspelt
// setting must be noticed.
func (l *loader) refuseUnknown(variables []Variable) {
	known := map[string]bool{}
	for _, v := range variables {
		known[v.Name] = true
		known[v.Name+fileSuffix] = v.inFile()
	}
	for name := range l.env {
		if !strings.HasPrefix(name, prefix) || known[name] {
			continue
		}
		shown := name
		if quoted := strconv.Quote(name); quoted != `"`+name+`"` {
			shown = quoted
		}
		suggestion := closest(name)
		plain, isFile := strings.CutSuffix(name, fileSuffix)
		switch {
		case isFile && known[plain]:
			l.fault(shown, "is not a setting, as only a secret or a list can stand in a file; use %s", plain)
		case strings.HasPrefix(name, "NAMESAKE_PORT") || strings.HasPrefix(name, "NAMESAKE_SERVICE_"):
			l.fault(shown, "is not a setting; Kubernetes sets it for a service called namesake: put enableServiceLinks: false into the pod's spec")
		case suggestion != "":
			l.fault(shown, "is not a setting; did you mean %s?", suggestion)
		default:
			l.fault(shown, "is not a setting; the README lists all settings")
		}
	}
}

// sorted returns the faults in the order of the table, unknown names last.
func (l *loader) sorted(variables []Variable) Faults {
	rank := map[string]int{}
	for i, v := range variables {
		rank[v.Name] = i - len(variables)
		if v.inFile() {
			rank[v.Name+fileSuffix] = rank[v.Name]
		}
	}
	slices.SortStableFunc(l.faults, func(a, b Fault) int {
		if d := rank[a.Name] - rank[b.Name]; d != 0 || rank[a.Name] != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return l.faults
}
