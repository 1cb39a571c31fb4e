package audit

import (
	"slices"
	"strconv"
	"strings"

	"namesake/internal/registry"
)

// CodeCorrects is the code of the message of a correcting record.
const CodeCorrects = "namesake.corrects"

// CorrectsText stands before the seq of the record that another one corrects.
const CorrectsText = "corrects record "

// Corrects returns the seq of the record that r corrects, 0 when it corrects none.
func (r Record) Corrects() int64 {
	for _, m := range r.Messages {
		if m.Code == CodeCorrects {
			number, _, _ := strings.Cut(strings.TrimPrefix(m.Message, CorrectsText), ":")
			seq, _ := strconv.ParseInt(number, 10, 64) // 0 when it is none
			return seq
		}
	}
	return 0
}

// Foreign returns messages of the API without any that could be taken for ours.
func Foreign(messages []registry.Problem) []registry.Problem {
	return slices.DeleteFunc(slices.Clone(messages), func(m registry.Problem) bool { return strings.HasPrefix(m.Code, "namesake.") })
}

// Doubtful reports whether the change that r says was not done may have been done all the
// same: it was sent, and the API itself did not refuse it.
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
