package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	crowdSize = 6
	// requestTimeout is when a visitor gives up.
	requestTimeout = 10 * time.Second
)

// visit is a session that a browser holds.
type visit struct{ email, cookies string }

// crowd is users of an AuthService, all with sessions. They ask its Service, by the same path as pods do.
type crowd struct {
	address string
	// fresh connects for each request, kept does so once, as ingresses do.
	fresh, kept *http.Client
	requests    atomic.Int64

	mutex  sync.Mutex
	emails []string
	visits []visit
}

const crowdPassword = "correct horse battery staple"

// crowdAt has no users yet.
func (d *demo) crowdAt(t *testing.T, address string) *crowd {
	fresh := &http.Transport{DialContext: d.cluster.Dial, DisableKeepAlives: true}
	kept := &http.Transport{DialContext: d.cluster.Dial, MaxIdleConnsPerHost: 8}
	t.Cleanup(kept.CloseIdleConnections)
	return &crowd{
		address: address,
		fresh:   &http.Client{Timeout: requestTimeout, Transport: fresh},
		kept:    &http.Client{Timeout: requestTimeout, Transport: kept},
	}
}

// newCrowd signs users up, and each in again from another browser.
func (d *demo) newCrowd(t *testing.T, address, prefix string) *crowd {
	t.Helper()
	c := d.crowdAt(t, address)
	for i := range crowdSize {
		email := fmt.Sprintf("%s-%d@example.com", prefix, i)
		for _, enter := range []func(context.Context, string) error{c.signUp, c.signIn} {
			if err := enter(t.Context(), email); err != nil {
				t.Fatal(err)
			}
		}
		c.emails = append(c.emails, email)
	}
	return c
}

func (c *crowd) signUp(ctx context.Context, email string) error {
	return c.enter(ctx, "sign-up", map[string]string{"name": "Ada", "email": email, "password": crowdPassword}, email)
}

func (c *crowd) signIn(ctx context.Context, email string) error {
	return c.enter(ctx, "sign-in", map[string]string{"email": email, "password": crowdPassword}, email)
}

// enter keeps the cookies of a new session.
func (c *crowd) enter(ctx context.Context, route string, body map[string]string, email string) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.address+"/api/auth/"+route+"/email", bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.do(c.fresh, request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return answered(route, response)
	}
	var cookies []string
	for _, cookie := range response.Cookies() {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.visits = append(c.visits, visit{email, strings.Join(cookies, "; ")})
	return nil
}

// do sends a request as from one of many addresses, of which none reaches its limit.
func (c *crowd) do(from *http.Client, request *http.Request) (*http.Response, error) {
	n := c.requests.Add(1)
	request.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", n%250+1))
	return from.Do(request)
}

func answered(what string, response *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(response.Body, 200))
	return fmt.Errorf("%s answers %s %s", what, response.Status, body)
}

// user is whose session it is; empty when it is nobody's.
func (c *crowd) user(ctx context.Context, from *http.Client, v visit) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.address+"/api/auth/get-session", nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Cookie", v.cookies)
	response, err := c.do(from, request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", answered("get-session", response)
	}
	var session struct{ User struct{ Email string } }
	return session.User.Email, json.NewDecoder(response.Body).Decode(&session)
}

// comesBack is nil when the session is still that of its user.
func (c *crowd) comesBack(ctx context.Context, from *http.Client, v visit) error {
	email, err := c.user(ctx, from, v)
	if err == nil && email != v.email {
		err = fmt.Errorf("the session of %s is that of %q", v.email, email)
	}
	return err
}

func (c *crowd) sessions() []visit {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.Clone(c.visits)
}

// allComeBack says how many of the sessions are lost, and fails the test if any is.
func (c *crowd) allComeBack(t *testing.T, visits []visit) (lost int) {
	t.Helper()
	for _, v := range visits {
		if err := c.comesBack(t.Context(), c.fresh, v); err != nil {
			t.Errorf("a session is lost: %v", err)
			lost++
		}
	}
	return lost
}

// service is where pods reach an AuthService.
func (d *demo) service(t *testing.T, namespace, name string) string {
	t.Helper()
	address, err := d.clusterIP(t.Context(), namespace, name)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(address, "80")
}
