package cfapi

import "time"

// usualCall is how long a call takes before one was measured.
const usualCall = 300 * time.Millisecond

// Forecast returns how long the limits delay the last of so many calls of background work, if
// these are made as soon as allowed and all others wait; and how long a call takes at present.
func (c *Client) Forecast(calls int) (wait, each time.Duration) { return c.pace.forecast(calls) }

func (p *pacer) forecast(calls int) (wait, each time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if each = p.took; each == 0 {
		each = usualCall
	}
	if calls <= 0 {
		return 0, each
	}
	t := p.now()
	wait = max(0, p.closed.Sub(t), p.scarce.Sub(t))
	for _, limit := range p.limits {
		wait = max(wait, limit.delayOf(calls, t))
	}
	if p.budget >= 0 {
		p.forget(t)
		wait = max(wait, p.budgetDelay(calls, p.budget-p.budget/peopleShare, t))
	}
	return wait, each
}

// delayOf returns how long one of the API's limits delays the last of so many background
// calls. After its reset, it allows the whole quota again.
func (l *limitState) delayOf(calls int, t time.Time) time.Duration {
	left, reset := max(l.left-l.reserved, 0), l.until.Sub(t)
	inWindow := max(l.quota-l.reserved, 1)
	if reset <= 0 {
		left, reset = inWindow, l.window
	}
	over := int64(calls) - left
	if over <= 0 {
		return 0
	}
	return reset + time.Duration((over-1)/inWindow)*l.window
}

// budgetDelay is delayOf for Namesake's own budget: a call may start when the one before it
// by budget leaves the window.
func (p *pacer) budgetDelay(calls, budget int, t time.Time) time.Duration {
	last := len(p.starts) + calls - 1
	windows := 0
	for last >= len(p.starts) && last >= max(budget, 1) {
		last -= max(budget, 1)
		windows++
	}
	wait := time.Duration(windows) * budgetWindow
	if last < len(p.starts) { // that one was made in the past
		wait -= t.Sub(p.starts[last].at)
	}
	return max(wait, 0)
}

// measure takes the time of a call into the mean of the last ones. Lists take longer than the
// calls of a plan, so they count only until there is another.
func (p *pacer) measure(op operation, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case op.list && p.single:
	case op.list || !p.single:
		p.took, p.single = took, !op.list
	default:
		p.took += (took - p.took) / 8
	}
}
