package registry_test

import (
	"context"
	"testing"

	"namesake/internal/registry"
)

func TestBackground(t *testing.T) {
	ctx, cancel := context.WithCancel(registry.Background(t.Context()))
	defer cancel()
	if registry.InBackground(t.Context()) || !registry.InBackground(ctx) || !registry.InBackground(context.WithoutCancel(ctx)) {
		t.Error("background is not what was made one")
	}
}
