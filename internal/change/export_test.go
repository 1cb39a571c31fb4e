package change

import (
	"context"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Create is CreateNew without its check, for tests of what follows.
func (s *Service) Create(ctx context.Context, who rbac.Caller, key string, d registry.Draft) (Created, error) {
	return s.createChecked(ctx, who, key, d, nil, preCheck{})
}
