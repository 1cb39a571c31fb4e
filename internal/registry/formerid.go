package registry

// FormerID returns the number that was the entry's id before Cloudflare's ids became UUIDs
// in mid-2026, "" if there is none. A manual entry has it as its external directory node
// id.
func (e Entry) FormerID() ID { return formerID(e.ID, e.Values()) }

func formerID(id ID, v Values) ID {
	text, _ := v[FieldExternalDirectoryNodeID].(string)
	source, _ := v[FieldProvenance].(string)
	former, err := ParseID(text)
	if err != nil || !former.Numeric() || id.Numeric() || (source != "" && Provenance(source) != Manual) {
		return ""
	}
	return former
}

// Numeric reports whether id has the form that Cloudflare used before mid-2026.
func (id ID) Numeric() bool { return id != "" && len(id) < 36 }

// IDsOf returns all ids that the entry id with the values v has had, the current one first.
func IDsOf(id ID, v Values) []ID {
	ids := []ID{}
	for _, id := range []ID{id, formerID(id, v)} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}
