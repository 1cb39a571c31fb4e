package main

import (
	"os"
	"testing"
)

func TestSchemaIsThatOfTheMigrations(t *testing.T) {
	want, err := schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("schema.sql is not what the migrations make: run make generate")
	}
}
