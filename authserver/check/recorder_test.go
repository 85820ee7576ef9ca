package check_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
)

// recorder is a proxy that remembers the session tokens, JWTs and cookie values that went through it.
type recorder struct {
	next http.RoundTripper

	mu   sync.Mutex
	seen []string
}

func (r *recorder) proxy(address string) http.Handler {
	target, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = r
	return proxy
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	var answer struct{ Token string }
	_ = json.Unmarshal(body, &answer)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, answer.Token)
	for _, cookie := range response.Cookies() {
		r.seen = append(r.seen, cookie.Value)
	}
	return response, nil
}

// secrets are the values that are long enough to be recognised.
func (r *recorder) secrets() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []string
	for _, value := range r.seen {
		if len(strings.TrimSpace(value)) > 16 {
			found = append(found, value)
		}
	}
	return found
}
