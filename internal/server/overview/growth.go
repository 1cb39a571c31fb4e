package overview

import (
	"time"

	"namesake/internal/mirror"
)

// maxSteps is how many steps of time a chart has at most.
const maxSteps = 24

// growthPoint is how many entries there were at the end of a day.
type growthPoint struct {
	until   time.Time
	entries int
}

// steps are the units of time of a chart, the shortest first.
var steps = []struct{ years, months, days int }{{days: 1}, {days: 7}, {months: 1}, {months: 3}, {years: 1}, {years: 5}}

// growth returns how many entries there were, from the first one until now: those of a view, and
// the deleted ones until their deletion. It is nil if that is not known.
func growth(view *mirror.View, deleted []mirror.Life, now time.Time) []growthPoint {
	oldest := view.FirstCreated()
	for _, l := range deleted {
		if !l.Created.IsZero() && (oldest.IsZero() || l.Created.Before(oldest)) {
			oldest = l.Created
		}
	}
	first := oldest.UTC().Truncate(24 * time.Hour)
	now = now.UTC()
	if oldest.IsZero() || !first.Before(now) {
		return nil
	}
	var times []time.Time
	for _, step := range steps {
		times = nil
		for at := now; at.After(first) && len(times) <= maxSteps; at = at.AddDate(-step.years, -step.months, -step.days) {
			times = append(times, at)
		}
		if len(times) <= maxSteps {
			break
		}
	}
	times = append(times, first)
	points := make([]growthPoint, len(times))
	for i, n := range view.CreatedBefore(times) {
		for _, l := range deleted {
			if l.Created.Before(times[i]) && !l.Deleted.Before(times[i]) {
				n++
			}
		}
		points[len(times)-1-i] = growthPoint{times[i], n}
	}
	return points
}
