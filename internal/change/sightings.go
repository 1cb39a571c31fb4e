package change

import (
	"slices"
	"sync"
	"time"

	"namesake/internal/audit"
)

// sightings store when this copy of the program first saw open intents. It measures the
// time since then by its own clock, independent of the clocks of other copies.
type sightings struct {
	mu    sync.Mutex
	bySeq map[int64]sighting
}

type sighting struct {
	at  time.Time
	own bool // this copy recorded the intent
}

// own stores an intent that this copy has just recorded.
func (i *sightings) own(seq int64, now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.note(seq, sighting{now, true})
}

// at returns when this copy first saw another copy's intent, which may be now, or zero for
// its own intents.
func (i *sightings) at(seq int64, now time.Time) time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	first := i.note(seq, sighting{at: now})
	if first.own {
		return time.Time{}
	}
	return first.at
}

// note returns the first sighting of an intent; without one, it stores s.
func (i *sightings) note(seq int64, s sighting) sighting {
	if first, ok := i.bySeq[seq]; ok {
		return first
	}
	if i.bySeq == nil {
		i.bySeq = make(map[int64]sighting)
	}
	i.bySeq[seq] = s
	return s
}

// keepOnly removes the intents that are not open any more. open may lack new ones.
func (i *sightings) keepOnly(open []audit.Record, now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for seq, s := range i.bySeq {
		if now.Sub(s.at).Abs() > SettleInterval && !slices.ContainsFunc(open, func(r audit.Record) bool { return r.Seq == seq }) {
			delete(i.bySeq, seq)
		}
	}
}
