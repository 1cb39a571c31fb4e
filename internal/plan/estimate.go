package plan

import (
	"sort"
	"time"
)

// Forecast tells how long the limits of the API delay the last of so many background calls, if
// these are made as soon as allowed, and how long a call takes at present.
type Forecast func(calls int) (wait, each time.Duration)

// recordTime is how long Namesake itself takes for an operation, mostly to record it.
const recordTime = 50 * time.Millisecond

// calls returns how many calls of the API an operation takes: before an edit or a deletion,
// the entry is read.
func (k Kind) calls() int {
	if k == Create {
		return 1
	}
	return 2
}

// Estimate is how long the waiting operations of a plan take.
type Estimate struct {
	Time    time.Duration
	Limited bool // they have to wait for a limit of calls
}

// Estimate tells how long the waiting operations take from now on.
func (p Plan) Estimate(forecast Forecast) Estimate {
	operations, calls := p.Counts.Of(OpWaiting), 0
	for _, kind := range Kinds() {
		calls += kind.calls() * p.Counts[Cell{kind, OpWaiting}]
	}
	if forecast == nil || operations == 0 {
		return Estimate{}
	}
	wait, each := forecast(calls)
	work := func(part int) time.Duration { // of so many of the calls
		own := recordTime * time.Duration(operations) * time.Duration(part) / time.Duration(calls)
		return (time.Duration(part)*each + own) / workers
	}
	// All calls that have to wait for the same moment are made after it.
	before := sort.Search(calls-1, func(i int) bool {
		sooner, _ := forecast(i + 1)
		return sooner >= wait
	})
	unlimited := work(calls)
	e := Estimate{Time: max(unlimited, wait+work(calls-before))}
	e.Limited = e.Time > unlimited
	return e
}
