package canary

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
)

// visit is one run, and what is known in it so far.
type visit struct {
	Options
	base, origin    *url.URL
	draw            ids.Generator
	deadline        time.Time
	email, password string
	// began says that the user may be there.
	began bool
	// notes are what a report of success says.
	notes []string
}

// errNotTried ends a run early that has found nothing wrong; a note says why.
var errNotTried = errors.New("not tried")

// walk makes the steps until one fails.
func (v *visit) walk(ctx context.Context) error {
	anonymous := v.client()
	for _, step := range []struct {
		name string
		try  func(context.Context) error
	}{
		{"health", func(ctx context.Context) error { return v.health(ctx, anonymous) }},
		{"get-session", func(ctx context.Context) error { return v.nobody(ctx, anonymous) }},
		{"sign-up", v.signUp},
		{"sign-in", v.signIn},
	} {
		if err := v.at(step.name, step.try(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// at names the step of an error.
func (v *visit) at(step string, err error) error {
	if err == nil || errors.Is(err, errNotTried) {
		return err
	}
	return fmt.Errorf("%s: %w", step, err)
}

func (v *visit) explained(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(v.Explain(err))
}

// client has no cookies yet.
func (v *visit) client() *check.Client {
	return check.NewClient(check.ClientOptions{
		Base: v.base, Origin: v.origin, Jar: &jar{}, UserAgent: "gatehouse-canary", Timeout: v.Timeout, Transport: v.Transport,
	})
}

func (v *visit) health(ctx context.Context, client *check.Client) error {
	answer, err := v.ask(ctx, func(ctx context.Context) (check.Answer, error) {
		return client.Get(ctx, v.Config.BasePath+"/ok", v.fromNowhere())
	})
	if err != nil {
		return err
	}
	var health struct{ OK bool }
	if err := v.read(answer, &health); err != nil || health.OK {
		return err
	}
	return strange(answer, "something else than ok")
}

// nobody also asks those servers something where nobody has a password.
func (v *visit) nobody(ctx context.Context, client *check.Client) error {
	current, answer, err := v.current(ctx, client)
	switch {
	case err != nil:
		return err
	case current != nil:
		return strange(answer, "a session to somebody without a cookie")
	case !*v.Config.EmailAndPassword.Enabled:
		return v.notTried("only /ok and an empty get-session were tried, because emailAndPassword is disabled")
	}
	return nil
}

func (v *visit) notTried(note string) error {
	v.notes = append(v.notes, note)
	return errNotTried
}

// signIn signs the user in and asks for the session.
func (v *visit) signIn(ctx context.Context) error {
	client := v.client() // sign-in has to work without the cookies of sign-up
	answer, err := v.ask(ctx, func(ctx context.Context) (check.Answer, error) {
		body := map[string]any{"email": v.email, "password": v.password}
		return client.Post(ctx, v.Config.BasePath+"/sign-in/email", body, v.fromNowhere())
	})
	if err != nil {
		return err
	}
	var signedIn struct{ Token string }
	if err := v.read(answer, &signedIn); err != nil {
		return err
	}
	if len(answer.Cookies) == 0 || signedIn.Token == "" {
		return strange(answer, "no session cookie")
	}
	current, answer, err := v.current(ctx, client)
	switch {
	case err != nil:
		return err
	case current == nil:
		return &check.StepError{
			Reason: "the server does not accept the session cookie that it has just set",
			Fix:    "see whether all replicas have the same BETTER_AUTH_SECRET, database and Redis",
		}
	case current.Session.Token != signedIn.Token || !strings.EqualFold(current.User.Email, v.email):
		return strange(answer, "another session than the one of sign-in")
	}
	return nil
}

// found is the answer of get-session.
type found struct {
	Session struct{ Token string }
	User    struct{ Email string }
}

// current asks the store, not the cookie cache.
func (v *visit) current(ctx context.Context, client *check.Client) (current *found, answer check.Answer, err error) {
	answer, err = v.ask(ctx, func(ctx context.Context) (check.Answer, error) {
		return client.Get(ctx, v.Config.BasePath+"/get-session?disableCookieCache=true", v.fromNowhere())
	})
	if err != nil {
		return nil, answer, err
	}
	err = v.read(answer, &current)
	return current, answer, err
}

// fromNowhere gives a request a client address that nobody has, for servers that believe their proxies.
func (v *visit) fromNowhere() func(*http.Request) {
	const hex = "0123456789abcdef"
	address := "2001:db8:" + v.draw.Draw(hex, 4) + ":" + v.draw.Draw(hex, 4) + "::1"
	return func(r *http.Request) { r.Header.Set(v.Config.IPHeaders[0], address) }
}

// read is check.Answer.Read with the fix of a server that refuses what its configuration allows.
func (v *visit) read(answer check.Answer, into any) error {
	err := answer.Read(into)
	var failure *check.StepError
	if errors.As(err, &failure) && answer.Problem.Code != "" && answer.Status < http.StatusInternalServerError {
		failure.Fix = "see whether the server runs with the configuration file and the secrets that the canary has"
	}
	return err
}

func strange(answer check.Answer, what string) error {
	return &check.StepError{Reason: fmt.Sprintf("%s answers %d with %s", answer.Request, answer.Status, what), Fix: "see what serves the base URL, and the server's log"}
}
