package verifications_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/links"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

// post is a service on a real database, with a clock of the test.
type post struct {
	*verifications.Service
	t     *testing.T
	store *postgres.Store
	db    *pgx.Conn
	links *links.Maker
	now   time.Time
	users int
	// waited is the sum of all waits.
	waited time.Duration
}

func begin(t *testing.T, change ...func(*verifications.Options)) *post {
	t.Helper()
	location := pgtest.Database(t)
	cfg, err := config.Load("", func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	cfg.Email.Host = "smtp.example.com"
	if err := schema.Migrate(t.Context(), location, cfg); err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	if p.store, err = postgres.Open(t.Context(), postgres.Options{URL: location}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.store.Close)
	if p.db, err = pgx.Connect(t.Context(), location); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.db.Close(context.WithoutCancel(t.Context())) })
	clock := func() time.Time { return p.now }
	p.links = maker(t, clock, "secret")
	o := verifications.Options{
		Store: p.store, Verifications: p.store, Tokens: p.links.Keys, Links: p.links, Hasher: passhash.New(passhash.Options{Workers: 2}),
		Lengths: passhash.Lengths{Min: 8, Max: 128}, ChangeEmailEnabled: true, ConfirmCurrent: true, NewID: ids.Generator{}.New, Now: clock,
		Wait: func(_ context.Context, d time.Duration) { p.waited += d },
	}
	for _, c := range change {
		c(&o)
	}
	p.Service = verifications.New(o)
	return p
}

func maker(t *testing.T, clock func() time.Time, secrets ...string) *links.Maker {
	t.Helper()
	keys, err := tokens.NewKeyring(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return links.New(links.Options{
		BaseURL: "https://auth.example.com/api/auth", Keys: keys, VerificationTTL: time.Hour, ResetTTL: time.Hour, DeleteTTL: time.Hour, Now: clock,
	})
}

// user stores a user with a session, and without an account.
func (p *post) user(email string, verified bool) authserver.User {
	p.t.Helper()
	p.users++
	id := fmt.Sprintf("user%d", p.users)
	p.exec(`insert into "user" (id, name, email, "emailVerified") values ($1, 'N', $2, $3)`, id, email, verified)
	p.exec(`insert into session (id, token, "userId", "expiresAt", "updatedAt") values ($1, $1, $1, $2, $2)`, id, p.now.Add(time.Hour))
	return p.read(id)
}

func (p *post) read(id string) authserver.User {
	p.t.Helper()
	user, err := p.store.UserByID(p.t.Context(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return user
}

func (p *post) exec(statement string, arguments ...any) {
	p.t.Helper()
	if _, err := p.db.Exec(p.t.Context(), statement, arguments...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) count(query string, arguments ...any) (n int) {
	p.t.Helper()
	if err := p.db.QueryRow(p.t.Context(), query, arguments...).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// mails are the kinds and recipients of the mails that were queued since the last call.
func (p *post) mails() (mails []string) {
	p.t.Helper()
	rows, err := p.db.Query(p.t.Context(), `select kind || ' ' || recipient from gatehouse_outbox order by "createdAt"`)
	if err != nil {
		p.t.Fatal(err)
	}
	if mails, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		p.t.Fatal(err)
	}
	p.exec(`delete from gatehouse_outbox`)
	return mails
}

// token is that of the link in a mail.
func token(t *testing.T, link string) string {
	t.Helper()
	parsed, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if token := parsed.Query().Get("token"); token != "" {
		return token
	}
	return path.Base(parsed.Path)
}

// follow opens the link of a mail.
func (p *post) follow(link string) (verifications.Followed, error) {
	p.t.Helper()
	opened, err := p.Open(p.t.Context(), token(p.t, link))
	if err != nil {
		return verifications.Followed{}, err
	}
	return p.Follow(p.t.Context(), opened, "/next")
}

func TestALinkVerifiesItsAddressUntilItExpires(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", false)
	link := p.links.VerifyEmail(user, "").URL
	for i, verified := range []bool{true, false} {
		p.now = p.now.Add(time.Minute)
		followed, err := p.follow(link)
		if err != nil || followed.Verified != verified || followed.Changed || !followed.User.EmailVerified {
			t.Errorf("use %d: %+v, %v", i, followed, err)
		}
	}
	if got := p.read(user.ID); !got.EmailVerified || !got.UpdatedAt.Equal(p.now.Add(-time.Minute)) {
		t.Errorf("%+v", got)
	}
	p.now = p.now.Add(time.Hour)
	if _, err := p.follow(link); !errors.Is(err, authserver.ErrLinkExpired) {
		t.Errorf("expired: %v", err)
	}
}

func TestALinkIsForItsUserAndAddressOnly(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", false)
	link := p.links.VerifyEmail(user, "").URL
	stale, err := p.Open(t.Context(), token(t, link))
	if err != nil {
		t.Fatal(err)
	}
	p.exec(`update "user" set email = 'new@b.co'`)
	if _, err := p.Follow(t.Context(), stale, ""); !errors.Is(err, authserver.ErrInvalidLink) {
		t.Errorf("the address changes while the link is opened: %v", err)
	}
	if _, err := p.follow(link); !errors.Is(err, authserver.ErrLinkUserNotFound) {
		t.Errorf("an address that nobody has: %v", err)
	}
	other := p.user("a@b.co", false)
	for name, forged := range map[string]string{
		"of the former owner of the address": link, "tampered": link[:len(link)-20] + "x" + link[len(link)-19:], "none": "/", "short": "/?token=abc",
		"of another key": maker(t, p.Now, "other").VerifyEmail(other, "").URL,
	} {
		if _, err := p.follow(forged); !errors.Is(err, authserver.ErrInvalidLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := p.count(`select count(*) from "user" where "emailVerified"`); n != 0 {
		t.Errorf("%d users are verified", n)
	}
}

func TestWhoAsksForALinkLearnsNothing(t *testing.T) {
	p := begin(t)
	known, verified := p.user("a@b.co", false), p.user("v@b.co", true)
	// The clock goes on while the database works, and more for those who get a mail.
	p.Store = slow{p.store, p}
	p.Verifications = slow{p.store, p}
	for _, test := range []struct {
		name  string
		ask   func() error
		mails []string
	}{
		{"verify, unknown", func() error { return p.Send(t.Context(), "none@b.co", "") }, nil},
		{"verify, verified", func() error { return p.Send(t.Context(), "v@b.co", "") }, nil},
		{"verify", func() error { return p.Send(t.Context(), "A@B.co", "/x") }, []string{"verify-email a@b.co"}},
		{"reset, unknown", func() error { return p.RequestReset(t.Context(), "none@b.co", "") }, nil},
		{"reset", func() error { return p.RequestReset(t.Context(), "A@B.co", "/x") }, []string{"reset-password a@b.co"}},
		{"change, taken", func() error {
			return errorOf(p.ChangeEmail(t.Context(), known, verifications.ChangeEmail{NewEmail: "V@b.co"}))
		}, nil},
		{"change, taken, verified", func() error {
			return errorOf(p.ChangeEmail(t.Context(), verified, verifications.ChangeEmail{NewEmail: "A@b.co"}))
		}, nil},
		{"change", func() error {
			return errorOf(p.ChangeEmail(t.Context(), known, verifications.ChangeEmail{NewEmail: "New@b.co"}))
		}, []string{"verify-new-email new@b.co"}},
		{"change, verified", func() error {
			return errorOf(p.ChangeEmail(t.Context(), verified, verifications.ChangeEmail{NewEmail: "New@b.co"}))
		}, []string{"confirm-email-change v@b.co"}},
	} {
		start := p.now
		p.waited = 0
		if err := test.ask(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if took := p.now.Sub(start) + p.waited; took != 500*time.Millisecond {
			t.Errorf("%s takes %v", test.name, took)
		}
		if got := p.mails(); !slices.Equal(got, test.mails) {
			t.Errorf("%s: mails %q, want %q", test.name, got, test.mails)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// slow is a store whose clock goes on.
type slow struct {
	*postgres.Store
	p *post
}

func (s slow) UserByEmail(ctx context.Context, email string) (authserver.User, error) {
	s.p.now = s.p.now.Add(3 * time.Millisecond)
	return s.Store.UserByEmail(ctx, email)
}

func (s slow) QueueMails(ctx context.Context, mails ...authserver.Mail) error {
	s.p.now = s.p.now.Add(20 * time.Millisecond)
	return s.Store.QueueMails(ctx, mails...)
}

func (s slow) CreateVerification(ctx context.Context, v authserver.Verification, mails ...authserver.Mail) error {
	s.p.now = s.p.now.Add(30 * time.Millisecond)
	return s.Store.CreateVerification(ctx, v, mails...)
}

func TestWhoIsSignedInLearnsWhyThereIsNoLink(t *testing.T) {
	p := begin(t)
	known, verified := p.user("a@b.co", false), p.user("v@b.co", true)
	for email, test := range map[string]struct {
		user authserver.User
		want error
	}{
		"v@b.co": {known, authserver.ErrEmailMismatch}, "V@b.co": {verified, authserver.ErrEmailAlreadyVerified}, "A@b.co": {known, nil},
	} {
		if err := p.SendTo(t.Context(), test.user, email, ""); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", email, err, test.want)
		}
	}
	if got := p.mails(); !slices.Equal(got, []string{"verify-email a@b.co"}) || p.waited != 0 {
		t.Errorf("%q, after %v", got, p.waited)
	}
}

func TestNothingNeedsMailThatIsNotThere(t *testing.T) {
	p := begin(t, func(o *verifications.Options) { o.Links = nil })
	user := p.user("a@b.co", true)
	for name, err := range map[string]error{
		"VERIFICATION_EMAIL_NOT_ENABLED": p.Send(t.Context(), "a@b.co", ""),
		"RESET_PASSWORD_DISABLED":        p.RequestReset(t.Context(), "a@b.co", ""),
		"":                               errorOf(p.ChangeEmail(t.Context(), user, verifications.ChangeEmail{NewEmail: "b@b.co"})),
	} {
		var coded *authserver.Error
		if !errors.As(err, &coded) || coded.Code != name || coded.Kind != authserver.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.SendTo(t.Context(), user, "a@b.co", ""); !errors.Is(err, authserver.ErrVerificationNotEnabled) {
		t.Error(err)
	}
	if _, err := p.follow(p.links.ConfirmChange(user, "b@b.co", "").URL); err != nil {
		t.Errorf("a link from better times: %v", err)
	}
	p.ConfirmCurrent, p.UpdateWithoutVerification = false, true
	p.exec(`update "user" set "emailVerified" = false`)
	if changed, err := p.ChangeEmail(t.Context(), p.read(user.ID), verifications.ChangeEmail{NewEmail: "b@b.co"}); !changed || err != nil {
		t.Errorf("a change that needs no mail: %v, %v", changed, err)
	}
}
