package accounts_test

import (
	"context"
	"errors"
	"strings"
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
)

// counting counts the hashes of the real hasher.
type counting struct {
	*passhash.Hasher
	hashes int
	// url is the database of the service.
	url string
}

func (c *counting) Hash(ctx context.Context, password string) (string, error) {
	c.hashes++
	return c.Hasher.Hash(ctx, password)
}

func (c *counting) Verify(ctx context.Context, hash, password string) (bool, error) {
	c.hashes++
	return c.Hasher.Verify(ctx, hash, password)
}

func service(t *testing.T, change func(*accounts.Options)) (*accounts.Service, *counting) {
	t.Helper()
	url := pgtest.Database(t)
	cfg := &config.Config{CustomFields: []config.CustomField{{Name: "badge", Type: "string", Unique: true}}}
	full, err := config.Load("", func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	cfg.CustomFields[0].Input, cfg.CustomFields[0].Returned = &yes, &yes
	full.CustomFields = cfg.CustomFields
	full.Email.Host = "smtp.example.com"
	if err := schema.Migrate(t.Context(), url, full); err != nil {
		t.Fatal(err)
	}
	store, err := postgres.Open(t.Context(), postgres.Options{URL: url, Fields: full.Fields()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	hasher := &counting{Hasher: passhash.New(passhash.Options{Workers: 2}), url: url}
	o := accounts.Options{
		Store: store, Hasher: hasher, Fields: full.Fields(), Enabled: true, AutoSignIn: true, Lengths: passhash.Lengths{Min: 8, Max: 128},
		NewID: ids.Generator{}.New, Now: time.Now,
	}
	o.Sessions = sessions.New(sessions.Options{Store: store, TTL: time.Hour, NewID: o.NewID, Now: o.Now})
	if change != nil {
		change(&o)
	}
	return accounts.New(o), hasher
}

func input(t *testing.T, email, body string) accounts.SignUp {
	t.Helper()
	value, err := ecma.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return accounts.SignUp{Name: "A", Email: email, Password: "Password123!", Body: value, Remember: true}
}

func TestSignUpThenSignIn(t *testing.T) {
	s, _ := service(t, nil)
	created, err := s.SignUp(t.Context(), input(t, "A@B.co", `{"badge":"1"}`))
	if err != nil || created.User.Email != "a@b.co" || created.Session == nil {
		t.Fatalf("%+v, %v", created, err)
	}
	signedIn, err := s.SignIn(t.Context(), accounts.SignIn{Email: "a@B.CO", Password: "Password123!", Remember: true})
	if err != nil || signedIn.User.ID != created.User.ID || signedIn.Session.Token == created.Session.Token {
		t.Errorf("%+v, %v", signedIn, err)
	}
	_, err = s.SignIn(t.Context(), accounts.SignIn{Email: "a@b.co", Password: "password123!"})
	if !errors.Is(err, authserver.ErrInvalidEmailOrPassword) {
		t.Errorf("another password: %v", err)
	}
}

func TestATakenValueOfAUniqueFieldIsRefused(t *testing.T) {
	s, _ := service(t, nil)
	for i, want := range []error{nil, authserver.ErrFailedToCreateUser} {
		_, err := s.SignUp(t.Context(), input(t, strings.Repeat("a", i+1)+"@b.co", `{"badge":"7"}`))
		if !errors.Is(err, want) {
			t.Errorf("sign-up %d: %v, want %v", i, err, want)
		}
	}
}

func TestWithoutAutoSignInATakenAddressLooksFree(t *testing.T) {
	s, hasher := service(t, func(o *accounts.Options) { o.AutoSignIn = false })
	first, err := s.SignUp(t.Context(), input(t, "a@b.co", `{}`))
	if err != nil || first.Session != nil {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := s.SignUp(t.Context(), input(t, "a@b.co", `{"badge":"2"}`))
	if err != nil || second.Session != nil || second.User.ID == first.User.ID || second.User.Fields[0] != "2" {
		t.Errorf("%+v, %v", second, err)
	}
	if hasher.hashes != 2 {
		t.Errorf("%d hashes for two sign-ups: time tells which address is taken", hasher.hashes)
	}
}

func TestAnUnknownAddressCostsAHash(t *testing.T) {
	s, hasher := service(t, nil)
	_, err := s.SignIn(t.Context(), accounts.SignIn{Email: "nobody@b.co", Password: "Password123!"})
	if !errors.Is(err, authserver.ErrInvalidEmailOrPassword) || hasher.hashes != 1 {
		t.Errorf("%v after %d hashes", err, hasher.hashes)
	}
}

func TestPasswordLengthsCountUTF16(t *testing.T) {
	s, hasher := service(t, nil)
	for password, want := range map[string]error{
		"😀😀😀": authserver.ErrPasswordTooShort, "1234567": authserver.ErrPasswordTooShort,
		strings.Repeat("é", 129): authserver.ErrPasswordTooLong, strings.Repeat("😀", 65): authserver.ErrPasswordTooLong,
	} {
		in := input(t, "a@b.co", `{}`)
		in.Password = password
		if _, err := s.SignUp(t.Context(), in); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v, want %v", len(password), err, want)
		}
	}
	if hasher.hashes != 0 {
		t.Errorf("%d hashes of refused passwords", hasher.hashes)
	}
	in := input(t, "a@b.co", `{}`)
	in.Password = strings.Repeat("😀", 4)
	if _, err := s.SignUp(t.Context(), in); err != nil {
		t.Errorf("8 code units: %v", err)
	}
}

// deleting removes every user once a password was checked, as a concurrent deletion does.
type deleting struct {
	*passhash.Hasher
	t   *testing.T
	url string
}

func (d deleting) Verify(ctx context.Context, hash, password string) (bool, error) {
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `delete from "user"`); err != nil {
		d.t.Fatal(err)
	}
	return d.Hasher.Verify(ctx, hash, password)
}

func TestAUserDeletedDuringSignInIsUnknown(t *testing.T) {
	s, hasher := service(t, nil)
	if _, err := s.SignUp(t.Context(), input(t, "a@b.co", `{}`)); err != nil {
		t.Fatal(err)
	}
	s.Hasher = deleting{hasher.Hasher, t, hasher.url}
	_, err := s.SignIn(t.Context(), accounts.SignIn{Email: "a@b.co", Password: "Password123!"})
	if !errors.Is(err, authserver.ErrInvalidEmailOrPassword) {
		t.Errorf("SignIn = %v", err)
	}
}

func TestSwitches(t *testing.T) {
	off, _ := service(t, func(o *accounts.Options) { o.Enabled = false })
	if _, err := off.SignUp(t.Context(), accounts.SignUp{}); !errors.Is(err, authserver.ErrSignUpDisabled) {
		t.Errorf("sign-up: %v", err)
	}
	if _, err := off.SignIn(t.Context(), accounts.SignIn{}); !errors.Is(err, authserver.ErrSignInDisabled) {
		t.Errorf("sign-in: %v", err)
	}
}

// letters makes a mail that says for whom and where to.
type letters struct{ kind string }

func (l letters) VerifyEmail(user authserver.User, callbackURL string) authserver.Mail {
	return authserver.Mail{ID: ids.Generator{}.New(), Kind: authserver.MailKind(l.kind), To: user.Email, URL: callbackURL, ExpiresAt: time.Now().Add(time.Hour), CreatedAt: time.Now()}
}

func TestVerificationIsRequired(t *testing.T) {
	s, hasher := service(t, func(o *accounts.Options) {
		o.RequireVerification, o.SignUpMails, o.SignInMails = true, letters{"up"}, letters{"in"}
	})
	in := input(t, "A@b.co", `{"badge":"7"}`)
	in.CallbackURL = "/welcome"
	for range 2 {
		if created, err := s.SignUp(t.Context(), in); err != nil || created.Session != nil {
			t.Fatalf("%+v, %v", created, err)
		}
	}
	other := input(t, "b@b.co", `{"badge":"7"}`)
	if _, err := s.SignUp(t.Context(), other); !errors.Is(err, authserver.ErrFailedToCreateUser) {
		t.Errorf("a refused sign-up: %v", err)
	}
	signIn := accounts.SignIn{Email: "a@b.co", Password: "Password123!", CallbackURL: "/in"}
	if _, err := s.SignIn(t.Context(), signIn); !errors.Is(err, authserver.ErrEmailNotVerified) {
		t.Errorf("%v", err)
	}
	s.SignInMails = nil
	if _, err := s.SignIn(t.Context(), signIn); !errors.Is(err, authserver.ErrEmailNotVerified) {
		t.Errorf("without mail: %v", err)
	}
	signIn.Password = "wrong-password"
	if _, err := s.SignIn(t.Context(), signIn); !errors.Is(err, authserver.ErrInvalidEmailOrPassword) {
		t.Errorf("another password: %v", err)
	}
	conn, err := pgx.Connect(t.Context(), hasher.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	rows, err := conn.Query(t.Context(), `select kind || ' ' || recipient || ' ' || url from gatehouse_outbox order by "createdAt"`)
	if err != nil {
		t.Fatal(err)
	}
	mails, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || strings.Join(mails, ", ") != "up a@b.co /welcome, in a@b.co /in" {
		t.Errorf("mails %q, %v", mails, err)
	}
	if _, err := conn.Exec(t.Context(), `update "user" set "emailVerified" = true`); err != nil {
		t.Fatal(err)
	}
	signIn.Password = "Password123!"
	if _, err := s.SignIn(t.Context(), signIn); err != nil {
		t.Errorf("verified: %v", err)
	}
}
