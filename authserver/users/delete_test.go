package users_test

import (
	"errors"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/links"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
)

// letter makes one token.
type letter struct{ l *life }

func (m letter) DeleteUser(user authserver.User, callbackURL string) (authserver.Verification, authserver.Mail) {
	return authserver.Verification{ID: ids.Generator{}.New(), Identifier: links.DeletePrefix + "token", Value: user.ID, ExpiresAt: m.l.now.Add(time.Hour), CreatedAt: m.l.now},
		authserver.Mail{ID: ids.Generator{}.New(), Kind: authserver.MailDeleteUser, To: user.Email, URL: callbackURL, ExpiresAt: m.l.now.Add(time.Hour), CreatedAt: m.l.now}
}

func TestAMailIsAskedForWhereverThereIsOne(t *testing.T) {
	l := begin(t)
	l.DeleteMails = letter{l}
	l.now = l.now.Add(2 * time.Hour)
	if _, err := l.Delete(t.Context(), l.user, l.session, users.Delete{Password: "wrong"}); !errors.Is(err, authserver.ErrInvalidPassword) {
		t.Errorf("a wrong password: %v", err)
	}
	asked, err := l.Delete(t.Context(), l.user, l.session, users.Delete{Password: password, CallbackURL: "/bye"})
	if !asked || err != nil {
		t.Errorf("the password alone: %v, %v", asked, err)
	}
	if _, err := l.alive(l.session); err != nil {
		t.Fatalf("a mail deleted: %v", err)
	}
	l.now = l.now.Add(time.Hour + time.Millisecond)
	if asked, err := l.Delete(t.Context(), l.user, l.session, users.Delete{Token: "token"}); asked || !errors.Is(err, authserver.ErrInvalidDeleteToken) {
		t.Errorf("too late: %v, %v", asked, err)
	}
	if _, err := l.Delete(t.Context(), l.user, l.session, users.Delete{}); err != nil {
		t.Error(err)
	}
	if asked, err := l.Delete(t.Context(), l.user, l.session, users.Delete{Token: "token"}); asked || err != nil {
		t.Errorf("in time: %v, %v", asked, err)
	}
	if _, err := l.alive(l.session); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("the session of a deleted user: %v", err)
	}
}
