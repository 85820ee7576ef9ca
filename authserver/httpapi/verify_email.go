package httpapi

import (
	"errors"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

var verifyEmailQuery = schema{Properties: []inputs.Property{
	{Name: "token", Type: ecma.String},
	{Name: "callbackURL", Type: ecma.String, Optional: true},
}}

// verifyEmail answers GET /verify-email, the link of a mail about an address: it verifies it, or changes it.
func (a *api) verifyEmail(c *call) error {
	callbackURL := c.query.Get("callbackURL")
	answer, err := a.follow(c, callbackURL)
	var coded *authserver.Error
	switch {
	case errors.As(err, &coded) && callbackURL != "":
		c.code = coded.Code
		c.redirect(appendQuery(callbackURL, "error", coded.Code))
	case err != nil:
		return err
	case callbackURL != "":
		c.redirect(callbackURL)
	default:
		c.json(http.StatusOK, answer)
	}
	return nil
}

// follow does what the link is for, and returns the body for who has no other page.
func (a *api) follow(c *call, callbackURL string) (answer func(dst []byte) []byte, err error) {
	link, err := a.Verifications.Open(c.r.Context(), c.query.Get("token"))
	if err != nil {
		return nil, err
	}
	if !link.ChangesEmail() {
		return appendVerified, a.verifyByLink(c, link)
	}
	found, signedIn, err := a.session(c, a.DeferRefresh)
	if err != nil {
		return nil, err
	}
	if signedIn && found.User.ID != link.User.ID {
		return nil, authserver.ErrLinkOfAnotherUser
	}
	followed, err := a.Verifications.Follow(c.r.Context(), link, callbackURL)
	if err != nil || !followed.Changed {
		return appendStatus, err
	}
	if signedIn {
		c.found = found
		c.found.User = followed.User
		if err := a.reissueUpdated(c); err != nil {
			return nil, err
		}
	}
	return func(dst []byte) []byte {
		dst = a.users.append(append(dst, `{"status":true,"user":`...), &followed.User)
		return append(dst, '}')
	}, nil
}

func appendVerified(dst []byte) []byte { return append(dst, `{"status":true,"user":null}`...) }

func (a *api) verifyByLink(c *call, link verifications.Link) error {
	followed, err := a.Verifications.Follow(c.r.Context(), link, "")
	if err != nil || !followed.Verified || !a.Verifications.AutoSignIn {
		return err
	}
	found, signedIn, err := a.session(c, a.DeferRefresh)
	if err != nil {
		return err
	}
	if signedIn && found.User.ID == followed.User.ID {
		c.found = found
		return a.reissueUpdated(c)
	}
	session, err := a.Sessions.Begin(c.r.Context(), followed.User.ID, true, c.client())
	if err != nil {
		return err
	}
	a.reissue(c, &session, &followed.User)
	return nil
}
