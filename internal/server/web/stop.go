package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"namesake/internal/change"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// What a person is asked about before a change is sent, and what they confirm.

// Fields of a form that hold what a person has confirmed: ids of twins, and ids of
// warnings, which have a colon. Both take both; twins is what scripts have always sent.
const (
	FieldConfirmed = "confirmed"
	fieldTwins     = "twins"
)

// inDoubtPrefix comes before the intent of an earlier create that a person wants to send
// the entry beside.
const inDoubtPrefix = registry.KindInDoubt + ":"

// BesideDoubts is what parseConfirmed reads, for all these intents.
func BesideDoubts(intents []int64) string {
	parts := make([]string, len(intents))
	for i, seq := range intents {
		parts[i] = inDoubtPrefix + strconv.FormatInt(seq, 10)
	}
	return strings.Join(parts, ",")
}

// noID stands for an entry without an id: the API may leave any field out.
const noID = "-"

// confirmedIn is what a form says that the person has confirmed.
func confirmedIn(form url.Values) string {
	var all []string
	for _, name := range []string{fieldTwins, FieldConfirmed} {
		for _, value := range form[name] {
			for id := range strings.SplitSeq(value, ",") {
				if id = strings.TrimSpace(id); id != "" && !slices.Contains(all, id) {
					all = append(all, id)
				}
			}
		}
	}
	return strings.Join(all, ",")
}

// ParseConfirmed reads what confirmedIn has put together.
func ParseConfirmed(text string) (c registry.Confirmed) {
	for id := range strings.SplitSeq(text, ",") {
		switch {
		case id == "":
		case strings.HasPrefix(id, inDoubtPrefix):
			c.Doubts = append(c.Doubts, change.ParseIntents(strings.TrimPrefix(id, inDoubtPrefix))...)
		case strings.Contains(id, ":"):
			c.Warnings = append(c.Warnings, id)
		case id == noID:
			c.Duplicates = append(c.Duplicates, "")
		default:
			c.Duplicates = append(c.Duplicates, registry.ID(id))
		}
	}
	return c
}

// confirmation is what parseConfirmed reads, for all that e asks about: the ids of the
// twins, and those of the warnings.
func confirmation(e *registry.StopError) (twins, warnings string) {
	var of []string
	if e.Duplicates != nil {
		for _, twin := range e.Duplicates.Duplicates {
			if twin.ID == "" {
				twin.ID = noID
			}
			of = append(of, string(twin.ID))
		}
	}
	twins, of = strings.Join(of, ","), nil
	for _, w := range e.Warnings {
		of = append(of, w.ID)
	}
	return twins, strings.Join(of, ",")
}

// programConfirms says how a program goes on.
func programConfirms(e *registry.StopError) string {
	twins, warnings := confirmation(e)
	var fields []string
	if twins != "" {
		fields = append(fields, fieldTwins+"="+twins)
	}
	if warnings != "" {
		fields = append(fields, FieldConfirmed+"="+warnings)
	}
	if len(fields) == 1 {
		return "A program goes on with the field " + fields[0] + "."
	}
	return "A program goes on with the fields " + strings.Join(fields, " and ") + "."
}

// stopProblems are what e asks about, with codes and pointers as the API's findings
// have. Those of warnings stand in their order behind that of the twins.
func stopProblems(e *registry.StopError) []registry.Problem {
	var problems []registry.Problem
	if e.Duplicates != nil {
		problems = append(problems, twinProblem(e.Duplicates))
	}
	for _, w := range e.Warnings {
		problems = append(problems, warningProblem(w))
	}
	return problems
}

// twinProblem is the finding that an address is there already.
func twinProblem(e *registry.DuplicateError) registry.Problem {
	p := registry.Problem{Code: codeTwin, Pointer: "/" + registry.FieldEmail, Message: "This address is in the registry already, under another name."}
	if e.Duplicates[0].IsEmailRegex {
		p.Message = "This pattern is in the registry already, under another name."
	}
	if e.Exact {
		p.Message = "This name is in the registry already with the same address."
		if e.Duplicates[0].IsEmailRegex {
			p.Message = "This name is in the registry already with the same pattern."
		}
	}
	return p
}

// failStop tells what there is to confirm. The status is that of values which are
// refused: unlike after a conflict, the entry has not changed since.
func failStop(e *registry.StopError) Failure {
	f := Failure{
		Status: http.StatusUnprocessableEntity, Tone: templates.Warn, Title: "Not sent: please look at this first",
		Problems: stopProblems(e),
	}
	switch {
	case e.Duplicates == nil && slices.ContainsFunc(e.Warnings, dangerous):
		f.Title = "Not sent: this would let strangers use the name"
		f.Text = []string{"Nothing was sent. Change what is marked or, if you want it all the same, go on below the form. The audit trail then says that you were warned."}
	case e.Duplicates == nil:
		f.Text = []string{"Nothing was sent. Change what is marked or, if it is right as it is, go on below the form."}
	case e.Duplicates.Exact:
		f.Title = "Not sent: this entry is in the registry already"
		f.Text = []string{"A second one would change nothing for mail, and to let the address go one day, both would have to be deleted. If you want it all the same, go on below the form."}
	default:
		f.Title = "Not sent: this address is in the registry already"
		f.Text = []string{"Under another name it can be right, as when a person is known by two. If it is, go on below the form."}
	}
	if e.Duplicates != nil && len(e.Warnings) > 0 {
		f.Text = append(f.Text, "There is more to look at, which is listed below. To go on means to go on with all of it.")
	}
	return f
}

// AddStop lets the person go on from the form, and shows what is in the registry
// already. What they have confirmed before counts no more: there is something new.
func AddStop(v *templates.EntryFormView, e *registry.StopError) {
	twins, warnings := confirmation(e)
	v.Form.Confirmed = ""
	v.Confirm = &templates.Confirm{Field: FieldConfirmed, Value: warnings}
	if e.Duplicates != nil {
		v.Confirm.Field = fieldTwins
		v.Confirm.Value = strings.Trim(twins+","+warnings, ",")
		v.Confirm.Entries = slices.Clone(e.Duplicates.Duplicates)
	}
	for _, w := range e.Warnings {
		v.Confirm.Entries = append(v.Confirm.Entries, w.About...)
	}
}
