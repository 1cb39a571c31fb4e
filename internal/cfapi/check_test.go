package cfapi_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"namesake/internal/cfapi"
	"namesake/internal/registry"
)

// A change is a call that must not be made twice.
const createOp, updateOp, deleteOp = "create entry", "update entry", "delete entry"

var changes = []struct {
	op, method, uri string
	call            func(context.Context, *cfapi.Client) (registry.Entry, registry.Receipt, error)
}{
	{createOp, "POST", path, func(ctx context.Context, c *cfapi.Client) (registry.Entry, registry.Receipt, error) {
		return c.CreateEntry(ctx, draft)
	}},
	{updateOp, "PATCH", path + "/42", func(ctx context.Context, c *cfapi.Client) (registry.Entry, registry.Receipt, error) {
		return c.UpdateEntry(ctx, "42", registry.Values{registry.FieldName: "Ada King"})
	}},
	{deleteOp, "DELETE", path + "/42", func(ctx context.Context, c *cfapi.Client) (registry.Entry, registry.Receipt, error) {
		receipt, err := c.DeleteEntry(ctx, "42")
		return registry.Entry{}, receipt, err
	}},
}

// checkAll makes each call, with a client of its own as a throttled one stays
// closed, and compares everything of its error.
func checkAll(t *testing.T, o cfapi.Options, api *stub, status int, want wanted) {
	t.Helper()
	for _, change := range changes {
		entry, receipt, err := change.call(t.Context(), newClient(t, o))
		sent := api.requests()
		if len(sent) != 1 || sent[0].method != change.method || sent[0].uri != change.uri {
			t.Errorf("%s: sent %+v", change.op, sent)
		}
		if !reflect.DeepEqual(entry, registry.Entry{}) || receipt.Status != status {
			t.Errorf("%s: entry %+v, receipt %+v", change.op, entry, receipt)
		}
		check(t, change.op, err, status, want, want.effect, want.notFound && change.op != createOp)
	}

	_, err := newClient(t, o).ListEntries(t.Context(), registry.Query{})
	check(t, "list entries", err, status, want, registry.NoEffect, false)
	if got := len(api.requests()); got != want.reads {
		t.Errorf("the list was asked for %d times, want %d", got, want.reads)
	}

	_, receipt, err := newClient(t, o).Entry(t.Context(), "42")
	check(t, "read entry", err, status, want, registry.NoEffect, want.notFound)
	if got := len(api.requests()); got != want.reads {
		t.Errorf("the entry was asked for %d times, want %d", got, want.reads)
	}
	if receipt.Status != status {
		t.Errorf("entry: receipt %+v", receipt)
	}
}

func check(t *testing.T, op string, err error, status int, want wanted, effect registry.Effect, notFound bool) {
	t.Helper()
	var failed *registry.APIError
	if !errors.As(err, &failed) {
		t.Fatalf("%s: error %v", op, err)
	}
	if failed.Op != op || failed.Kind != want.kind || failed.Effect != effect || failed.RetryAfter != want.retryAfter {
		t.Errorf("%s: op %q, kind %s, effect %d, wait %s; want kind %s, effect %d, wait %s",
			op, failed.Op, failed.Kind, failed.Effect, failed.RetryAfter, want.kind, effect, want.retryAfter)
	}
	if !reflect.DeepEqual(failed.Problems, want.problems) {
		t.Errorf("%s: problems\n got %+v\nwant %+v", op, failed.Problems, want.problems)
	}
	wantRay := "ray-1"
	if status == 0 {
		wantRay = ""
	}
	if failed.Receipt.Status != status || failed.Receipt.Ray != wantRay || failed.Receipt.ServedAt.IsZero() != (status == 0) {
		t.Errorf("%s: receipt %+v", op, failed.Receipt)
	}
	if errors.Is(err, registry.ErrNotFound) != notFound {
		t.Errorf("%s: not found is %t, want %t", op, !notFound, notFound)
	}
	switch cause := failed.Err; {
	case want.cause == "" && cause != nil && !notFound:
		t.Errorf("%s: cause %q, want none", op, cause)
	case want.cause != "" && (cause == nil || !strings.Contains(cause.Error(), want.cause)):
		t.Errorf("%s: cause %v, want %q", op, cause, want.cause)
	}
	if text := err.Error(); len(text) > 2000 || strings.Contains(text, token) || strings.Contains(text, "://") {
		t.Errorf("%s: text of %d bytes: %.300s", op, len(text), text)
	}
}
