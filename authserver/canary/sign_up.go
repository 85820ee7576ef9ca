package canary

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// The reserved addresses; nobody can have one, because .invalid is no domain (RFC 6761).
const (
	emailPrefix = "gatehouse-canary-"
	emailSuffix = "@canary.invalid"
	name        = "Gatehouse Canary"
)

// signUp makes the user. Where a required field is unique and has few values, others may have one already.
func (v *visit) signUp(ctx context.Context) error {
	fields := v.Config.Fields()
	v.began = true
	var err error
	for number := range choices(fields) {
		body := v.values(fields, number)
		body["name"], body["email"], body["password"] = name, v.email, v.password
		if v.open() {
			err = v.signUpOverHTTP(ctx, body)
		} else {
			err = v.attempt(ctx, func(ctx context.Context) error { return v.signUpByRules(ctx, body) })
		}
		if !errors.Is(err, authserver.ErrFailedToCreateUser) {
			break
		}
	}
	var failure *check.StepError
	switch {
	case errors.Is(err, authserver.ErrFailedToCreateUser) && choices(fields) > 1:
		return v.notTried("sign-up and sign-in were not tried, because users have all values of a custom field that is unique")
	case err == nil && v.Config.EmailAndPassword.RequireEmailVerification:
		err = v.attempt(ctx, func(ctx context.Context) error { return v.Users.VerifyEmail(ctx, v.email) })
		return v.explained(err)
	case errors.As(err, &failure):
		return failure
	case errors.Is(err, errNotTried):
		return err
	}
	return v.explained(err)
}

// open says whether everybody may sign up, without a mail.
func (v *visit) open() bool {
	return !v.Config.EmailAndPassword.DisableSignUp && (v.Config.Email.Host == "" || !*v.Config.EmailVerification.SendOnSignUp)
}

func (v *visit) signUpOverHTTP(ctx context.Context, body map[string]any) error {
	client := v.client()
	answer, err := v.ask(ctx, func(ctx context.Context) (check.Answer, error) {
		return client.Post(ctx, v.Config.BasePath+"/sign-up/email", body, v.fromNowhere())
	})
	switch {
	case err != nil:
		return err
	case answer.Problem.Code == authserver.ErrUserExists.Code:
		return nil // an attempt whose answer was lost came to its end
	case answer.Problem.Code == authserver.ErrFailedToCreateUser.Code:
		return fmt.Errorf("%w: %w", v.read(answer, nil), authserver.ErrFailedToCreateUser)
	}
	var signedUp struct{ User struct{ Email string } }
	if err := v.read(answer, &signedUp); err != nil {
		return err
	}
	if signedUp.User.Email != v.email || answer.Status != http.StatusOK {
		return strange(answer, "another user")
	}
	return nil
}

func (v *visit) signUpByRules(ctx context.Context, body map[string]any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encoding a sign-up: %w", err)
	}
	value, err := ecma.Parse(encoded)
	if err != nil {
		return fmt.Errorf("encoding a sign-up: %w", err)
	}
	err = v.Users.SignUp(ctx, accounts.SignUp{Name: name, Email: v.email, Password: v.password, Body: value})
	if errors.Is(err, authserver.ErrUserExists) {
		return nil
	}
	return err
}
