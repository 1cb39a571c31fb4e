package mirror

import (
	"time"

	"namesake/internal/registry"
)

// Row is one entry of the mirror.
type Row struct {
	Entry   registry.Entry
	Version int64 // the mirror's version at which the row last changed
	Gone    bool  // a tombstone: the entry was deleted, and Entry is its last known state
	// ChangedAt is when Namesake learned of the row's latest change, by the database's clock.
	ChangedAt time.Time
}
