// Command compress writes web/static/br: every asset, compressed by brotli, which makes texts a
// fifth smaller than gzip does, and takes half a second for the style sheet. make generate runs it
// in web/static.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"

	"namesake/web/static"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	current := map[string]bool{}
	for name, content := range static.All() {
		var short bytes.Buffer
		w := brotli.NewWriterLevel(&short, brotli.BestCompression)
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		file := static.Compressed(name)
		current[file] = true
		if err := os.WriteFile(file, short.Bytes(), 0o644); err != nil {
			return err
		}
	}
	files, err := filepath.Glob(static.Compressed("*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if !current[file] {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}
