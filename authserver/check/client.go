package check

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const maxAnswer = 1 << 20

// ClientOptions say where a server is and who asks it.
type ClientOptions struct {
	// Base is where the server is reached, Origin that of the browser that is played.
	Base, Origin *url.URL
	// Jar keeps the cookies.
	Jar http.CookieJar
	// UserAgent is what the client calls itself.
	UserAgent string
	// Timeout bounds the whole run; it is only told in failures, the caller's context has it.
	Timeout time.Duration
	// Transport sends the requests; nil is http.DefaultTransport.
	Transport http.RoundTripper
}

// Client talks to a server as the browser of a user would. It follows no redirects.
type Client struct {
	ClientOptions
	http *http.Client
}

// NewClient returns a Client.
func NewClient(o ClientOptions) *Client {
	return &Client{ClientOptions: o, http: &http.Client{
		Jar: o.Jar, Transport: o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Answer is a response, read as a whole.
type Answer struct {
	// Request is its method and path, such as GET /health.
	Request string
	Status  int
	Header  http.Header
	Cookies []*http.Cookie
	Body    []byte
	// Problem is what the server says about a request that it refuses.
	Problem struct{ Message, Code string }
}

// Get asks for a path. Its error is a *StepError.
func (c *Client) Get(ctx context.Context, path string, change ...func(*http.Request)) (Answer, error) {
	return c.send(ctx, http.MethodGet, path, nil, change)
}

// Post sends JSON to a path. Its error is a *StepError.
func (c *Client) Post(ctx context.Context, path string, body map[string]any, change ...func(*http.Request)) (Answer, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return Answer{}, &StepError{"the body cannot be encoded: " + err.Error(), "send values that JSON can hold"}
	}
	change = append(change, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
	return c.send(ctx, http.MethodPost, path, encoded, change)
}

func (c *Client) send(ctx context.Context, method, path string, body []byte, change []func(*http.Request)) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.Base.String()+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, &StepError{err.Error(), "correct the base URL and the base path"}
	}
	request.Header.Set("Origin", c.Origin.String())
	request.Header.Set("User-Agent", c.UserAgent)
	for _, edit := range change {
		edit(request)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, c.unreachable(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return Answer{}, c.unreachable(err)
	}
	answer := Answer{
		Request: method + " " + request.URL.Path, Status: response.StatusCode,
		Header: response.Header, Cookies: response.Cookies(), Body: text,
	}
	if answer.Status >= http.StatusBadRequest {
		// A proxy's error page is not JSON; then there is only the status to tell.
		_ = json.Unmarshal(text, &answer.Problem)
	}
	return answer, nil
}

// Read decodes an answer with the status 200 into a value. Its error is a *StepError that says what is wrong with any other.
func (r Answer) Read(into any) error {
	if r.Status != http.StatusOK {
		return &StepError{r.refusal(), r.fix()}
	}
	if err := json.Unmarshal(r.Body, into); err != nil {
		return &StepError{
			fmt.Sprintf("%s answers with %q that is not the JSON of an auth server", r.Request, r.Header.Get("Content-Type")),
			"see what serves the base URL; it may be another program or a proxy",
		}
	}
	return nil
}

func until(t, now time.Time) string { return t.Sub(now).Round(time.Second).String() }
