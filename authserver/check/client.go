package check

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"
)

const maxAnswer = 1 << 20

// client talks to the server as the browser of a user at the origin would.
type client struct {
	plan plan
	http *http.Client
	jar  *jar
}

func newClient(p plan) (*client, error) {
	cookies, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	jar := &jar{cookies, p.origin}
	return &client{plan: p, jar: jar, http: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// jar keeps cookies under the origin rather than under the address that happens to reach the server, so that the
// cookies of a public https:// server also work when it is checked through its in-cluster address.
type jar struct {
	*cookiejar.Jar
	origin *url.URL
}

func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) { j.Jar.SetCookies(j.at(u), cookies) }

func (j *jar) Cookies(u *url.URL) []*http.Cookie { return j.Jar.Cookies(j.at(u)) }

func (j *jar) at(u *url.URL) *url.URL {
	seen := &url.URL{Scheme: j.origin.Scheme, Host: j.origin.Host, Path: u.Path}
	if loopback(j.origin.Hostname()) {
		// As browsers do: a loopback address is trustworthy enough for Secure cookies.
		seen.Scheme = "https"
	}
	return seen
}

// kept are the cookies that the browser would send to the endpoints now.
func (c *client) kept() []*http.Cookie {
	return c.jar.Cookies(&url.URL{Path: c.plan.BasePath + "/get-session"})
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// answer is a response, read as a whole.
type answer struct {
	request string // such as GET /health
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    []byte
	problem struct{ Message, Code string }
}

func (c *client) get(ctx context.Context, path string, cookies ...*http.Cookie) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.plan.base.String()+path, nil)
	if err != nil {
		return answer{}, err
	}
	for _, cookie := range cookies {
		request.AddCookie(cookie)
	}
	return c.send(request)
}

func (c *client) post(ctx context.Context, path string, body map[string]any) (answer, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.plan.base.String()+path, bytes.NewReader(encoded))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	return c.send(request)
}

func (c *client) send(request *http.Request) (answer, error) {
	request.Header.Set("Origin", c.plan.origin.String())
	request.Header.Set("User-Agent", "gatehouse-check")
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, unreachable(c.plan, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, unreachable(c.plan, err)
	}
	result := answer{
		request: request.Method + " " + request.URL.Path, status: response.StatusCode,
		header: response.Header, cookies: response.Cookies(), body: body,
	}
	if result.status >= http.StatusBadRequest {
		// A proxy's error page is not JSON; then there is only the status to tell.
		_ = json.Unmarshal(body, &result.problem)
	}
	return result, nil
}

// read decodes a successful answer into a value; anything else is a failure.
func (r answer) read(p plan, into any) error {
	if r.status != http.StatusOK {
		return r.refused(p)
	}
	if err := json.Unmarshal(r.body, into); err != nil {
		return &failure{
			fmt.Sprintf("%s answers with %q that is not the JSON of an auth server", r.request, r.header.Get("Content-Type")),
			"see what serves " + p.base.String() + "; it may be another program or a proxy",
		}
	}
	return nil
}

func until(t, now time.Time) string { return t.Sub(now).Round(time.Second).String() }
