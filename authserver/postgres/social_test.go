package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

// social is an account with all that a provider may give.
func social(id string) authserver.Account {
	return authserver.Account{
		ID: id, AccountID: "g-1", ProviderID: "google", UserID: "user1", AccessToken: "at", RefreshToken: "rt", IDToken: "id.to.ken",
		AccessTokenExpiresAt: now.Add(time.Hour), RefreshTokenExpiresAt: now.Add(24 * time.Hour), Scopes: []string{"openid", "email"},
		CreatedAt: now.Add(time.Second), UpdatedAt: now.Add(time.Second),
	}
}

func TestSocialAccountsComeBackAsTheyWereStored(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.0.22", "1.7.25-ratelimit"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			store, _ := inhabited(t, version)
			full := social("full")
			bare := authserver.Account{ID: "bare", AccountID: "7", ProviderID: "github", UserID: "user1", Scopes: []string{}, CreatedAt: now, UpdatedAt: now}
			for _, want := range []authserver.Account{full, bare} {
				if err := store.LinkAccount(t.Context(), &want); err != nil {
					t.Fatal(err)
				}
				owned, user, err := store.AccountOwner(t.Context(), want.ProviderID, want.AccountID)
				if err != nil || user.ID != "user1" || user.Email != "ob@example.com" {
					t.Fatalf("owner %v, %v", user, err)
				}
				if diff := cmp.Diff(want, owned); diff != "" {
					t.Error(diff)
				}
				got, err := store.AccountOf(t.Context(), "user1", want.ID)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Error(diff, err)
				}
			}
			for _, ask := range [][2]string{{"user2", "full"}, {"user1", "nope"}, {"user1", "g-1"}} {
				if _, err := store.AccountOf(t.Context(), ask[0], ask[1]); !errors.Is(err, authserver.ErrNotFound) {
					t.Errorf("the account %s of %s: %v", ask[1], ask[0], err)
				}
			}
			for _, ask := range [][2]string{{"github", "g-1"}, {"google", "7"}, {"google", "G-1"}} {
				if _, _, err := store.AccountOwner(t.Context(), ask[0], ask[1]); !errors.Is(err, authserver.ErrNotFound) {
					t.Errorf("the owner of %s at %s: %v", ask[1], ask[0], err)
				}
			}
		})
	}
}

func TestSocialAccountsInEveryKindOfID(t *testing.T) {
	t.Parallel()
	for name, generation := range generations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t, postgres.Options{URL: database(t, generation.dump, generation.more...)})
			user, _ := settle(t, store)
			account, first := social("account2"), social("account3")
			account.UserID = user.ID
			newcomer := user
			newcomer.Email = "new@example.com"
			var err error
			if newcomer.ID, err = store.UserID(t.Context(), "user2"); err != nil {
				t.Fatal(err)
			}
			first.AccountID, first.UserID = "g-2", newcomer.ID
			for step, err := range []error{
				store.LinkAccount(t.Context(), &account), store.CreateSocialUser(t.Context(), newcomer, &first),
				store.UpdateAccount(t.Context(), account.ID, authserver.AccountChange{AccessToken: "at2", At: now}),
				store.RenewAccount(t.Context(), user.ID, account.ID, func(authserver.Account) (authserver.AccountChange, error) {
					return authserver.AccountChange{RefreshToken: "rt2", At: now}, nil
				}),
			} {
				if err != nil {
					t.Errorf("step %d: %v", step, err)
				}
			}
			account.AccessToken, account.RefreshToken, account.UpdatedAt = "at2", "rt2", now
			got, owner, err := store.AccountOwner(t.Context(), "google", "g-1")
			if diff := cmp.Diff([]any{account, user.ID}, []any{got, owner.ID}); diff != "" || err != nil {
				t.Error(err, diff)
			}
			if !regexp.MustCompile(generation.form).MatchString(account.ID) || account.ID == first.ID {
				t.Errorf("the ids are %s and %s", account.ID, first.ID)
			}
			for _, id := range []string{"nope", "0", first.ID} {
				if err := store.UnlinkAccount(t.Context(), user.ID, id, true); !errors.Is(err, authserver.ErrNotFound) {
					t.Errorf("unlink %s: %v", id, err)
				}
				if _, err := store.AccountOf(t.Context(), user.ID, id); !errors.Is(err, authserver.ErrNotFound) {
					t.Errorf("read %s: %v", id, err)
				}
			}
			if err := store.UnlinkAccount(t.Context(), user.ID, account.ID, false); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestUpdateAccountLeavesWhatWasNotGiven(t *testing.T) {
	t.Parallel()
	store, _ := inhabited(t, "1.7.25-ratelimit")
	want := social("a")
	if err := store.LinkAccount(t.Context(), &want); err != nil {
		t.Fatal(err)
	}
	later := now.Add(time.Minute)
	for _, step := range []struct {
		change authserver.AccountChange
		apply  func(*authserver.Account)
	}{
		{authserver.AccountChange{At: later}, func(*authserver.Account) {}},
		{authserver.AccountChange{AccessToken: "at2", At: later}, func(a *authserver.Account) { a.AccessToken = "at2" }},
		{authserver.AccountChange{RefreshToken: "rt2", IDToken: "id2", Scopes: []string{"x"}, At: later},
			func(a *authserver.Account) { a.RefreshToken, a.IDToken, a.Scopes = "rt2", "id2", []string{"x"} }},
		{authserver.AccountChange{AccessTokenExpiresAt: later, RefreshTokenExpiresAt: later, At: later},
			func(a *authserver.Account) { a.AccessTokenExpiresAt, a.RefreshTokenExpiresAt = later, later }},
	} {
		if err := store.UpdateAccount(t.Context(), "a", step.change); err != nil {
			t.Fatal(err)
		}
		step.apply(&want)
		want.UpdatedAt = later
		got, err := store.AccountOf(t.Context(), "user1", "a")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	if err := store.UpdateAccount(t.Context(), "nope", authserver.AccountChange{At: later}); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("an account that is gone: %v", err)
	}
}

func TestAnAccountIsAddedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	const tries = 12
	var linked, created atomic.Int32
	var wait sync.WaitGroup
	for i := range tries {
		wait.Go(func() {
			err := store.LinkAccount(t.Context(), new(social(fmt.Sprintf("link%d", i))))
			if err == nil {
				linked.Add(1)
			} else if !errors.Is(err, authserver.ErrAccountTaken) {
				t.Error(err)
			}
		})
		wait.Go(func() {
			user, _, _ := sample()
			user.ID, user.Email, user.Fields = fmt.Sprintf("new%d", i), fmt.Sprintf("new%d@example.com", i), make([]any, len(customFields))
			account := social(fmt.Sprintf("create%d", i))
			account.AccountID, account.UserID = "g-2", user.ID
			err := store.CreateSocialUser(t.Context(), user, &account)
			if err == nil {
				created.Add(1)
			} else if !errors.Is(err, authserver.ErrAccountTaken) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if linked.Load() != 1 || created.Load() != 1 {
		t.Errorf("%d of %d linked and %d created, want one of each", linked.Load(), tries, created.Load())
	}
	if users, accounts := number(t, location, `"user"`), number(t, location, "account"); users != 2 || accounts != 3 {
		t.Errorf("%d users and %d accounts, want 2 and 3: a refused user must not stay", users, accounts)
	}
}

func TestCreateSocialUserSaysWhoIsInTheWay(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	user, _, _ := sample()
	user.Fields = make([]any, len(customFields))
	user.ID = "user2"
	account := social("a")
	account.UserID = "user2"
	if err := store.CreateSocialUser(t.Context(), user, &account); !errors.Is(err, authserver.ErrEmailTaken) {
		t.Errorf("a taken address: %v", err)
	}
	user.Email, user.Name = "new@example.com", "\x00"
	if err := store.CreateSocialUser(t.Context(), user, &account); !errors.Is(err, authserver.ErrRejected) {
		t.Errorf("a name that cannot be stored: %v", err)
	}
	account.UserID = "nobody"
	if err := store.LinkAccount(t.Context(), &account); !errors.Is(err, authserver.ErrRejected) {
		t.Errorf("an account of nobody: %v", err)
	}
	if users, accounts := number(t, location, `"user"`), number(t, location, "account"); users != 1 || accounts != 1 {
		t.Errorf("%d users and %d accounts stay", users, accounts)
	}
}

func TestAnAccountOfTwoUsersHasNoOwner(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	if err := store.LinkAccount(t.Context(), new(social("a"))); err != nil {
		t.Fatal(err)
	}
	const again = `insert into account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt") select 'b', 'g-1', 'google', id, now() + interval '1 year', now() from "user" where id = `
	execute(t, location, again+`'user1'`)
	if account, _, err := store.AccountOwner(t.Context(), "google", "g-1"); err != nil || account.ID != "a" {
		t.Errorf("twice the same user: %s, %v", account.ID, err)
	}
	execute(t, location, `insert into "user" (id, name, email, "emailVerified") values ('user2', '', 'x@example.com', false)`, `update account set "userId" = 'user2' where id = 'b'`)
	if _, _, err := store.AccountOwner(t.Context(), "google", "g-1"); err == nil || errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("two users: %v", err)
	}
}

func TestRenewAccountIsForOneAtATime(t *testing.T) {
	t.Parallel()
	store, _ := inhabited(t, "1.7.25-ratelimit")
	if err := store.LinkAccount(t.Context(), new(social("a"))); err != nil {
		t.Fatal(err)
	}
	const tries = 8
	var inside, most atomic.Int32
	var wait sync.WaitGroup
	for range tries {
		wait.Go(func() {
			err := store.RenewAccount(t.Context(), "user1", "a", func(account authserver.Account) (authserver.AccountChange, error) {
				most.Store(max(most.Load(), inside.Add(1)))
				defer inside.Add(-1)
				return authserver.AccountChange{RefreshToken: account.RefreshToken + "+", At: now}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	account, err := store.AccountOf(t.Context(), "user1", "a")
	if err != nil || account.RefreshToken != "rt++++++++" || most.Load() != 1 {
		t.Errorf("the refresh token is %q, %d at once, %v: every change must build on the one before", account.RefreshToken, most.Load(), err)
	}
}

func TestRenewAccountChangesNothingWithoutNewTokens(t *testing.T) {
	t.Parallel()
	store, _ := inhabited(t, "1.7.25-ratelimit")
	if err := store.LinkAccount(t.Context(), new(social("a"))); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	answer := func(change authserver.AccountChange, err error) func(authserver.Account) (authserver.AccountChange, error) {
		return func(authserver.Account) (authserver.AccountChange, error) { return change, err }
	}
	if err := store.RenewAccount(t.Context(), "user1", "a", answer(authserver.AccountChange{AccessToken: "x", At: now}, refused)); !errors.Is(err, refused) {
		t.Errorf("the provider's error: %v", err)
	}
	if err := store.RenewAccount(t.Context(), "user1", "a", answer(authserver.AccountChange{AccessToken: "x"}, nil)); err != nil {
		t.Errorf("nothing to do: %v", err)
	}
	for _, ask := range [][2]string{{"user1", "nope"}, {"user2", "a"}} {
		called := func(authserver.Account) (authserver.AccountChange, error) {
			t.Error("asked the provider")
			return authserver.AccountChange{}, nil
		}
		if err := store.RenewAccount(t.Context(), ask[0], ask[1], called); !errors.Is(err, authserver.ErrNotFound) {
			t.Errorf("%v: %v", ask, err)
		}
	}
	got, err := store.AccountOf(t.Context(), "user1", "a")
	if diff := cmp.Diff(social("a"), got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestUnlinkAccountLeavesOne(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	unlink := func(userID, id string, last bool, want error) {
		t.Helper()
		if err := store.UnlinkAccount(t.Context(), userID, id, last); !errors.Is(err, want) {
			t.Errorf("unlink %s of %s: %v, want %v", id, userID, err, want)
		}
	}
	unlink("user1", "account1", false, authserver.ErrLastAccount)
	unlink("user1", "nope", false, authserver.ErrLastAccount)
	unlink("user1", "nope", true, authserver.ErrNotFound)
	unlink("user2", "account1", true, authserver.ErrNotFound)
	if err := store.LinkAccount(t.Context(), new(social("a"))); err != nil {
		t.Fatal(err)
	}
	unlink("user1", "g-1", false, authserver.ErrNotFound)
	// Two requests, each for another of the last two.
	results := make(chan error, 2)
	for _, id := range []string{"account1", "a"} {
		go func() { results <- store.UnlinkAccount(context.WithoutCancel(t.Context()), "user1", id, false) }()
	}
	first, second := <-results, <-results
	if first == nil {
		first, second = second, first
	}
	if !errors.Is(first, authserver.ErrLastAccount) || second != nil {
		t.Errorf("the results are %v and %v", first, second)
	}
	if left := number(t, location, "account"); left != 1 {
		t.Errorf("%d accounts are left", left)
	}
}

func number(t *testing.T, location, table string) (n int) {
	t.Helper()
	read(t, location, `SELECT count(*) FROM `+table, &n)
	return n
}
