package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"namesake/internal/audit"
	"namesake/internal/config"
	"namesake/internal/rbac"
	"namesake/internal/store"
)

// auditInterval is how often the head of the audit chain is logged, so that it is also kept
// where the logs are, and how often removing old records is tried; a day's portion is
// removed each time.
const auditInterval = time.Hour

// apiClock returns the time of the API's clock.
type apiClock func(context.Context) (time.Time, error)

// upkeep is the actor that removes old records: the program itself.
var upkeep = rbac.Actor{Issuer: "namesake", Subject: "NAMESAKE_AUDIT_RETENTION", Auth: "configuration"}

func logHead(ctx context.Context, database *store.Store, log *slog.Logger) error {
	seq, hash, err := database.Head(ctx)
	if err != nil {
		return fmt.Errorf("read the head of the audit trail: %w", err)
	}
	log.InfoContext(ctx, "head of the audit trail", "seq", seq, "hash", hash)
	return nil
}

func prune(ctx context.Context, database *store.Store, api apiClock, retention time.Duration, log *slog.Logger) error {
	if retention == 0 {
		return nil
	}
	now, err := api(ctx)
	if err != nil {
		log.WarnContext(ctx, "no audit records are removed: the API's clock, by which their age is checked, could not be read", "error", err)
		return nil
	}
	removed, err := database.PruneDay(ctx, retention, now, audit.Record{Actor: upkeep})
	if err != nil {
		return fmt.Errorf("remove old audit records: %w", err)
	}
	if removed > 0 {
		log.InfoContext(ctx, "old audit records were removed behind a checkpoint", "removed", removed)
	}
	return nil
}

// errInMemory reports a command that needs a stored database.
var errInMemory = errors.New("the demo keeps its records in memory: name the database with NAMESAKE_DATABASE_URL")

// withStore opens the configured database for a command.
func withStore(ctx context.Context, work func(*store.Store) error) error {
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	if cfg.Database.Engine == config.SQLite && cfg.Database.Path == "" {
		return errInMemory
	}
	database, err := store.Open(ctx, store.Options{
		Engine: string(cfg.Database.Engine), Path: cfg.Database.Path, URL: cfg.Database.URL.Reveal(),
		Existing: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	return errors.Join(work(database), database.Close())
}

// verifyAudit checks the audit chain. The error of a broken chain names the first bad
// record.
func verifyAudit(ctx context.Context, stdout io.Writer) error {
	return withStore(ctx, func(database *store.Store) error {
		result, err := database.Verify(ctx, func(int64) {})
		if err != nil {
			return fmt.Errorf("audit verify: %w", err)
		}
		_, err = fmt.Fprintf(stdout, "the audit trail is whole: %d records, head %d %s\n", result.Records, result.HeadSeq, result.HeadHash)
		return err
	})
}

func backup(ctx context.Context, file string, stdout io.Writer) error {
	return withStore(ctx, func(database *store.Store) error {
		if err := database.Backup(ctx, file); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		_, err := fmt.Fprintf(stdout, "the database is copied to %s\n", file)
		return err
	})
}
