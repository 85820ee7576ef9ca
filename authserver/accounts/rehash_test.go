package accounts_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
)

// password is that of input.
const password = "Password123!"

// credentials are the rows of the only user.
type credentials struct {
	*accounts.Service
	t      *testing.T
	hasher *counting
	db     *pgx.Conn
	id     string
}

// signedUp is a user whose hash has a form.
func signedUp(t *testing.T, form passhash.Form) *credentials {
	t.Helper()
	c := &credentials{t: t}
	c.Service, c.hasher = service(t, nil)
	var err error
	if c.db, err = pgx.Connect(t.Context(), c.hasher.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.db.Close(context.WithoutCancel(t.Context())) })
	c.configure(form)
	created, err := c.SignUp(t.Context(), input(t, "a@b.co", `{}`))
	if err != nil {
		t.Fatal(err)
	}
	c.id = created.User.ID
	return c
}

// configure is a restart with another form.
func (c *credentials) configure(form passhash.Form) {
	c.hasher.Hasher, c.hasher.hashes = passhash.New(passhash.Options{Form: form, Workers: 2}), 0
}

func (c *credentials) signIn(password string) error {
	_, err := c.SignIn(c.t.Context(), accounts.SignIn{Email: "a@b.co", Password: password, Remember: true})
	return err
}

// row is the hash of the user, and all else of the account.
func (c *credentials) row() (hash, rest string) {
	c.t.Helper()
	if err := c.db.QueryRow(c.t.Context(), `select password, (to_jsonb(a) - 'password')::text from account a`).Scan(&hash, &rest); err != nil {
		c.t.Fatal(err)
	}
	return hash, rest
}

// changer changes passwords in the database of the user.
func (c *credentials) changer(hasher users.Hasher) *users.Service {
	return users.New(users.Options{
		Store: c.Store.(users.Store), Hasher: hasher, Lengths: passhash.Lengths{Min: 8, Max: 128}, Now: time.Now,
	})
}

func form(hash string) passhash.Form {
	if strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		return passhash.Argon2id
	}
	return passhash.Scrypt
}

func TestASignInHashesAnewInTheConfiguredForm(t *testing.T) {
	t.Parallel()
	for _, forms := range [][2]passhash.Form{{passhash.Scrypt, passhash.Argon2id}, {passhash.Argon2id, passhash.Scrypt}} {
		c := signedUp(t, forms[0])
		old, rest := c.row()
		if form(old) != forms[0] {
			t.Fatalf("a sign-up with %s stores %s", forms[0], old)
		}
		c.configure(forms[1])
		if err := c.signIn("password123!"); !errors.Is(err, authserver.ErrInvalidEmailOrPassword) {
			t.Errorf("another password: %v", err)
		}
		if hash, _ := c.row(); hash != old {
			t.Errorf("another password is hashed anew: %s", hash)
		}
		if err := c.signIn(password); err != nil {
			t.Error(err)
		}
		hash, restAfter := c.row()
		if form(hash) != forms[1] || restAfter != rest {
			t.Errorf("after a sign-in with %s: %s, %s; want the rest to be %s", forms[1], hash, restAfter, rest)
		}
		// The next one has nothing to do.
		c.hasher.hashes = 0
		if err := c.signIn(password); err != nil || c.hasher.hashes != 1 {
			t.Errorf("%v after %d hashes", err, c.hasher.hashes)
		}
		if again, _ := c.row(); again != hash {
			t.Error("a hash of the configured form is made anew")
		}
	}
}

func TestWithoutAChangeOfFormASignInOnlyVerifies(t *testing.T) {
	t.Parallel()
	for _, configured := range []passhash.Form{"", passhash.Scrypt, passhash.Argon2id} {
		c := signedUp(t, configured)
		before, rest := c.row()
		c.hasher.hashes = 0
		if err := c.signIn(password); err != nil || c.hasher.hashes != 1 {
			t.Errorf("%q: %v after %d hashes, want one", configured, err, c.hasher.hashes)
		}
		if hash, restAfter := c.row(); hash != before || restAfter != rest {
			t.Errorf("%q: the account is written", configured)
		}
	}
}

// interrupted calls before between the hash of a password and its storage.
type interrupted struct {
	*passhash.Hasher
	before func()
}

func (i interrupted) Hash(ctx context.Context, password string) (string, error) {
	hash, err := i.Hasher.Hash(ctx, password)
	i.before()
	return hash, err
}

func TestAPasswordThatChangesDuringASignInStaysTheNewOne(t *testing.T) {
	t.Parallel()
	c := signedUp(t, passhash.Scrypt)
	c.configure(passhash.Argon2id)
	c.Log = slog.New(slog.NewTextHandler(failing{t}, nil))
	c.Hasher = interrupted{c.hasher.Hasher, func() {
		if _, err := c.changer(c.hasher).ChangePassword(t.Context(), c.id, users.ChangePassword{Current: password, New: "NewPassword1"}); err != nil {
			t.Error(err)
		}
	}}
	if err := c.signIn(password); err != nil {
		t.Errorf("a sign-in with what was the password when it began: %v", err)
	}
	c.Hasher = c.hasher
	if err := c.signIn("NewPassword1"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if err := c.signIn(password); !errors.Is(err, authserver.ErrInvalidEmailOrPassword) {
		t.Errorf("the old password: %v", err)
	}
}

// failing fails the test at what is written.
type failing struct{ t *testing.T }

func (f failing) Write(line []byte) (int, error) {
	f.t.Errorf("logged: %s", line)
	return len(line), nil
}

func TestAChangeOfPasswordSurvivesASignInThatHashesAnew(t *testing.T) {
	t.Parallel()
	c := signedUp(t, passhash.Scrypt)
	c.configure(passhash.Argon2id)
	var once sync.Once
	hasher := interrupted{c.hasher.Hasher, func() {
		once.Do(func() {
			if err := c.signIn(password); err != nil {
				t.Error(err)
			}
		})
	}}
	if _, err := c.changer(hasher).ChangePassword(t.Context(), c.id, users.ChangePassword{Current: password, New: "NewPassword1"}); err != nil {
		t.Fatalf("a change with the right password: %v", err)
	}
	if err := c.signIn("NewPassword1"); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestSignInsAndChangesAtOnceLeaveTheLastChange(t *testing.T) {
	t.Parallel()
	c := signedUp(t, passhash.Scrypt)
	// The changes are made by a replica that does not know of argon2id yet, so that there is always something to hash anew.
	changer := c.changer(passhash.New(passhash.Options{Workers: 2}))
	o := c.Options
	o.Hasher = passhash.New(passhash.Options{Form: passhash.Argon2id, Workers: 2})
	signIns := accounts.New(o)
	current := password
	for round, next := range []string{"NewPassword1", "NewPassword2", "NewPassword3"} {
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				_, err := signIns.SignIn(t.Context(), accounts.SignIn{Email: "a@b.co", Password: current})
				if err != nil && !errors.Is(err, authserver.ErrInvalidEmailOrPassword) {
					t.Error(err)
				}
			})
		}
		group.Go(func() {
			_, err := changer.ChangePassword(t.Context(), c.id, users.ChangePassword{Current: current, New: next})
			if err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		})
		group.Wait()
		if err := c.signIn(next); err != nil {
			t.Fatalf("round %d: the new password: %v", round, err)
		}
		current = next
	}
}

// broken is a store that cannot store a hash.
type broken struct {
	accounts.Store
	err error
}

func (b broken) Rehash(context.Context, string, string, string) error { return b.err }

// busy is a hasher that is too busy for a second hash.
type busy struct{ *passhash.Hasher }

func (busy) Hash(context.Context, string) (string, error) { return "", authserver.ErrBusy }

func TestASignInSucceedsWithoutTheNewHash(t *testing.T) {
	t.Parallel()
	c := signedUp(t, passhash.Scrypt)
	c.configure(passhash.Argon2id)
	before, _ := c.row()
	store := c.Store
	for name, change := range map[string]func(){
		"a store that fails": func() { c.Store = broken{store, authserver.ErrUnavailable} },
		"too many hashes":    func() { c.Hasher = busy{c.hasher.Hasher} },
	} {
		log := &bytes.Buffer{}
		c.Store, c.Hasher, c.Log = store, c.hasher, slog.New(slog.NewTextHandler(log, nil))
		change()
		if err := c.signIn(password); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if hash, _ := c.row(); hash != before {
			t.Errorf("%s: the hash is %s", name, hash)
		}
		if !strings.Contains(log.String(), "could not be hashed anew") || strings.Contains(log.String(), before) || strings.Contains(log.String(), password) {
			t.Errorf("%s: logged %q", name, log)
		}
	}
}

func TestHostileHashesRefuseTheSignIn(t *testing.T) {
	t.Parallel()
	c := signedUp(t, passhash.Argon2id)
	for _, hash := range []string{
		"", ":", "$", "$argon2id$v=19$m=4294967295,t=4294967295,p=255$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw",
		"$argon2id$v=19$m=19456,t=0,p=0$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", "$argon2id$" + strings.Repeat("x", 1<<20),
	} {
		if _, err := c.db.Exec(t.Context(), `update account set password = $1`, hash); err != nil {
			t.Fatal(err)
		}
		if err := c.signIn(password); !errors.Is(err, authserver.ErrInvalidEmailOrPassword) {
			t.Errorf("%.40q: %v", hash, err)
		}
		if after, _ := c.row(); after != hash {
			t.Errorf("%.40q became %q", hash, after)
		}
	}
}
