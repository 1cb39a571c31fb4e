// Package pgtest gives tests PostgreSQL databases on their own server, which ends with the
// test process. It needs PostgreSQL's programs only.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// missing says what to do without PostgreSQL. Tests fail without it, because a skipped test
// proves nothing.
const missing = "PostgreSQL is missing: install it (on Debian: apt-get install postgresql), with initdb in /usr/lib/postgresql/*/bin or on the PATH"

// NewDatabase returns the URL of a new, empty database, which is deleted after the
// test. The first call in a process starts the server.
func NewDatabase(t testing.TB) string {
	t.Helper()
	return newDatabase(t, "template1")
}

// Template returns what makes copies of one database, which fill fills when the first copy is
// made. fill gets its URL, and must close its connections. Each copy is deleted after its test.
func Template(fill func(url string) error) (newCopy func(t testing.TB) string) {
	filled := sync.OnceValues(func() (name string, err error) {
		socket, name, err := create("template1")
		if err != nil {
			return "", err
		}
		return name, fill(address(socket, name))
	})
	return func(t testing.TB) string {
		t.Helper()
		name, err := filled()
		if err != nil {
			t.Fatal(err)
		}
		return newDatabase(t, name)
	}
}

func newDatabase(t testing.TB, template string) (url string) {
	t.Helper()
	socket, name, err := create(template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := do(socket, "postgres", "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return address(socket, name)
}

// Kill ends all connections to the database that url names, as a stopping server does.
func Kill(t testing.TB, url string) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	err = do(config.Host, "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+config.Database+"'")
	if err != nil {
		t.Fatal(err)
	}
}

// databases counts the databases, to number them.
var databases atomic.Int64

// create makes a copy of the database template.
func create(template string) (socket, name string, err error) {
	if socket, err = server(); err != nil {
		return "", "", err
	}
	name = fmt.Sprintf("test_%d", databases.Add(1))
	return socket, name, do(socket, "postgres", "CREATE DATABASE "+name+" TEMPLATE "+template)
}

// server starts the server, once in a process, and returns the folder of its socket.
var server = sync.OnceValues(start)

// kept holds the standard input of serve, which the garbage collector would close.
var kept []io.Closer

const superuser = "namesake"

func address(socket, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Host: "localhost", Path: database}
	u.RawQuery = url.Values{"host": {socket}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

func do(socket, database, query string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second) // also after a test has ended
	defer cancel()
	conn, err := pgx.Connect(ctx, address(socket, database))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, query)
	return errors.Join(err, conn.Close(ctx))
}

// serve runs the server until its standard input ends, which happens in every way that the
// test process can end, and then removes the files.
const serve = `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
	-c full_page_writes=off -c max_connections=200 >"$2/log" 2>&1 &
cat >/dev/null
while kill -INT $! 2>/dev/null; do sleep 0.1; done # the first may come too early
rm -rf "$2"`

func start() (socket string, err error) {
	programs, err := find()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "namesake-pg-")
	if err != nil {
		return "", err
	}
	running := false
	defer func() {
		if !running {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	attr, err := ordinaryUser(dir)
	if err != nil {
		return "", err
	}
	initdb := exec.CommandContext(context.Background(), filepath.Join(programs, "initdb"), "-D", filepath.Join(dir, "data"), "-U", superuser,
		"-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	shell := exec.CommandContext(context.Background(), "/bin/sh", "-c", serve, "sh", programs, dir)
	shell.Dir, shell.SysProcAttr = dir, attr
	lifeline, err := shell.StdinPipe()
	if err != nil {
		return "", err
	}
	kept = append(kept, lifeline)
	if err := shell.Start(); err != nil {
		return "", err
	}
	running = true
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := do(dir, "postgres", "SELECT 1")
		if err == nil {
			return dir, nil
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return "", fmt.Errorf("PostgreSQL does not start: %w: %s", err, bytes.TrimSpace(log))
		}
	}
}

// find returns the folder of PostgreSQL's programs, of the newest version.
func find() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		version := func(path string) int {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
			return n
		}
		newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(newest), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New(missing)
	}
	return filepath.Dir(path), nil
}

// ordinaryUser returns the user to run as, and makes it the owner of dir: PostgreSQL refuses
// to run as root.
func ordinaryUser(dir string) (*syscall.SysProcAttr, error) {
	// The server must not get signals to the tests' process group: see serve.
	attr := &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user to run it as: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, int(uid), int(gid))
}
