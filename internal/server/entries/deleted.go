package entries

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// showMissing answers with the page of a deleted entry if missing says that there is no such
// entry, and its deletion is known.
func (s *Handlers) showMissing(c echo.Context, id registry.ID, missing error) error {
	ctx, who := web.RequestContext(c), web.Caller(c)
	var moved *mirror.MovedError
	if !errors.Is(missing, registry.ErrNotFound) || web.WantsJSON(c) || !who.May(rbac.ViewChanges) || errors.As(missing, &moved) && moved.Now != "" {
		return missing
	}
	changes, _, err := s.Mirror.Changes(ctx, who, mirror.ChangeQuery{Entry: id, Limit: 1})
	if err != nil {
		s.Log.ErrorContext(ctx, "the deletion of an entry could not be looked up", "error", err)
	}
	if len(changes) == 0 || changes[0].Before == nil || changes[0].Kind != mirror.Deleted {
		return missing
	}
	deleted := changes[0]
	rows, err := s.ChangeRows(ctx, who, changes)
	if err != nil {
		return err
	}
	c.Set(web.CauseKey, missing)
	last := *deleted.Before
	v := templates.DeletedView{
		Row: rows[0], Entry: last, Synced: last.Synced(), BackURL: s.EntriesURL() + web.ReturnTo(c),
	}
	if who.May(rbac.CreateEntry) && !last.Synced() {
		own, err := s.Mirror.OwnValues(ctx, who, id, last.Values())
		if err != nil {
			return err
		}
		values := url.Values{}
		for name, value := range own {
			values.Set(name, web.Shown(value))
		}
		v.CreateURL = s.EntriesURL() + "/new?" + values.Encode()
		if who.May(rbac.RunPlan) {
			v.RestoreURL = s.EntryURL(id) + "/restore"
		}
	}
	if v.History, err = s.history(ctx, who, last); err != nil { // the page is worth showing without it
		s.Log.ErrorContext(ctx, "an entry's history could not be read", "error", err)
	}
	return web.Render(c, http.StatusNotFound, templates.EntryDeleted(s.Page(c, "Deleted entry"), v))
}
