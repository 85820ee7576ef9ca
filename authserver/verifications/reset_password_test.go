package verifications_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

// request asks for a reset and returns the token.
func (p *post) request(email string) string {
	p.t.Helper()
	p.now = p.now.Add(time.Millisecond)
	if err := p.RequestReset(p.t.Context(), email, "/x"); err != nil {
		p.t.Fatal(err)
	}
	var link string
	if err := p.db.QueryRow(p.t.Context(), `select url from gatehouse_outbox order by "createdAt" desc limit 1`).Scan(&link); err != nil {
		p.t.Fatal(err)
	}
	return token(p.t, link)
}

// matches says whether a user has a password.
func (p *post) matches(user authserver.User, password string) bool {
	p.t.Helper()
	hash, err := p.store.CredentialOf(p.t.Context(), user.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	ok, err := passhash.New(passhash.Options{}).Verify(p.t.Context(), hash, password)
	if err != nil {
		p.t.Fatal(err)
	}
	return ok
}

func TestAResetChecksInOrderAndIsUsedUpOnce(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", false)
	first, second := p.request("a@b.co"), p.request("A@b.co")
	for _, test := range []struct {
		token, password string
		want            error
	}{
		{"", "x", authserver.ErrInvalidResetToken}, {"none", "x", authserver.ErrPasswordTooShort}, {first, "x", authserver.ErrPasswordTooShort},
		{first, strings.Repeat("x", 129), authserver.ErrPasswordTooLong}, {"none", "NewPassword1", authserver.ErrInvalidResetToken},
		{strings.ToLower(first) + "x", "NewPassword1", authserver.ErrInvalidResetToken},
	} {
		if err := p.Reset(t.Context(), test.token, test.password); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	for range 2 {
		if err := p.CheckReset(t.Context(), first); err != nil {
			t.Errorf("the link: %v", err)
		}
	}
	for i, want := range []error{nil, authserver.ErrInvalidResetToken} {
		if err := p.Reset(t.Context(), first, "NewPassword1"); !errors.Is(err, want) {
			t.Errorf("use %d: %v", i, err)
		}
	}
	if err := p.CheckReset(t.Context(), first); !errors.Is(err, authserver.ErrInvalidResetToken) {
		t.Errorf("the link of a used token: %v", err)
	}
	if got := p.read(user.ID); !p.matches(user, "NewPassword1") || got.EmailVerified {
		t.Errorf("%+v", got)
	}
	if n := p.count(`select count(*) from session`); n != 1 {
		t.Errorf("%d sessions", n)
	}
	p.RevokeSessions = true
	p.user("b@b.co", false)
	if err := p.Reset(t.Context(), second, "NewPassword2"); err != nil {
		t.Error(err)
	}
	if n := p.count(`select count(*) from session where "userId" = $1`, user.ID); n != 0 || p.count(`select count(*) from session`) != 1 {
		t.Errorf("%d sessions after a reset that revokes them", n)
	}
}

func TestAResetEndsWithItsTimeAndItsUser(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", false)
	late := p.request("a@b.co")
	p.now = p.now.Add(time.Hour)
	if err := p.CheckReset(t.Context(), late); err != nil {
		t.Errorf("in the last moment: %v", err)
	}
	p.now = p.now.Add(time.Millisecond)
	for name, err := range map[string]error{"the link": p.CheckReset(t.Context(), late), "the reset": p.Reset(t.Context(), late, "NewPassword1")} {
		if !errors.Is(err, authserver.ErrInvalidResetToken) {
			t.Errorf("%s of an expired token: %v", name, err)
		}
	}
	orphaned := p.request("a@b.co")
	if err := p.store.DeleteUser(t.Context(), user.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.Reset(t.Context(), orphaned, "NewPassword1"); !errors.Is(err, authserver.ErrResetUserNotFound) {
		t.Errorf("of a deleted user: %v", err)
	}
}

func TestOfManyUsesOfOneTokenOneWins(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", false)
	token := p.request("a@b.co")
	const uses = 6
	results := make(chan int, uses)
	for i := range uses {
		go func() {
			err := p.Reset(t.Context(), token, fmt.Sprintf("NewPassword%d", i))
			if err != nil && !errors.Is(err, authserver.ErrInvalidResetToken) {
				t.Error(err)
			}
			if err != nil {
				i = -1
			}
			results <- i
		}()
	}
	winner := -1
	for range uses {
		if i := <-results; i >= 0 && winner >= 0 {
			t.Fatalf("both %d and %d won", winner, i)
		} else if i >= 0 {
			winner = i
		}
	}
	if winner < 0 || !p.matches(user, fmt.Sprintf("NewPassword%d", winner)) {
		t.Errorf("the winner is %d, and the password is not the winner's", winner)
	}
}

// TestNothingIsHalfDone lets the outbox refuse mails: what they are about must not happen either.
func TestNothingIsHalfDone(t *testing.T) {
	p := begin(t, func(o *verifications.Options) { o.UpdateWithoutVerification = true })
	user := p.user("a@b.co", false)
	p.exec(`create function refuse() returns trigger language plpgsql as 'begin raise exception ''no mails today''; end'`)
	p.exec(`create trigger refuse before insert on gatehouse_outbox execute function refuse()`)
	for name, err := range map[string]error{
		"reset":  p.RequestReset(t.Context(), "a@b.co", ""),
		"verify": p.Send(t.Context(), "a@b.co", ""),
		"change": errorOf(p.ChangeEmail(t.Context(), user, verifications.ChangeEmail{NewEmail: "new@b.co"})),
	} {
		var coded *authserver.Error
		if err == nil || errors.As(err, &coded) {
			t.Errorf("%s: %v, want an error that no client sees", name, err)
		}
	}
	if n := p.count(`select (select count(*) from verification) + (select count(*) from "user" where email <> 'a@b.co')`); n != 0 {
		t.Errorf("%d rows of what was not mailed", n)
	}
}
