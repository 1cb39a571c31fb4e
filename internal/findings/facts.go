package findings

import (
	"time"

	"namesake/internal/policy"
)

// Facts are what the rules need to know beside the entries. Zero values mean that it is
// unknown, and rules that need it find nothing.
type Facts struct {
	// Settings are the settings around the registry, nil if they were never read.
	Settings *policy.Settings
	Now      time.Time
	// Untouched is how long an entry may stay unchanged; 0 for ever.
	Untouched time.Duration
}

// Same reports whether no rule can tell f and other apart. Rules count in days.
func (f Facts) Same(other Facts) bool {
	return sameLists(f.Settings, other.Settings) && f.Untouched == other.Untouched && f.today().Equal(other.today())
}

// sameLists reports whether settings have the same lists, whenever these were read.
func sameLists(a, b *policy.Settings) bool {
	return a == b || a != nil && b != nil && a.Version > 0 && a.Version == b.Version
}

// today is the beginning of the day.
func (f Facts) today() time.Time { return f.Now.UTC().Truncate(24 * time.Hour) }
