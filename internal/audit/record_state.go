package audit

import (
	"slices"
	"strconv"
	"strings"

	"namesake/internal/registry"
)

// CodeCorrects is the code of the message of a correcting record.
const CodeCorrects = "namesake.corrects"

// CorrectsText precedes the seq of the corrected record in the message.
const CorrectsText = "corrects record "

// Corrects returns the seq of the record that r corrects, 0 if it corrects none.
func (r Record) Corrects() int64 {
	for _, m := range r.Messages {
		if m.Code == CodeCorrects {
			number, _, _ := strings.Cut(strings.TrimPrefix(m.Message, CorrectsText), ":")
			seq, _ := strconv.ParseInt(number, 10, 64) // 0 for another text
			return seq
		}
	}
	return 0
}

// Foreign returns the API's messages without those that could be mistaken for Namesake's
// own.
func Foreign(messages []registry.Problem) []registry.Problem {
	return slices.DeleteFunc(slices.Clone(messages), func(m registry.Problem) bool { return strings.HasPrefix(m.Code, "namesake.") })
}

// Doubtful reports whether r says that a change was not done although it may have been: the
// call was sent, and the API did not refuse it.
func (r Record) Doubtful() bool {
	for _, p := range r.Errors {
		switch p.Code {
		case CodeNotSent, codeRole:
			return false
		case CodeCallFailed:
			return p.Message != registry.Unreachable.String()
		case CodeSettled:
			return !strings.HasPrefix(p.Message, "of no effect")
		}
	}
	return r.Outcome == OutcomeFailed
}

// Final reports whether the record closes its intent.
func (r Record) Final() bool {
	switch r.Outcome {
	case OutcomeDone, OutcomeRefused, OutcomeFailed:
		return true
	case OutcomeIntent, OutcomeUnknown:
	}
	return false
}
