package words

import (
	"time"

	"namesake/internal/mirror"
)

// changeKinds name what happened to an entry, and how a plan puts it back.
var changeKinds = map[mirror.ChangeKind]string{
	mirror.Created: "Created", mirror.Edited: "Edited", mirror.Deleted: "Deleted",
}

// ChangeKind names what happened to an entry.
func ChangeKind(k mirror.ChangeKind) string { return changeKinds[k] }

// Outside names the place of changes that were not made with Namesake.
const Outside = "Outside Namesake"

// ChangePlace names where a change was made.
func ChangePlace(by mirror.ChangedBy) string {
	if by == mirror.Here {
		return "With Namesake"
	}
	return Outside
}

const (
	day    = "2 Jan 2006"
	minute = "15:04"
)

// Moment writes a time in UTC.
func Moment(t time.Time) string { return t.UTC().Format(day + ", " + minute + " UTC") }

// Second writes a time in UTC, with its second unless that is 0.
func Second(t time.Time) string {
	if t.Second() == 0 {
		return Moment(t)
	}
	return t.UTC().Format(day + ", 15:04:05 UTC")
}

// Between says when something happened of which only two limits are known. The first may be
// zero.
func Between(after, before time.Time) string {
	a, b := after.UTC(), before.UTC()
	switch {
	case after.IsZero():
		return "before " + Moment(before)
	case a.Format(day+minute) == b.Format(day+minute):
		return Moment(before)
	case a.Format(day) == b.Format(day):
		return b.Format(day) + ", between " + a.Format(minute) + " and " + b.Format(minute) + " UTC"
	}
	return "between " + a.Format(day+", "+minute) + " and " + Moment(before)
}
