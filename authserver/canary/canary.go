package canary

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
)

const (
	// deletionTime bounds the deletion of the user, which also follows a run that was interrupted.
	deletionTime = 10 * time.Second
	// leftoverAge is when the user of a canary that was killed is deleted by another: no run takes that long.
	leftoverAge = time.Hour
)

// Users are those of the server, without its HTTP surface.
type Users interface {
	// SignUp creates a user by the rules of sign-up, even where that is closed, and sends no mail.
	SignUp(ctx context.Context, in accounts.SignUp) error
	// VerifyEmail says that an address is its user's.
	VerifyEmail(ctx context.Context, email string) error
	// Delete deletes the user of an address with all that belongs to it, and looks whether all of it is gone. It is no error
	// when there is none.
	Delete(ctx context.Context, email string) error
	// Leftovers returns addresses of a pattern of LIKE whose users were created before a moment.
	Leftovers(ctx context.Context, pattern string, before time.Time) (emails []string, err error)
}

// Options configure a run.
type Options struct {
	// Config is that of the server.
	Config *config.Config
	// BaseURL is where the server is reached, such as http://shop.default.svc.
	BaseURL string
	Users   Users
	// Explain says in one line what an error of Users means; it holds no secret.
	Explain func(error) string
	// Timeout bounds everything but the deletion of the user, which may take 10 seconds more. Default 60s.
	Timeout time.Duration
	// Transport sends the requests; nil is http.DefaultTransport.
	Transport http.RoundTripper
	// Random is the source of addresses and passwords; nil is crypto/rand.
	Random io.Reader
	// Now is the clock.
	Now func() time.Time
	// Wait returns after a time or at the end of a context.
	Wait func(ctx context.Context, d time.Duration)
}

// Run tries the server. The report holds no secret.
func Run(ctx context.Context, o Options) config.CanaryReport {
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	base, baseErr := check.ParseOrigin("base URL", o.BaseURL)
	origin, originErr := check.ParseOrigin("baseURL of the configuration", o.Config.BaseURL)
	if err := errors.Join(baseErr, originErr); err != nil {
		return report(config.CanaryFailed, "options: "+err.Error())
	}
	return newVisit(o, base, origin).run(ctx)
}

func newVisit(o Options, base, origin *url.URL) *visit {
	draw := ids.Generator{Random: o.Random}
	lengths := o.Config.EmailAndPassword
	return &visit{
		Options: o, base: base, origin: origin, draw: draw, deadline: o.Now().Add(o.Timeout),
		email: emailPrefix + draw.Draw(ids.LowerCase, 26) + emailSuffix,
		// Between the bounds, and hard to guess wherever they allow it.
		password: draw.Draw(ids.Alphanumeric, min(max(32, lengths.MinPasswordLength), lengths.MaxPasswordLength)),
	}
}

func (v *visit) run(ctx context.Context) config.CanaryReport {
	limited, cancel := context.WithTimeout(ctx, v.Timeout)
	defer cancel()
	err := v.walk(limited)
	// Also after an interruption, and also when nobody knows whether sign-up came to its end.
	deleting, stop := context.WithTimeout(context.WithoutCancel(ctx), deletionTime)
	defer stop()
	if errors.Is(err, errNotTried) {
		err = nil
	}
	if v.began {
		err = errors.Join(err, v.at("delete", v.remove(deleting)))
		v.sweep(deleting)
	}
	if err != nil {
		return report(config.CanaryFailed, err.Error())
	}
	return report(config.CanaryPassed, strings.Join(v.notes, "; "))
}

// remove deletes the user, in a time of its own.
func (v *visit) remove(ctx context.Context) error {
	v.deadline = v.Now().Add(deletionTime)
	return v.explained(v.attempt(ctx, func(ctx context.Context) error { return v.Users.Delete(ctx, v.email) }))
}

// sweep deletes what canaries left that were killed. A server is not to blame when that fails.
func (v *visit) sweep(ctx context.Context) {
	emails, err := v.Users.Leftovers(ctx, emailPrefix+"%"+emailSuffix, v.Now().Add(-leftoverAge))
	for _, email := range emails {
		err = errors.Join(err, v.Users.Delete(ctx, email))
	}
	if err != nil {
		v.notes = append(v.notes, "the users of canaries that were killed could not be deleted, a later one tries again: "+v.Explain(err))
	}
}

func report(result config.CanaryResult, message string) config.CanaryReport {
	return config.CanaryReport{Canary: result, Message: config.OneLine(message)}
}
