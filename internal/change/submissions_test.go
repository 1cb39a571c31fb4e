package change

import (
	"testing"

	"namesake/internal/registry"
)

// TestDigest holds the digests of drafts to what earlier versions have stored: one that
// changes lets a form that was sent before an update count as another one.
func TestDigest(t *testing.T) {
	for _, tt := range []struct {
		name  string
		draft registry.Draft
		want  string
	}{
		{"few fields", registry.Draft{Name: "Jane Smith", Email: "jane@example.com"}, "1f575539550b23146e0afde2a7462c8c6aafbba75de8dca3f1638fd390e64603"},
		{"all fields", registry.Draft{
			Name: "Jane Smith", Email: `^jane@example\.com$`, IsEmailRegex: true, Comments: "why", DirectoryID: new(int64(7)), DirectoryNodeID: new(int64(8)),
			ExternalDirectoryNodeID: "x", Provenance: registry.Manual,
		}, "9e3f1ec8a3a5e8db0db0cbc5f1c91ef809bbc4818b4964546d973f0a1069c7fe"},
	} {
		if got := submissionOf(tt.draft).Digest; got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
