package registry

// Copy returns a draft with the values of the entry. The copy of a synced entry is a manual
// entry, so it leaves out the fields that the directory gives.
func (e Entry) Copy() Draft {
	d := e.Values().Draft()
	for _, f := range fields {
		if e.Synced() && f.Directory {
			Write(f.ofDraft(&d), nil)
		}
	}
	return d
}
