package store

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// keptBy returns the texts of the statements that the only connection of a pool keeps.
func keptBy(t *testing.T, db *sql.DB) (texts []string) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.Raw(func(driver any) error {
		for text := range driver.(*keepingConn).kept {
			texts = append(texts, text)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestKeptStatements runs statements of each kind, and checks what their connection keeps.
func TestKeptStatements(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Engine: SQLite})
	number := func(db queryer, text string, args ...any) (n int) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), text, args...)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		if !rows.Next() {
			t.Fatal(text, rows.Err())
		}
		if err := rows.Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	check := func(name string, kept bool, text string) {
		t.Helper()
		if got := strings.Contains(strings.Join(keptBy(t, s.write), "\n")+"\n", text+"\n"); got != kept {
			t.Errorf("%s: kept is %t, want %t", name, got, kept)
		}
	}
	exec(t, s, "CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
	check("a table's definition", false, "CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
	const insert, read = "INSERT INTO numbers (n) VALUES ($1)", "SELECT n FROM numbers WHERE n >= $1 ORDER BY n"
	for n := range 3 {
		exec(t, s, insert, n)
	}
	check("a statement without rows", true, insert)
	if n := number(s.write, read, 1); n != 1 {
		t.Errorf("read %d, want 1", n)
	}
	check("a query", true, read)

	// Within the rows of a query, the same query has rows of its own.
	tx, err := s.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var seen []int
	if err := query(t.Context(), tx, read, []any{0}, func(rows *sql.Rows) error {
		var n int
		err := rows.Scan(&n)
		seen = append(seen, n, number(tx, read, 2-n))
		return err
	}); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(seen); got != "[0 2 1 1 2 0]" {
		t.Errorf("a query within its own rows read %s", got)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}

	if _, err := s.write.ExecContext(t.Context(), insert, 1); err == nil {
		t.Error("a number was inserted twice")
	}
	check("a statement that failed", false, insert)
	exec(t, s, insert, 3)
	check("the same statement again", true, insert)

	exec(t, s, "ALTER TABLE numbers ADD COLUMN word TEXT NOT NULL DEFAULT ''")
	if n := number(s.write, read, 3); n != 3 {
		t.Errorf("read %d from the changed table, want 3", n)
	}
	for n := range 2 * maxKeptStatements {
		number(s.write, fmt.Sprintf("SELECT %d", n))
	}
	if n := len(keptBy(t, s.write)); n != maxKeptStatements {
		t.Errorf("%d statements are kept, want %d", n, maxKeptStatements)
	}
	check("a statement that was not used for long", false, insert)
	check("the newest statement", true, fmt.Sprint("SELECT ", 2*maxKeptStatements-1))
}
