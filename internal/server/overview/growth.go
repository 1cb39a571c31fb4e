package overview

import (
	"time"

	"namesake/internal/mirror"
)

// maxSteps is how many steps of time a chart has at most.
const maxSteps = 24

// growthPoint is how many of today's entries were created before a day.
type growthPoint struct {
	until   time.Time
	entries int
}

// steps are the units of time of a chart, the shortest first.
var steps = []struct{ years, months, days int }{{days: 1}, {days: 7}, {months: 1}, {months: 3}, {years: 1}, {years: 5}}

// growth returns how the entries of a view came about, from the first one until now, nil if
// that is not known.
func growth(view *mirror.View, now time.Time) []growthPoint {
	first := view.FirstCreated().UTC().Truncate(24 * time.Hour)
	now = now.UTC()
	if view.FirstCreated().IsZero() || !first.Before(now) {
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
		points[len(times)-1-i] = growthPoint{times[i], n}
	}
	return points
}
