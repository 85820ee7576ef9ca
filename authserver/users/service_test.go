package users_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
)

const password = "Password123!"

// life is a service on a real database, with a user who is signed in, and a clock of the test.
type life struct {
	*users.Service
	t        *testing.T
	sessions *sessions.Service
	accounts *accounts.Service
	db       *pgx.Conn
	now      time.Time
	user     authserver.User
	session  authserver.Session
}

func begin(t *testing.T) *life {
	t.Helper()
	url := pgtest.Database(t)
	cfg, err := config.Load("", func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	cfg.CustomFields = []config.CustomField{{Name: "badge", Type: "string", Unique: true, Input: new(true), Returned: new(true)}}
	cfg.Email.Host = "smtp.example.com"
	if err := schema.Migrate(t.Context(), url, cfg); err != nil {
		t.Fatal(err)
	}
	store, err := postgres.Open(t.Context(), postgres.Options{URL: url, Fields: cfg.Fields()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	l := &life{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	if l.db, err = pgx.Connect(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.db.Close(context.WithoutCancel(t.Context())) })
	clock := func() time.Time { return l.now }
	hasher, lengths := passhash.New(passhash.Options{Workers: 2}), passhash.Lengths{Min: 8, Max: 128}
	l.sessions = sessions.New(sessions.Options{Store: store, TTL: 168 * time.Hour, FreshAge: time.Hour, NewID: ids.Generator{}.New, Now: clock})
	l.accounts = accounts.New(accounts.Options{
		Store: store, Sessions: l.sessions, Hasher: hasher, Lengths: lengths, Fields: cfg.Fields(), Enabled: true, AutoSignIn: true,
		NewID: ids.Generator{}.New, Now: clock,
	})
	l.Service = users.New(users.Options{
		Store: store, Verifications: store, Sessions: l.sessions, Hasher: hasher, Lengths: lengths, Fields: cfg.Fields(), DeleteEnabled: true, Now: clock,
	})
	l.user, l.session = l.signUp("a@b.co")
	return l
}

func (l *life) signUp(email string) (authserver.User, authserver.Session) {
	l.t.Helper()
	created, err := l.accounts.SignUp(l.t.Context(), accounts.SignUp{Email: email, Password: password, Body: ecma.ObjectValue(nil, nil), Remember: true})
	if err != nil {
		l.t.Fatal(err)
	}
	return created.User, *created.Session
}

func (l *life) exec(statement string, arguments ...any) {
	l.t.Helper()
	if _, err := l.db.Exec(l.t.Context(), statement, arguments...); err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) update(userID, body string) error {
	l.t.Helper()
	value, err := ecma.Parse([]byte(body))
	if err != nil {
		l.t.Fatal(err)
	}
	return l.Update(l.t.Context(), userID, value)
}

// delete deletes the user of a session, and fails when a mail is sent instead.
func (l *life) delete(session authserver.Session, in users.Delete) error {
	l.t.Helper()
	asked, err := l.Delete(l.t.Context(), l.user, session, in)
	if asked {
		l.t.Error("a mail is sent")
	}
	return err
}

// alive returns the user of the session, or authserver.ErrNotFound.
func (l *life) alive(session authserver.Session) (authserver.User, error) {
	found, err := l.sessions.Peek(l.t.Context(), session.Token)
	return found.User, err
}

func (l *life) signIn(text string) error {
	_, err := l.accounts.SignIn(l.t.Context(), accounts.SignIn{Email: "a@b.co", Password: text})
	return err
}

func TestUpdateChangesWhatWasSentAndNothingElse(t *testing.T) {
	l := begin(t)
	l.now = l.now.Add(time.Minute)
	if err := l.update(l.user.ID, `{"name":"New","image":"i","badge":"7","id":"x","emailVerified":true,"email":""}`); err != nil {
		t.Fatal(err)
	}
	got, err := l.alive(l.session)
	if err != nil || got.Name != "New" || *got.Image != "i" || got.Fields[0] != "7" || got.ID != l.user.ID || got.EmailVerified || got.Email != "a@b.co" ||
		!got.UpdatedAt.Equal(l.now) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := l.update(l.user.ID, `{"image":null}`); err != nil {
		t.Fatal(err)
	}
	if got, err = l.alive(l.session); err != nil || got.Image != nil || got.Name != "New" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestUpdateRefusals(t *testing.T) {
	l := begin(t)
	other, _ := l.signUp("b@b.co")
	if err := l.update(other.ID, `{"badge":"7"}`); err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]error{
		`{"email":"c@b.co","name":"x"}`: authserver.ErrEmailCanNotBeUpdated,
		`{"id":"x"}`:                    authserver.ErrNoFieldsToUpdate,
		`{"name":null}`:                 authserver.ValidationError("[body.name] Invalid input: expected string, received null"),
		`{"name":"x","badge":"7"}`:      authserver.ValidationError("[body.badge] Invalid input: another user has this value"),
	} {
		var got, coded *authserver.Error
		if err := l.update(l.user.ID, body); !errors.As(err, &got) || !errors.As(want, &coded) || *got != *coded {
			t.Errorf("%s: %v, want %v", body, err, want)
		}
	}
	if got, err := l.alive(l.session); err != nil || got.Name != "" {
		t.Errorf("a refused update changed the name: %+v, %v", got, err)
	}
	l.exec(`delete from "user" where id = $1`, l.user.ID)
	if err := l.update(l.user.ID, `{"name":"x"}`); !errors.Is(err, authserver.ErrUnauthorized) {
		t.Errorf("a user deleted meanwhile: %v", err)
	}
}

func TestChangePasswordChecksInOrder(t *testing.T) {
	l := begin(t)
	long := string(make([]byte, 129))
	for _, c := range []struct {
		current, next string
		want          error
	}{
		{long, "short", authserver.ErrPasswordTooShort}, {"wrong", long, authserver.ErrPasswordTooLong},
		{long, "NewPassword1", authserver.ErrPasswordTooLong}, {"wrong", "NewPassword1", authserver.ErrInvalidPassword},
	} {
		if _, err := l.ChangePassword(t.Context(), l.user.ID, users.ChangePassword{Current: c.current, New: c.next, RevokeOthers: true}); !errors.Is(err, c.want) {
			t.Errorf("to %.12s: %v, want %v", c.next, err, c.want)
		}
	}
	if _, err := l.alive(l.session); err != nil || l.signIn(password) != nil {
		t.Errorf("refused changes changed something: %v", err)
	}
	for _, statement := range []string{`update account set password = null`, `delete from account`} {
		l.exec(statement)
		_, err := l.ChangePassword(t.Context(), l.user.ID, users.ChangePassword{Current: password, New: "NewPassword1"})
		if !errors.Is(err, authserver.ErrCredentialAccountNotFound) {
			t.Errorf("%s: %v", statement, err)
		}
		if err := l.VerifyPassword(t.Context(), l.user.ID, password); !errors.Is(err, authserver.ErrInvalidPassword) {
			t.Errorf("%s: VerifyPassword = %v", statement, err)
		}
	}
}

func TestChangePasswordKeepsOrReplacesSessions(t *testing.T) {
	l := begin(t)
	kept, err := l.ChangePassword(t.Context(), l.user.ID, users.ChangePassword{Current: password, New: "NewPassword1"})
	if err != nil || kept != nil {
		t.Fatalf("%+v, %v", kept, err)
	}
	if _, err := l.alive(l.session); err != nil {
		t.Errorf("the session: %v", err)
	}
	if err := l.signIn(password); !errors.Is(err, authserver.ErrInvalidEmailOrPassword) {
		t.Errorf("the old password: %v", err)
	}
	client := authserver.Client{IPAddress: "192.0.2.1", UserAgent: "x"}
	replaced, err := l.ChangePassword(t.Context(), l.user.ID, users.ChangePassword{Current: "NewPassword1", New: "NewPassword2", RevokeOthers: true, Client: client})
	if err != nil || replaced == nil || replaced.IPAddress != client.IPAddress || replaced.UserAgent != client.UserAgent {
		t.Fatalf("%+v, %v", replaced, err)
	}
	if _, err := l.alive(l.session); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("the old session: %v", err)
	}
	if _, err := l.alive(*replaced); err != nil {
		t.Errorf("the new session: %v", err)
	}
	if err := l.VerifyPassword(t.Context(), l.user.ID, "NewPassword2"); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestOfTwoChangesOfOnePasswordOneWins(t *testing.T) {
	l := begin(t)
	results := make(chan error, 2)
	for _, next := range []string{"NewPassword1", "NewPassword2"} {
		go func() {
			_, err := l.ChangePassword(t.Context(), l.user.ID, users.ChangePassword{Current: password, New: next})
			results <- err
		}()
	}
	first, second := <-results, <-results
	if (first == nil) == (second == nil) || !errors.Is(errors.Join(first, second), authserver.ErrInvalidPassword) {
		t.Errorf("%v and %v, want one success and one refusal", first, second)
	}
}

func TestDeleteNeedsAPasswordAFreshSessionOrAToken(t *testing.T) {
	l := begin(t)
	l.now = l.now.Add(time.Hour)
	long := string(make([]byte, 129))
	for in, want := range map[users.Delete]error{
		{}:                             authserver.ErrSessionExpired,
		{Password: long}:               authserver.ErrPasswordTooLong,
		{Password: "wrong"}:            authserver.ErrInvalidPassword,
		{Token: "none"}:                authserver.ErrInvalidDeleteToken,
		{Password: "x", Token: "none"}: authserver.ErrInvalidPassword,
	} {
		if err := l.delete(l.session, in); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", in, err, want)
		}
	}
	if _, err := l.alive(l.session); err != nil {
		t.Fatalf("a refused deletion deleted: %v", err)
	}
	if err := l.delete(l.session, users.Delete{Password: password}); err != nil {
		t.Error(err)
	}
	_, fresh := l.signUp("fresh@b.co")
	if err := l.delete(fresh, users.Delete{}); err != nil {
		t.Error(err)
	}
	for _, session := range []authserver.Session{l.session, fresh} {
		if _, err := l.alive(session); !errors.Is(err, authserver.ErrNotFound) {
			t.Errorf("the session of a deleted user: %v", err)
		}
	}
}

func TestDeleteTakesATokenOfTheUserOnce(t *testing.T) {
	l := begin(t)
	l.now = l.now.Add(2 * time.Hour)
	_, other := l.signUp("b@b.co")
	store := func() {
		l.exec(`insert into verification (id, identifier, value, "expiresAt") values ('v', 'delete-account-token', $1, $2)`, l.user.ID, l.now.Add(time.Hour))
	}
	store()
	for range 2 {
		if err := l.DeleteByToken(t.Context(), other, "token"); !errors.Is(err, authserver.ErrInvalidDeleteToken) {
			t.Errorf("by another user: %v", err)
		}
	}
	if err := l.delete(l.session, users.Delete{Token: "token"}); !errors.Is(err, authserver.ErrInvalidDeleteToken) {
		t.Errorf("after another user used it up: %v", err)
	}
	store()
	if err := l.delete(l.session, users.Delete{Token: "token"}); err != nil {
		t.Error(err)
	}
	if _, err := l.alive(other); err != nil {
		t.Errorf("the other user: %v", err)
	}
}

func TestDeleteIsOffUnlessEnabled(t *testing.T) {
	l := begin(t)
	l.DeleteEnabled = false
	if err := l.delete(l.session, users.Delete{Password: password}); !errors.Is(err, authserver.ErrDeleteUserDisabled) {
		t.Errorf("Delete = %v", err)
	}
	if list, err := l.Accounts(t.Context(), l.user.ID); err != nil || len(list) != 1 || list[0].ProviderID != authserver.CredentialProvider || list[0].Password != "" {
		t.Errorf("%+v, %v", list, err)
	}
}
