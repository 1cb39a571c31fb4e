package sandbox

import "time"

// Entry is an entry as the API shows it.
type Entry struct {
	ID                      string     `json:"id"`
	Name                    string     `json:"name"`
	Email                   string     `json:"email"`
	IsEmailRegex            bool       `json:"is_email_regex"`
	Comments                *string    `json:"comments"`
	DirectoryID             *int64     `json:"directory_id"`
	DirectoryNodeID         *int64     `json:"directory_node_id"`
	ExternalDirectoryNodeID *string    `json:"external_directory_node_id"`
	Provenance              string     `json:"provenance"`
	CreatedAt               time.Time  `json:"created_at"`
	ModifiedAt              time.Time  `json:"modified_at"`
	LastModified            *time.Time `json:"last_modified,omitempty"`
}

// The values of Entry.Provenance.
const (
	Manual          = "A1S_INTERNAL"
	Microsoft365API = "SNOOPY-CASB_OFFICE_365"
	Microsoft365    = "SNOOPY-OFFICE_365"
	GoogleDirectory = "SNOOPY-GOOGLE_DIRECTORY"
)

var provenances = []string{Manual, Microsoft365API, Microsoft365, GoogleDirectory}

// Synced reports whether a directory owns the entry.
func (e Entry) Synced() bool { return e.Provenance != Manual }

// field describes one property that a body may have.
type field struct {
	name     string
	required bool // on create
	nullable bool
	read     func(raw []byte, into *Entry) (Problem, bool)
	copy     func(from Entry, to *Entry)
}

// fields stand in the order in which their faults are reported.
var fields = []field{
	{
		"name", true, false,
		func(raw []byte, e *Entry) (Problem, bool) { return readString(raw, &e.Name) },
		func(from Entry, to *Entry) { to.Name = from.Name },
	},
	{
		"email", true, false,
		func(raw []byte, e *Entry) (Problem, bool) { return readString(raw, &e.Email) },
		func(from Entry, to *Entry) { to.Email = from.Email },
	},
	{
		"is_email_regex", true, false,
		func(raw []byte, e *Entry) (Problem, bool) { return readBool(raw, &e.IsEmailRegex) },
		func(from Entry, to *Entry) { to.IsEmailRegex = from.IsEmailRegex },
	},
	{
		"comments", false, true,
		func(raw []byte, e *Entry) (Problem, bool) { return readNullable(raw, &e.Comments, readString) },
		func(from Entry, to *Entry) { to.Comments = from.Comments },
	},
	{
		"directory_id", false, true,
		func(raw []byte, e *Entry) (Problem, bool) { return readNullable(raw, &e.DirectoryID, readInteger) },
		func(from Entry, to *Entry) { to.DirectoryID = from.DirectoryID },
	},
	{
		"directory_node_id", false, true,
		func(raw []byte, e *Entry) (Problem, bool) { return readNullable(raw, &e.DirectoryNodeID, readInteger) },
		func(from Entry, to *Entry) { to.DirectoryNodeID = from.DirectoryNodeID },
	},
	{
		"external_directory_node_id", false, true,
		func(raw []byte, e *Entry) (Problem, bool) {
			return readNullable(raw, &e.ExternalDirectoryNodeID, readString)
		},
		func(from Entry, to *Entry) { to.ExternalDirectoryNodeID = from.ExternalDirectoryNodeID },
	},
	{
		"provenance", false, false,
		func(raw []byte, e *Entry) (Problem, bool) { return readString(raw, &e.Provenance) },
		func(from Entry, to *Entry) { to.Provenance = from.Provenance },
	},
}
