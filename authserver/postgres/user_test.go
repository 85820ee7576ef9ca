package postgres_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

func TestCustomFields(t *testing.T) {
	t.Parallel()
	store := open(t, postgres.Options{URL: database(t, "1.7.25-ratelimit", customColumns), Fields: customFields})
	for name, fields := range map[string][]any{
		"values": {
			"ACME'); DROP TABLE \"user\"; --", int64(-2147483648), true, now,
			json.RawMessage(`["a", "ü"]`), json.RawMessage(`[1, 2.5]`), json.RawMessage(`{"k": null}`), "pro",
		},
		"zero values": {"", int64(0), false, time.Unix(0, 0).UTC(), json.RawMessage(`[]`), json.RawMessage(`[]`), json.RawMessage(`0`), ""},
		"nulls":       {nil, nil, nil, nil, nil, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			user, account, session := sample()
			user.ID, user.Email, user.Fields = name, name+"@example.com", fields
			account.ID, account.UserID, session.ID, session.Token, session.UserID = name, name, name, name, name
			if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
				t.Fatal(err)
			}
			_, got, err := store.SessionByToken(t.Context(), name)
			if diff := cmp.Diff(fields, got.Fields); diff != "" || err != nil {
				t.Error(err, diff)
			}
			got, _, err = store.CredentialByEmail(t.Context(), user.Email)
			if diff := cmp.Diff(fields, got.Fields); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

func TestCustomFieldInAColumnOfAnOlderForm(t *testing.T) {
	t.Parallel()
	location := database(t, "1.0.22", `ALTER TABLE "user" ADD since timestamp, ADD level bigint, ADD plan varchar(20)`)
	store := open(t, postgres.Options{URL: location, Fields: []authserver.Field{
		{Name: "since", Type: authserver.FieldDate}, {Name: "level", Type: authserver.FieldNumber}, {Name: "plan", Type: authserver.FieldString},
	}})
	user, account, session := sample()
	user.Fields = []any{now.In(inBerlin), int64(1) << 40, "free"}
	if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
		t.Fatal(err)
	}
	_, got, err := store.SessionByToken(t.Context(), "token1")
	if diff := cmp.Diff([]any{now, int64(1) << 40, "free"}, got.Fields); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestCreateUserIsAllOrNothing(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25-ratelimit", customColumns)
	store := open(t, postgres.Options{URL: location, Fields: customFields})
	create := func(change func(*authserver.User, *authserver.Session)) error {
		user, account, session := sample()
		user.Fields = make([]any, len(customFields))
		change(&user, &session)
		account.ID, account.UserID, session.UserID = user.ID, user.ID, user.ID
		return store.CreateUser(t.Context(), user, account, &session)
	}
	if err := create(func(user *authserver.User, _ *authserver.Session) { user.Fields[0] = "ACME" }); err != nil {
		t.Fatal(err)
	}
	fresh := func(user *authserver.User, session *authserver.Session) {
		user.ID, user.Email, session.ID, session.Token = "user2", "two@example.com", "session2", "token2"
	}
	for name, test := range map[string]struct {
		change func(*authserver.User, *authserver.Session)
		want   error
	}{
		"e-mail taken":  {func(user *authserver.User, _ *authserver.Session) { user.Email = "ob@example.com" }, authserver.ErrEmailTaken},
		"field taken":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[0] = "ACME" }, &authserver.FieldConflictError{Field: "companyId"}},
		"NUL":           {func(user *authserver.User, _ *authserver.Session) { user.Name = "a\x00b" }, authserver.ErrRejected},
		"not UTF-8":     {func(user *authserver.User, _ *authserver.Session) { user.Name = "\xff" }, authserver.ErrRejected},
		"NUL in JSON":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[6] = json.RawMessage(`"\u0000"`) }, authserver.ErrRejected},
		"broken JSON":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[6] = json.RawMessage(`{`) }, authserver.ErrRejected},
		"number range":  {func(user *authserver.User, _ *authserver.Session) { user.Fields[1] = int64(1) << 40 }, authserver.ErrRejected},
		"year 300000":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[3] = now.AddDate(300000, 0, 0) }, authserver.ErrRejected},
		"huge unique":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[0] = incompressible(9000) }, authserver.ErrRejected},
		"session token": {func(_ *authserver.User, session *authserver.Session) { session.Token = "token1" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			err := create(func(user *authserver.User, session *authserver.Session) {
				fresh(user, session)
				test.change(user, session)
			})
			var got, want *authserver.FieldConflictError
			if errors.As(test.want, &want) {
				if !errors.As(err, &got) || *got != *want {
					t.Errorf("got %v, want %v", err, want)
				}
			} else if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			var rows int
			read(t, location, `SELECT (SELECT count(*) FROM "user") + (SELECT count(*) FROM account) + (SELECT count(*) FROM session)`, &rows)
			if rows != 3 {
				t.Fatalf("%d rows after a failed sign-up, want the 3 from before", rows)
			}
		})
	}
	if err := create(fresh); err != nil {
		t.Errorf("after the failures: %v", err)
	}
}

func incompressible(length int) string {
	var text strings.Builder
	for i := 0; text.Len() < length; i++ {
		fmt.Fprintf(&text, "%x", uint32(i)*2654435761)
	}
	return text.String()
}

func TestEmailConflictIsFoundWhateverTheIndexIsCalled(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25-ratelimit", `ALTER TABLE "user" DROP CONSTRAINT user_email_key`, `CREATE UNIQUE INDEX people ON "user" (lower(email))`)
	store := open(t, postgres.Options{URL: location})
	user, account, _ := sample()
	if err := store.CreateUser(t.Context(), user, account, nil); err != nil {
		t.Fatal(err)
	}
	user.ID, account.ID, user.Email = "user2", "account2", "OB@example.com"
	if err := store.CreateUser(t.Context(), user, account, nil); !errors.Is(err, authserver.ErrEmailTaken) {
		t.Errorf("got %v", err)
	}
}

func TestUserWithoutPasswordAndWithOtherAccounts(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25-ratelimit",
		`INSERT INTO "user" (id, name, email, "emailVerified") VALUES ('u', '', 'u@example.com', true)`,
		`INSERT INTO account (id, "accountId", "providerId", "userId", "updatedAt") VALUES ('a', '1', 'github', 'u', now())`,
		`INSERT INTO session (id, "expiresAt", token, "updatedAt", "userId") VALUES ('s', 'infinity', 't', now(), 'u')`)
	store := open(t, postgres.Options{URL: location})
	user, hash, err := store.CredentialByEmail(t.Context(), "u@example.com")
	if err != nil || hash != "" || user.ID != "u" || user.Image != nil {
		t.Errorf("%+v %q %v", user, hash, err)
	}
	session, _, err := store.SessionByToken(t.Context(), "t")
	if err != nil || session.IPAddress != "" || session.ExpiresAt.Year() != 9999 {
		t.Errorf("%+v %v", session, err)
	}
}
