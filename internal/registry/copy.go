package registry

// Copy is a draft with the values of the entry. A copy of an entry that is synced from
// a directory is one of one's own, so what the directory gives is left out.
func (e Entry) Copy() Draft {
	d := e.Values().Draft()
	if e.Synced() {
		d.DirectoryID, d.DirectoryNodeID, d.ExternalDirectoryNodeID, d.Provenance = nil, nil, "", ""
	}
	return d
}
