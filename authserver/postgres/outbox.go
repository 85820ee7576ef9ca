package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// withMails makes a change and puts the mails about it into the outbox: all or nothing.
func (s *Store) withMails(ctx context.Context, mails []authserver.Mail, change func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := change(tx); err != nil || len(mails) == 0 {
			return err
		}
		batch := &pgx.Batch{}
		for _, m := range mails {
			link, err := s.sealed(m.URL)
			if err != nil {
				return err
			}
			batch.Queue(`INSERT INTO gatehouse_outbox (id, kind, recipient, name, url, attempts, "dueAt", "expiresAt", "createdAt")
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)`,
				m.ID, string(m.Kind), m.To, m.Name, link, m.Attempts, stored(m.CreatedAt), stored(m.ExpiresAt))
		}
		return tx.SendBatch(ctx, batch).Close()
	})
	if err == nil && len(mails) > 0 && s.mailed != nil {
		s.mailed()
	}
	return err
}

func (s *Store) sealed(link string) (string, error) {
	if s.mailLinks == nil {
		return link, nil
	}
	return s.mailLinks.Encrypt(link)
}

func (s *Store) unsealed(link string) string {
	if s.mailLinks == nil {
		return link
	}
	plain, err := s.mailLinks.Decrypt(link)
	if err != nil {
		return "" // its only reason is that another secret encrypted it
	}
	return plain
}

// QueueMails puts mails into the outbox.
func (s *Store) QueueMails(ctx context.Context, mails ...authserver.Mail) error {
	return translate("queue a mail", s.withMails(ctx, mails, func(pgx.Tx) error { return nil }))
}

// ClaimMails returns at most limit mails that are due, and counts an attempt for each. Until the lease ends, nobody else
// gets them; after it, they are due again. A mail without URL is one whose link none of this server's secrets decrypts.
func (s *Store) ClaimMails(ctx context.Context, now, leaseEnds time.Time, limit int) ([]authserver.Mail, error) {
	const statement = `
		UPDATE gatehouse_outbox SET attempts = attempts + 1, "dueAt" = $2
		WHERE id IN (SELECT id FROM gatehouse_outbox WHERE "dueAt" <= $1 ORDER BY "dueAt" LIMIT $3 FOR UPDATE SKIP LOCKED)
		RETURNING id, kind, recipient, name, url, attempts, "expiresAt", "createdAt"`
	rows, err := s.pool.Query(ctx, statement, stored(now), stored(leaseEnds), limit)
	if err != nil {
		return nil, translate("claim mails", err)
	}
	mails, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m authserver.Mail, err error) {
		err = row.Scan(&m.ID, &m.Kind, &m.To, &m.Name, &m.URL, &m.Attempts, &m.ExpiresAt, &m.CreatedAt)
		m.URL = s.unsealed(m.URL)
		return m, err
	})
	return mails, translate("claim mails", err)
}

// PostponeMail makes a mail due at a later moment, unless somebody else has claimed it since: the attempt is the one of the
// caller's claim.
func (s *Store) PostponeMail(ctx context.Context, id string, attempt int, due time.Time) error {
	const statement = `UPDATE gatehouse_outbox SET "dueAt" = $3 WHERE id = $1 AND attempts = $2`
	_, err := s.pool.Exec(ctx, statement, id, attempt, stored(due))
	return translate("postpone a mail", err)
}

// DeleteMail takes a mail out of the outbox.
func (s *Store) DeleteMail(ctx context.Context, id string) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM gatehouse_outbox WHERE id = $1`, id)
	return translate("delete a mail", err)
}

// Outbox returns how many mails wait, and since when the oldest; the zero time when there is none.
func (s *Store) Outbox(ctx context.Context) (waiting int, oldest time.Time, err error) {
	var since *time.Time
	err = s.pool.QueryRow(ctx, `SELECT count(*), min("createdAt") FROM gatehouse_outbox`).Scan(&waiting, &since)
	if since != nil {
		oldest = *since
	}
	return waiting, oldest, translate("look into the outbox", err)
}
