package check

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// visit is one user's way through the server, and what is known about it so far.
type visit struct {
	plan    plan
	browser browser
	// existed says that the user was there before.
	existed bool
	// token is the session token of sign-in; cookies are those of the session.
	token   string
	cookies []*http.Cookie
	user    map[string]any
}

func newVisit(p plan) (*visit, error) {
	browser, err := newBrowser(p)
	return &visit{plan: p, browser: browser}, err
}

func (v *visit) steps() []step {
	steps := []step{
		{"health", v.health, true},
		{"sign-up", v.signUp, true},
		{"sign-in", v.signIn, true},
		{"session", v.session, true},
		{"custom-fields", v.customFields, false},
		{"jwt", v.jwt, false},
		{"sign-out", v.signOut, true},
		{"signed-out", v.signedOut, false},
	}
	if v.plan.DeleteUser {
		steps = append(steps, step{"delete-user", v.deleteUser, false})
	}
	return steps
}

func (v *visit) health(ctx context.Context) (string, error) {
	var health struct {
		Status string
		OK     bool
	}
	answer, err := v.browser.Get(ctx, "/health")
	if err != nil {
		return "", err
	}
	if answer.Status != http.StatusNotFound {
		if err := v.plan.read(answer, &health); err != nil {
			return "", err
		}
		return "GET /health answers " + health.Status, nil
	}
	path := v.plan.BasePath + "/ok"
	answer, err = v.browser.Get(ctx, path)
	if err != nil {
		return "", err
	}
	if err := v.plan.read(answer, &health); err != nil {
		return "", err
	}
	return "GET " + path + " answers ok; GET /health is not served, as in a plain Better-Auth server", nil
}

func (v *visit) signUp(ctx context.Context) (string, error) {
	body := map[string]any{"name": v.plan.Name, "email": v.plan.Email, "password": v.plan.Password}
	for name, value := range v.plan.CustomFields {
		body[name] = value
	}
	answer, err := v.browser.Post(ctx, v.plan.BasePath+"/sign-up/email", body)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(answer.Problem.Code, "USER_ALREADY_EXISTS") {
		v.existed = true
		return "", skipped("the user exists already; going on with sign-in")
	}
	var signedUp struct {
		Token *string
		User  struct{ ID, Email string }
	}
	if err := v.plan.read(answer, &signedUp); err != nil {
		return "", err
	}
	if !strings.EqualFold(signedUp.User.Email, v.plan.Email) {
		return "", v.strange(answer, "a user with another e-mail address")
	}
	if signedUp.Token == nil {
		return "new user " + signedUp.User.ID + ", not signed in by sign-up", nil
	}
	return "new user " + signedUp.User.ID, nil
}

func (v *visit) signIn(ctx context.Context) (string, error) {
	// Sign-in has to work by itself, without the cookies of sign-up.
	fresh, err := newBrowser(v.plan)
	if err != nil {
		return "", err
	}
	v.browser = fresh
	answer, err := v.browser.Post(ctx, v.plan.BasePath+"/sign-in/email",
		map[string]any{"email": v.plan.Email, "password": v.plan.Password, "rememberMe": true})
	if err != nil {
		return "", err
	}
	var signedIn struct{ Token string }
	if err := v.plan.read(answer, &signedIn); err != nil {
		return "", err
	}
	v.token = signedIn.Token
	v.cookies = v.kept()
	if len(v.cookies) == 0 {
		return "", v.noCookie(answer)
	}
	return "session cookie " + v.cookies[0].Name, nil
}

// kept are the cookies that the browser would send to the endpoints now.
func (v *visit) kept() []*http.Cookie {
	return v.browser.jar.Cookies(&url.URL{Path: v.plan.BasePath + "/get-session"})
}

// noCookie explains why a browser would hold no cookie after sign-in.
func (v *visit) noCookie(answer Answer) error {
	if len(answer.Cookies) == 0 {
		return v.strange(answer, "no session cookie")
	}
	cookie := answer.Cookies[0]
	if cookie.Secure && v.plan.origin.Scheme == "http" {
		return &StepError{
			"the cookie " + cookie.Name + " is Secure, and browsers neither keep nor send those at " + v.plan.origin.String(),
			"check the https:// address, or name it with --origin",
		}
	}
	return &StepError{
		fmt.Sprintf("the cookie %s (Domain=%q, Path=%q) is not for %s", cookie.Name, cookie.Domain, cookie.Path, v.plan.origin),
		"correct the cookie domain of the server, or name its public base URL with --origin",
	}
}

func (v *visit) session(ctx context.Context) (string, error) {
	answer, err := v.browser.Get(ctx, v.plan.BasePath+"/get-session")
	if err != nil {
		return "", err
	}
	var current *struct {
		Session struct {
			Token     string
			ExpiresAt time.Time
		}
		User map[string]any
	}
	if err := v.plan.read(answer, &current); err != nil {
		return "", err
	}
	if current == nil {
		return "", &StepError{
			"the server does not accept the session cookie that it has just set",
			"see whether all replicas have the same BETTER_AUTH_SECRET and database",
		}
	}
	email, _ := current.User["email"].(string)
	if current.Session.Token != v.token || !strings.EqualFold(email, v.plan.Email) {
		return "", v.strange(answer, "another session than the one of sign-in")
	}
	v.user = current.User
	return "expires in " + until(current.Session.ExpiresAt, v.plan.Now()), nil
}

func (v *visit) signOut(ctx context.Context) (string, error) {
	answer, err := v.browser.Post(ctx, v.plan.BasePath+"/sign-out", map[string]any{})
	if err != nil {
		return "", err
	}
	var signedOut struct{ Success bool }
	if err := v.plan.read(answer, &signedOut); err != nil {
		return "", err
	}
	if !signedOut.Success || len(v.kept()) > 0 {
		return "", v.strange(answer, "cookies left in the browser")
	}
	return "the cookies are cleared", nil
}

// signedOut presents the old cookies once more, as a thief would.
func (v *visit) signedOut(ctx context.Context) (string, error) {
	works, err := v.works(ctx, v.cookies)
	if err != nil || !works {
		return "the old cookie is worthless", err
	}
	copies := func(cookie *http.Cookie) bool { return strings.Contains(cookie.Name, "session_data") }
	if works, err = v.works(ctx, slices.DeleteFunc(slices.Clone(v.cookies), copies)); err != nil {
		return "", err
	}
	if !works {
		return "a stolen cookie works on until its session_data expires, because sessions are cached or kept in cookies", nil
	}
	return "", &StepError{
		"the session still works after sign-out",
		"see whether all replicas keep sessions in the same database or Redis",
	}
}

// works says whether the server finds a session by cookies.
func (v *visit) works(ctx context.Context, cookies []*http.Cookie) (bool, error) {
	answer, err := v.browser.Get(ctx, v.plan.BasePath+"/get-session", func(r *http.Request) {
		for _, cookie := range cookies {
			r.AddCookie(cookie)
		}
	})
	if err != nil {
		return false, err
	}
	var current any
	err = v.plan.read(answer, &current)
	return current != nil, err
}

func (v *visit) strange(answer Answer, what string) error {
	return &StepError{answer.Request + " answers " + fmt.Sprint(answer.Status) + " with " + what, v.plan.fix(answer)}
}
