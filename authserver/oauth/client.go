package oauth

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

const (
	// requestTimeout bounds one request to a provider, its answer included.
	requestTimeout = 10 * time.Second
	// maxAnswer bounds the body of an answer.
	maxAnswer = 1 << 20
	// maxRedirects bounds the redirects within one host.
	maxRedirects = 3
)

// newClient bounds what the requests of a client may take.
func newClient(client *http.Client) *http.Client {
	if client == nil {
		client = &http.Client{}
	}
	bounded := *client
	bounded.Timeout = requestTimeout
	bounded.CheckRedirect = checkRedirect
	bounded.Jar = nil
	bounded.Transport = bounds{client.Transport}
	return &bounded
}

// checkRedirect follows redirects to the same origin only: another one would be told codes and tokens, or would let a
// provider choose which hosts we call.
func checkRedirect(request *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) > maxRedirects ||
		request.URL.Scheme != first.URL.Scheme || request.URL.Host != first.URL.Host {
		return http.ErrUseLastResponse
	}
	return nil
}

// bounds is a transport that limits the size of answers and says what it accepts.
type bounds struct{ next http.RoundTripper }

// RoundTrip sends the request.
func (b bounds) RoundTrip(request *http.Request) (*http.Response, error) {
	next := b.next
	if next == nil {
		next = http.DefaultTransport
	}
	request = request.Clone(request.Context())
	if request.Header.Get("Accept") == "" {
		request.Header.Set("Accept", "application/json")
	}
	response, err := next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = http.MaxBytesReader(nil, response.Body, maxAnswer)
	return response, nil
}

// get asks for JSON, with the access token unless that is "".
func (p *Provider) get(ctx context.Context, url, accessToken string) (ecma.Value, error) {
	body, err := p.fetch(ctx, url, accessToken)
	if err != nil {
		return ecma.Value{}, err
	}
	value, err := ecma.Parse(body)
	if err != nil {
		return ecma.Value{}, rejected("its answer is not JSON")
	}
	return value, nil
}

func (p *Provider) fetch(ctx context.Context, url, accessToken string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, misconfigured("an endpoint is not a URL")
	}
	// GitHub wants a name, and is told the one that Better-Auth has.
	request.Header.Set("User-Agent", "better-auth")
	if accessToken != "" {
		request.Header.Set("Authorization", "Bearer "+accessToken)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, unreachable(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, refusal(response.StatusCode, "")
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	return body, nil
}

func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return rejected("its answer is too large")
	}
	return unreachable(err)
}

// knownCodes are the codes of RFC 6749 and of GitHub that errors may repeat; others could hold anything.
var knownCodes = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true,
	"unsupported_grant_type": true, "invalid_scope": true, "access_denied": true, "server_error": true,
	"temporarily_unavailable": true, "bad_verification_code": true, "incorrect_client_credentials": true,
	"redirect_uri_mismatch": true, "bad_refresh_token": true, "unverified_user_email": true,
}

// refusal is the error of an answer with another status than 200, and perhaps the code of OAuth.
func refusal(status int, code string) error {
	detail := "status " + strconv.Itoa(status)
	if knownCodes[code] {
		detail += ", " + code
	}
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return &failure{ErrUnavailable, detail}
	}
	return rejected(detail)
}
