package findings

import (
	"time"

	"namesake/internal/policy"
)

// Facts are what the rules need to know beside the entries. Zero values mean that it is
// unknown, and rules that need it find nothing.
type Facts struct {
	// Settings are the settings around the registry, nil if they were never read. They never
	// change: other settings are another pointer.
	Settings *policy.Settings
	Now      time.Time
	// Untouched is how long an entry may stay unchanged; 0 for ever.
	Untouched time.Duration
}

// Same reports whether no rule can tell f and other apart. Rules count in days.
func (f Facts) Same(other Facts) bool {
	return f.Settings == other.Settings && f.Untouched == other.Untouched && f.today().Equal(other.today())
}

// today is the beginning of the day.
func (f Facts) today() time.Time { return f.Now.UTC().Truncate(24 * time.Hour) }
