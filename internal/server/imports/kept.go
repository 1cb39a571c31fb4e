package imports

import (
	"crypto/rand"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"namesake/internal/rbac"
)

const (
	// maxKept is how many lists wait for a person: each has up to importer.MaxBytes.
	maxKept = 4
	// keptFor is how long one waits.
	keptFor = 15 * time.Minute
)

// keptFiles are the lists of which a person has to choose the sheet or name the columns. They
// are only in memory, since columns that are not read may have passwords: another copy of the
// program, or this one after a restart, asks for the list again.
type keptFiles struct {
	files *expirable.LRU[string, keptFile]
}

type keptFile struct {
	owner rbac.Actor
	upload
}

func newKeptFiles() *keptFiles {
	return &keptFiles{expirable.NewLRU[string, keptFile](maxKept, nil, keptFor)}
}

// keep keeps a list and returns its id.
func (k *keptFiles) keep(owner rbac.Actor, u upload) string {
	id := rand.Text()
	k.files.Add(id, keptFile{owner, u})
	return id
}

// get returns a list that a person has sent.
func (k *keptFiles) get(owner rbac.Actor, id string) (upload, bool) {
	kept, ok := k.files.Get(id)
	if !ok || !kept.owner.Same(owner) {
		return upload{}, false
	}
	return kept.upload, true
}

// replace keeps another state of a list under its id.
func (k *keptFiles) replace(id string, owner rbac.Actor, u upload) {
	k.files.Add(id, keptFile{owner, u})
}

func (k *keptFiles) forget(id string) { k.files.Remove(id) }
