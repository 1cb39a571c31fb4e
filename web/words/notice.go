package words

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Notice is a title with the sentences that explain it.
type Notice struct {
	Title string
	Text  []string
}

// TryAgain says when to try again.
func TryAgain(d time.Duration) string {
	return "Try again in " + Count(int(math.Ceil(d.Seconds())), "second", "seconds") + "."
}

// ClockTime writes a time of the day.
func ClockTime(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }

// Count writes how many there are of something.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// And joins the parts of an enumeration.
func And(parts ...string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// Clip shortens what is quoted in a sentence.
func Clip(s string) string {
	const limit = 60
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}

func quoted(name string) string { return "“" + name + "”" }

// sentences joins those that are not empty.
func sentences(list ...string) string {
	var said []string
	for _, s := range list {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, " ")
}
