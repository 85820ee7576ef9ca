package rekey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

const (
	// page is how many rows are read, and replaced in one transaction, at a time.
	page = 100
	// maxRounds bounds how often everything is gone over: a row that is always busy is left to the next run.
	maxRounds = 3
)

// Store keeps what is encrypted. Its methods page by the ids of rows; those that replace return how many texts were still
// the old ones.
type Store interface {
	TokenKeys(ctx context.Context, after string, limit int) ([]authserver.Sealed, error)
	ReplaceTokenKeys(ctx context.Context, texts []authserver.Resealed) (int, error)
	AccountTokens(ctx context.Context, after string, limit int) ([]authserver.Sealed, error)
	ReplaceAccountTokens(ctx context.Context, texts []authserver.Resealed) (int, error)
	MailLinks(ctx context.Context, after string, limit int) ([]authserver.Sealed, error)
	ReplaceMailLinks(ctx context.Context, texts []authserver.Resealed) (int, error)
}

// Options configure a run.
type Options struct {
	Store Store
	// Keys encrypt private keys and tokens, MailLinks the links of mails.
	Keys, MailLinks *tokens.Keyring
	// PlainTokens says that servers do not encrypt the tokens of accounts: one that only looks like a ciphertext is none.
	PlainTokens bool
}

// Result is what a run did and found.
type Result struct {
	// Values is the number of texts that were encrypted anew.
	Values int
	// Remaining counts what each older version still encrypts, by version, then by kind.
	Remaining map[string]map[string]int
	// Undecryptable counts what none of the keys decrypts, by kind.
	Undecryptable map[string]int
}

// Run encrypts anew. With an error the result says how far it came.
func Run(ctx context.Context, o Options) (Result, error) {
	var result Result
	for range maxRounds {
		round := round{remaining: map[string]map[string]int{}, undecryptable: map[string]int{}}
		err := round.all(ctx, o.places())
		result.Values += round.replaced
		result.Remaining, result.Undecryptable = round.remaining, round.undecryptable
		if err != nil || round.old == 0 {
			return result, err
		}
	}
	return result, nil
}

// Message says what none of the keys decrypts; "" when there is nothing.
func (r Result) Message() string {
	if len(r.Undecryptable) == 0 {
		return ""
	}
	var counts []string
	for _, kind := range slices.Sorted(maps.Keys(r.Undecryptable)) {
		counts = append(counts, fmt.Sprintf("%s: %d", kind, r.Undecryptable[kind]))
	}
	return "none of the keys decrypts some values, which were left as they are (" + strings.Join(counts, ", ") +
		"); keep the key of these in BETTER_AUTH_SECRETS, or ignore them if it was revoked"
}

// round is one time over everything.
type round struct {
	old, replaced int
	remaining     map[string]map[string]int
	undecryptable map[string]int
}

func (r *round) all(ctx context.Context, places []place) error {
	for _, p := range places {
		if err := r.place(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", p.kind, err)
		}
	}
	return nil
}

func (r *round) place(ctx context.Context, p place) error {
	for after := ""; ; {
		texts, err := p.read(ctx, after, page)
		if err != nil || len(texts) == 0 {
			return err
		}
		after = texts[len(texts)-1].ID
		byVersion, err := r.renewed(p, texts)
		if err != nil {
			return err
		}
		// Each version on its own, so that it is known whose texts were not replaced.
		for version, texts := range byVersion {
			replaced, err := p.replace(ctx, texts)
			if err != nil {
				return err
			}
			r.replaced += replaced
			r.leave(version, p.kind, len(texts)-replaced)
		}
	}
}

// renewed are the texts that older keys encrypted, by their versions.
func (r *round) renewed(p place, texts []authserver.Sealed) (map[string][]authserver.Resealed, error) {
	byVersion := map[string][]authserver.Resealed{}
	for _, text := range texts {
		renewed, version, err := p.renew(text.Text)
		switch {
		case errors.Is(err, tokens.ErrUndecryptable):
			r.undecryptable[p.kind]++
		case err != nil:
			return nil, err
		case renewed != "":
			r.old++
			byVersion[version] = append(byVersion[version], authserver.Resealed{Sealed: text, New: renewed})
		}
	}
	return byVersion, nil
}

func (r *round) leave(version, kind string, count int) {
	if count == 0 {
		return
	}
	if r.remaining[version] == nil {
		r.remaining[version] = map[string]int{}
	}
	r.remaining[version][kind] += count
}
