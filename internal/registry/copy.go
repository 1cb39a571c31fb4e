package registry

// Copy is a draft with the values of the entry. A copy of an entry that is synced from
// a directory is one of one's own, so what the directory gives is left out.
func (e Entry) Copy() Draft {
	d := e.Values().Draft()
	for _, f := range fields {
		if e.Synced() && f.Directory {
			Write(f.ofDraft(&d), nil)
		}
	}
	return d
}
