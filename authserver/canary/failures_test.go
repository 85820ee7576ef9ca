package canary_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/canary"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// between answers for the server, or lets the request pass with nil.
type between func(r *http.Request) (*http.Response, error)

func (b between) RoundTrip(r *http.Request) (*http.Response, error) {
	if response, err := b(r); response != nil || err != nil {
		return response, err
	}
	return http.DefaultTransport.RoundTrip(r)
}

func answered(status int, body string, headers ...string) *http.Response {
	response := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for n := 0; n < len(headers); n += 2 {
		response.Header.Set(headers[n], headers[n+1])
	}
	return response
}

// at answers requests to one path.
func at(path string, response func() (*http.Response, error)) between {
	return func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, path) {
			return response()
		}
		return nil, nil
	}
}

func TestFailuresNameStepCauseAndFix(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path, body string
		status     int
		want       []string
	}{
		"another program": {"/ok", "<html>", 200, []string{"health: GET /api/auth/ok", "another program"}},
		"not found":       {"/ok", "", 404, []string{"health: ", "404", "base path"}},
		"a panic at once": {"/get-session", `{"message":"Internal Server Error","code":"INTERNAL_SERVER_ERROR"}`, 500, []string{"get-session: ", "500", "request r1 in the server's log"}},
		"everybody":       {"/get-session", `{"session":{"token":"t"},"user":{}}`, 200, []string{"get-session: ", "without a cookie"}},
		"sign-up refused": {"/sign-up/email", `{"message":"Sign up is\nnot enabled","code":"EMAIL_PASSWORD_SIGN_UP_DISABLED"}`, 400, []string{"sign-up: ", "configuration file"}},
		"another sign-up": {"/sign-up/email", `{"token":null,"user":{"email":"a@b.co"}}`, 200, []string{"sign-up: ", "another user"}},
		"a broken column": {"/sign-up/email", `{"message":"Failed to create user","code":"FAILED_TO_CREATE_USER"}`, 422, []string{"sign-up: ", "FAILED_TO_CREATE_USER"}},
		"wrong password":  {"/sign-in/email", `{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}`, 401, []string{"sign-in: ", "401", "secrets"}},
		"no cookie":       {"/sign-in/email", `{"token":"t","user":{}}`, 200, []string{"sign-in: ", "no session cookie"}},
		"no database":     {"/sign-in/email", `{"message":"later","code":"SERVICE_UNAVAILABLE"}`, 503, []string{"sign-in: ", "503", "reaches its database"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := start(t, "")
			i.options.Transport = at(c.path, func() (*http.Response, error) { return answered(c.status, c.body, "X-Request-Id", "r1"), nil })
			message := i.fails(t.Context())
			for _, want := range c.want {
				if !strings.Contains(message, want) {
					t.Errorf("%q does not say %q", message, want)
				}
			}
			if c.status != 503 && len(i.clock.waited) > 0 {
				t.Errorf("it waited %v for another answer", i.clock.waited)
			}
		})
	}
}

func TestACookieThatIsNotAccepted(t *testing.T) {
	t.Parallel()
	i := start(t, "")
	signedIn := false
	i.options.Transport = between(func(r *http.Request) (*http.Response, error) {
		signedIn = signedIn || strings.HasSuffix(r.URL.Path, "/sign-in/email")
		if signedIn && strings.HasSuffix(r.URL.Path, "/get-session") {
			return answered(200, "null"), nil
		}
		return nil, nil
	})
	if message := i.fails(t.Context()); !strings.Contains(message, "sign-in: the server does not accept") || !strings.Contains(message, "BETTER_AUTH_SECRET") {
		t.Error(message)
	}
}

func TestItWaitsForAServerThatIsNotThereYet(t *testing.T) {
	t.Parallel()
	i := start(t, "")
	for _, path := range []string{"/ok", "/get-session", "/sign-up/email", "/sign-in/email"} {
		left := 3
		i.clock.waited = nil
		i.options.Transport = at(path, func() (*http.Response, error) {
			switch left--; left {
			case 2:
				return nil, syscall.ECONNREFUSED
			case 1:
				return answered(502, "<html>"), nil
			}
			return nil, nil
		})
		if message := i.passes(); message != "" || len(i.clock.waited) != 2 || i.clock.waited[0] >= i.clock.waited[1] {
			t.Errorf("%s: %q after waiting %v", path, message, i.clock.waited)
		}
	}
}

// TestALostAnswerIsNoFailure lets sign-up succeed unheard.
func TestALostAnswerIsNoFailure(t *testing.T) {
	t.Parallel()
	i := start(t, "")
	lost := false
	i.options.Transport = between(func(r *http.Request) (*http.Response, error) {
		if lost || !strings.HasSuffix(r.URL.Path, "/sign-up/email") {
			return nil, nil
		}
		lost = true
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		return nil, errors.Join(io.ErrUnexpectedEOF, response.Body.Close())
	})
	if message := i.passes(); message != "" || !lost {
		t.Error(message)
	}
}

func TestItDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	i := start(t, "")
	i.options.Transport = between(func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNREFUSED })
	begin := i.clock.Now()
	message := i.fails(t.Context())
	if waited := i.clock.Now().Sub(begin); !strings.HasPrefix(message, "health: nothing listens at ") || strings.Contains(message, "--base-url") || waited < 50*time.Second || waited > time.Minute {
		t.Errorf("after %v: %s", waited, message)
	}
}

// TestTheRateLimitIsNoFailure has a server that believes no proxy, so that all canaries of a machine are one client.
func TestTheRateLimitIsNoFailure(t *testing.T) {
	t.Parallel()
	for window, tried := range map[string]bool{"30s": true, "1h": false} {
		i := start(t, "trustedProxies: [192.0.2.1]\nrateLimit: {auth: {max: 1, window: "+window+"}}")
		if message := i.passes(); message != "" {
			t.Error(message)
		}
		message := i.passes()
		if tried != (message == "") || !tried && !strings.Contains(message, "spec.rateLimit.trustedProxies") || tried != (len(i.clock.waited) > 0) {
			t.Errorf("%s: %q after waiting %v", window, message, i.clock.waited)
		}
	}
}

// TestEachRequestHasAnAddressOfItsOwnInTheFirstHeader uses no rate limit up, so that nothing is waited for.
func TestEachRequestHasAnAddressOfItsOwnInTheFirstHeader(t *testing.T) {
	t.Parallel()
	i := start(t, "ipHeaders: [x-real-ip, true-client-ip]\nrateLimit: {auth: {max: 1, window: 1h}, default: {max: 1, window: 1h}}")
	for range 2 {
		if message := i.passes(); message != "" || len(i.clock.waited) > 0 {
			t.Errorf("%q after waiting %v", message, i.clock.waited)
		}
	}
}

func TestInterruptedItDeletesTheUser(t *testing.T) {
	t.Parallel()
	for _, yaml := range []string{"", "session: {storage: Redis}", "emailAndPassword: {disableSignUp: true}"} {
		i := start(t, yaml)
		ctx, cancel := context.WithCancel(t.Context())
		i.options.Transport = at("/sign-in/email", func() (*http.Response, error) {
			if n := i.query(`select count(*) from "user"`); n != 1 {
				t.Errorf("%d users at sign-in", n)
			}
			cancel()
			return nil, nil
		})
		if message := i.fails(ctx); !strings.Contains(message, "sign-in: interrupted") {
			t.Error(message)
		}
	}
}

// stubborn does not delete.
type stubborn struct{ canary.Users }

func (stubborn) Delete(context.Context, string) error { return errors.New("the disk is full") }

func TestAUserThatStaysIsAFailure(t *testing.T) {
	t.Parallel()
	i := start(t, "")
	i.options.Users = stubborn{i.options.Users}
	if report := canary.Run(t.Context(), i.options); report.Canary != config.CanaryFailed || report.Message != "delete: the disk is full" {
		t.Errorf("%+v", report)
	}
}

// absent is a store that is away for a while.
type absent struct {
	canary.Users
	left int
}

func (a *absent) Delete(ctx context.Context, email string) error {
	if a.left--; a.left >= 0 {
		return fmt.Errorf("deleting: %w", authserver.ErrUnavailable)
	}
	return a.Users.Delete(ctx, email)
}

func TestADatabaseThatIsAwayForAMoment(t *testing.T) {
	t.Parallel()
	i := start(t, "")
	users := i.options.Users
	i.options.Users = &absent{users, 3}
	if message := i.passes(); message != "" || len(i.clock.waited) != 3 {
		t.Errorf("%q after waiting %v", message, i.clock.waited)
	}
	i.options.Users = &absent{users, 1000}
	begin := i.clock.Now()
	report := canary.Run(t.Context(), i.options)
	if waited := i.clock.Now().Sub(begin); report.Canary != config.CanaryFailed || !strings.HasPrefix(report.Message, "delete: ") || waited > 10*time.Second {
		t.Errorf("%+v after %v", report, waited)
	}
}

func TestBadURLs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "localhost:3001", "http://user:password@localhost", "http://localhost/api/auth"} {
		report := canary.Run(t.Context(), canary.Options{Config: &config.Config{BaseURL: "http://localhost"}, BaseURL: url, Now: time.Now})
		if report.Canary != config.CanaryFailed || !strings.HasPrefix(report.Message, "options: base URL") || strings.Contains(report.Message, "password@") {
			t.Errorf("%s: %+v", url, report)
		}
	}
}
