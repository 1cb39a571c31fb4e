package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stepping builds the program with a time.Now that is ahead of the machine's by as many
// seconds as the file that MACHINE_CLOCK names says. Elapsed time goes on as it does, as
// when somebody sets a machine's clock. The program's own code is the same.
func stepping(t *testing.T) (path string) {
	t.Helper()
	const (
		now   = "sec, nsec, mono := runtimeNow()\n"
		ahead = `package time

import (
	"sync/atomic"
	"syscall"
)

var ahead atomic.Int64 // in seconds; the runtime calls Now where it can't read a file

func init() {
	path, ok := syscall.Getenv("MACHINE_CLOCK")
	if !ok {
		return
	}
	readAhead(path)
	go func() {
		for {
			Sleep(2 * Millisecond)
			readAhead(path)
		}
	}()
}

func readAhead(path string) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer syscall.Close(fd)
	text := make([]byte, 20)
	n, _ := syscall.Read(fd, text)
	if n <= 0 {
		return
	}
	var seconds int64
	for _, c := range text[:n] {
		if '0' <= c && c <= '9' {
			seconds = 10*seconds + int64(c-'0')
		}
	}
	if text[0] == '-' {
		seconds = -seconds
	}
	ahead.Store(seconds)
}
`
	)
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	library := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(library, "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	head, tail, ok := strings.Cut(string(source), "func Now() Time {\n\t"+now)
	if !ok {
		t.Fatal("time.Now of this version of Go is not as expected")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(library, "time.go"):  write("time.go", head+"func Now() Time {\n\t"+now+"\tsec += ahead.Load()\n"+tail),
		filepath.Join(library, "ahead.go"): write("ahead.go", ahead),
	}})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "namesake")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-overlay", write("overlay.json", string(overlay)), "-o", path, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// stepClock sets the clock of the machine that v runs on up to five minutes ahead or back.
func (v *victim) stepClock() {
	v.t.Helper()
	ahead := rand.IntN(601) - 300 //nolint:gosec // when and how far is to vary
	next := v.clock + ".next"
	if err := os.WriteFile(next, fmt.Append(nil, ahead), 0o600); err != nil {
		v.t.Fatal(err)
	}
	if err := os.Rename(next, v.clock); err != nil { // it is never seen empty
		v.t.Fatal(err)
	}
}
