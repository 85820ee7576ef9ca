package verifications_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

func TestAVerifiedAddressIsChangedByTwoLinks(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", true)
	confirm, verify := p.links.ConfirmChange(user, "new@b.co", "").URL, p.links.VerifyNewEmail(user, "new@b.co", "").URL
	followed, err := p.follow(confirm)
	if err != nil || followed.Changed || p.read(user.ID).Email != "a@b.co" {
		t.Errorf("the first link: %+v, %v", followed, err)
	}
	if got := p.mails(); !slices.Equal(got, []string{"verify-new-email new@b.co"}) {
		t.Errorf("after the first link: %q", got)
	}
	p.now = p.now.Add(time.Minute)
	followed, err = p.follow(verify)
	got := p.read(user.ID)
	if err != nil || !followed.Changed || followed.Verified || got.Email != "new@b.co" || !got.EmailVerified || !got.UpdatedAt.Equal(p.now) {
		t.Errorf("the second link: %+v, %v; the user is %+v", followed, err, got)
	}
	if followed.User.Email != got.Email || !followed.User.EmailVerified || !followed.User.UpdatedAt.Equal(got.UpdatedAt) {
		t.Errorf("%+v is not the row %+v", followed.User, got)
	}
	for name, link := range map[string]string{"first": confirm, "second": verify} {
		if _, err := p.follow(link); !errors.Is(err, authserver.ErrInvalidLink) {
			t.Errorf("the %s link again: %v", name, err)
		}
	}
	if mails := p.mails(); len(mails) > 0 {
		t.Errorf("more mails: %q", mails)
	}
}

func TestAnAddressThatWasNeverVerifiedStaysSo(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", false)
	if _, err := p.follow(p.links.VerifyNewEmail(user, "new@b.co", "").URL); err != nil {
		t.Fatal(err)
	}
	if got := p.read(user.ID); got.Email != "new@b.co" || got.EmailVerified {
		t.Errorf("%+v", got)
	}
}

func TestALinkToAChangeIsVoidOnceTheAddressIsTaken(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", true)
	link := p.links.VerifyNewEmail(user, "new@b.co", "").URL
	p.user("new@b.co", false)
	if _, err := p.follow(link); !errors.Is(err, authserver.ErrInvalidLink) {
		t.Errorf("%v", err)
	}
	if got := p.read(user.ID); got.Email != "a@b.co" {
		t.Errorf("%+v", got)
	}
}

func TestLinksOfOldVersionsNeedAUser(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", true)
	old := func(token tokens.VerificationToken) string {
		return "/?token=" + p.links.Keys.SignVerification(token, p.now, time.Hour)
	}
	for name, test := range map[string]struct {
		token tokens.VerificationToken
		want  error
	}{
		"no user":      {tokens.VerificationToken{Email: "a@b.co", UpdateTo: "new@b.co"}, authserver.ErrInvalidLink},
		"unknown user": {tokens.VerificationToken{Email: "a@b.co", UpdateTo: "new@b.co", UserID: "nobody"}, authserver.ErrLinkUserNotFound},
		"old address":  {tokens.VerificationToken{Email: "older@b.co", UpdateTo: "new@b.co", UserID: user.ID}, authserver.ErrInvalidLink},
	} {
		if _, err := p.follow(old(test.token)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	followed, err := p.follow(old(tokens.VerificationToken{Email: "a@b.co", UpdateTo: "new@b.co", UserID: user.ID}))
	if got := p.read(user.ID); err != nil || !followed.Changed || got.Email != "new@b.co" || got.EmailVerified || followed.User.EmailVerified {
		t.Errorf("%+v, %v; the user is %+v", followed, err, got)
	}
	if got := p.mails(); !slices.Equal(got, []string{"verify-email new@b.co"}) {
		t.Errorf("mails %q: nobody has shown that the new address is the user's", got)
	}
}

func TestChangeEmailChecksInOrder(t *testing.T) {
	p := begin(t)
	user := p.user("a@b.co", true)
	p.ChangeEmailEnabled = false
	if _, err := p.ChangeEmail(t.Context(), user, verifications.ChangeEmail{NewEmail: "a@b.co"}); !errors.Is(err, authserver.ErrChangeEmailDisabled) {
		t.Errorf("disabled: %v", err)
	}
	p.ChangeEmailEnabled = true
	if _, err := p.ChangeEmail(t.Context(), user, verifications.ChangeEmail{NewEmail: "A@B.co"}); !errors.Is(err, authserver.ErrSameEmail) {
		t.Errorf("the same: %v", err)
	}
	p.ConfirmCurrent = false
	if changed, err := p.ChangeEmail(t.Context(), user, verifications.ChangeEmail{NewEmail: "new@b.co"}); changed || err != nil {
		t.Errorf("without confirmation: %v, %v", changed, err)
	}
	if got := p.mails(); !slices.Equal(got, []string{"verify-new-email new@b.co"}) {
		t.Errorf("mails %q", got)
	}
}

func TestAnAddressIsChangedAtOnceOnlyIfItWasNeverVerified(t *testing.T) {
	p := begin(t, func(o *verifications.Options) { o.UpdateWithoutVerification = true })
	verified, user := p.user("v@b.co", true), p.user("a@b.co", false)
	if changed, err := p.ChangeEmail(t.Context(), verified, verifications.ChangeEmail{NewEmail: "new@b.co"}); changed || err != nil {
		t.Errorf("a verified one: %v, %v", changed, err)
	}
	if changed, err := p.ChangeEmail(t.Context(), user, verifications.ChangeEmail{NewEmail: "v@b.co"}); changed || err != nil {
		t.Errorf("to a taken one: %v, %v", changed, err)
	}
	p.mails()
	if changed, err := p.ChangeEmail(t.Context(), user, verifications.ChangeEmail{NewEmail: "New@b.co"}); !changed || err != nil {
		t.Errorf("to a free one: %v, %v", changed, err)
	}
	if got := p.mails(); !slices.Equal(got, []string{"verify-email new@b.co"}) {
		t.Errorf("mails %q", got)
	}
	// The session of this request still has the address from before.
	if changed, err := p.ChangeEmail(t.Context(), user, verifications.ChangeEmail{NewEmail: "newer@b.co"}); changed || !errors.Is(err, authserver.ErrFailedToUpdateUser) {
		t.Errorf("after another change: %v, %v", changed, err)
	}
	if got := p.read(user.ID); got.Email != "new@b.co" || got.EmailVerified {
		t.Errorf("%+v", got)
	}
}
