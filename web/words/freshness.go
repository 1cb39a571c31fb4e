package words

import (
	"strconv"
	"time"

	"namesake/internal/mirror"
	"namesake/internal/registry"
)

// ReadAt says when the registry was last read.
func ReadAt(f mirror.Freshness) string {
	if f.ReadAt.IsZero() {
		return "The registry has not been read completely yet."
	}
	return "Read from Cloudflare at " + clockTime(f.ReadAt, f.Age) + "."
}

// clockTime is a time of day, with the date if it is not recent.
func clockTime(t time.Time, age time.Duration) string {
	if age > 12*time.Hour {
		return t.UTC().Format("15:04 UTC on 2 January 2006")
	}
	return t.UTC().Format("15:04:05 UTC")
}

// Overdue is the title of the warning that the registry should have been read by now.
func Overdue(f mirror.Freshness) string {
	if f.ReadAt.IsZero() {
		return "This list may be incomplete"
	}
	return "This is the registry as it was " + Ago(f.Age)
}

// OverdueText says why the registry was not read, and what that means.
func OverdueText(f mirror.Freshness) []string {
	why := "It has not been read since then."
	if f.Failure != nil {
		why = failureText(*f.Failure)
	}
	return []string{why, "Changes made elsewhere since then are missing here. Search and filters work; to change an entry, Cloudflare has to answer."}
}

// RefreshFailed says why the registry could not be read when a person asked for that.
func RefreshFailed(f mirror.Freshness) string {
	why := "Try again in a moment."
	if f.Failure != nil {
		why = failureText(*f.Failure)
	}
	if f.ReadAt.IsZero() {
		return why
	}
	return why + " The list stays as it was at " + clockTime(f.ReadAt, f.Age) + "."
}

// failureText says why the registry could not be read.
func failureText(f mirror.Failure) string {
	switch f.Kind {
	case mirror.Unsteady:
		return "Cloudflare's pages of the list contradict each other, so entries may be missing."
	case mirror.Internal:
		return "Namesake made a mistake while reading it. The log has the reason."
	case registry.RateLimited.String():
		return "Cloudflare accepts a limited number of calls in five minutes, and the calls left are reserved for changes."
	case registry.Denied.String():
		return "Cloudflare refuses Namesake's credentials."
	case registry.NotSubscribed.String():
		return "The account has no Email Security."
	case registry.TimedOut.String():
		return "Cloudflare does not answer in time."
	case registry.Unreachable.String(), registry.Lost.String():
		return "Cloudflare can't be reached."
	case registry.Unreadable.String():
		return "Cloudflare's answer can't be read."
	}
	if f.Status != 0 {
		return "Cloudflare returned an error (" + strconv.Itoa(f.Status) + ")."
	}
	return "Cloudflare could not be read: " + f.Kind + "."
}

// Ago tells an age in the largest unit of which there are two.
func Ago(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "days"}, {time.Hour, "hours"}, {time.Minute, "minutes"}} {
		if n := d / unit.of; n >= 2 {
			return strconv.Itoa(int(n)) + " " + unit.name + " ago"
		}
	}
	if d < 2*time.Second {
		return "a moment ago"
	}
	return strconv.Itoa(int(d/time.Second)) + " seconds ago"
}
