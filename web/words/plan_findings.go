package words

import "strconv"

// PlanFindings heads the findings that a plan would cause, "" for none.
func PlanFindings(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "This causes a finding"
	}
	return "This causes " + strconv.Itoa(n) + " findings"
}

// MoreFindings says how many findings are not shown.
func MoreFindings(n int) string {
	return Count(n, "more finding is", "more findings are") + " not shown."
}
