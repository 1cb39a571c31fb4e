package importer_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"namesake/internal/importer"
)

// FuzzOpen reads anything: there is no panic, every error is a FileError, and positions are
// inside the file.
func FuzzOpen(f *testing.F) {
	samples, err := filepath.Glob("testdata/*.*")
	if err != nil || len(samples) == 0 {
		f.Fatal(samples, err)
	}
	for _, name := range samples {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(importer.Template())
	f.Add([]byte(`{"result": [{"name": "A", "email": "a@x.example", "is_email_regex": false}]}`))
	f.Add([]byte("sep=;\n#TYPE x\nname;proxyAddresses\nA;SMTP:a@x.example+smtp:b@x.example;X400:C=US;A=\n"))
	f.Add(workbook(f, map[string][][]any{"Sheet1": {{"name", "email"}, {"A", "a@x.example"}}}, ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := importer.Open(data, "", importer.Options{})
		var failed *importer.FileError
		if err != nil {
			if !errors.As(err, &failed) {
				t.Errorf("got %T", err)
			}
			return
		}
		file.Preview(3)
		for c, err := range file.Candidates() {
			if err != nil && !errors.As(err, &failed) {
				t.Errorf("got %T", err)
			}
			if c.Byte > int64(len(data)) || c.Problem != nil && c.Problem.Byte > int64(len(data)) || err == nil && (c.Line < 1 || c.Column < 1) {
				t.Errorf("at %v, problem %v, of %d bytes", c.Position, c.Problem, len(data))
			}
		}
	})
}
