package findings

// untouched finds entries made by hand that have not changed for long: the reason for them
// may have gone.
func untouched(s *subject, now *situation) (Finding, bool) {
	last := s.ModifiedAt
	if last.IsZero() {
		last = s.CreatedAt
	}
	if s.Synced() || last.IsZero() || now.Untouched <= 0 || now.Now.IsZero() || now.today().Sub(last) <= now.Untouched {
		return Finding{}, false
	}
	return Finding{Rule: Untouched, Severity: Tip, Detail: last.UTC().Format("2006-01-02"), Witness: first(s.addresses())}, true
}
