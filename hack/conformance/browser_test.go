package conformance

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// browser keeps cookies by name only, so that those of one server can be shown to another.
type browser struct {
	t       *testing.T
	server  servers.Server
	cookies []*http.Cookie
}

// reply is an answer of a server.
type reply struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	raw     string
	body    any
}

func (b *browser) at(server servers.Server) *browser {
	return &browser{t: b.t, server: server, cookies: b.cookies}
}

func (b *browser) get(path string) reply {
	b.t.Helper()
	return b.send(http.MethodGet, path, nil)
}

func (b *browser) post(path string, body map[string]any) reply {
	b.t.Helper()
	return b.send(http.MethodPost, path, body)
}

func (b *browser) send(method, path string, body map[string]any) reply {
	b.t.Helper()
	var encoded io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		encoded = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.server.Endpoint(path), encoded)
	if err != nil {
		b.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Origin", b.server.Settings.BaseURL)
	request.Header.Set("X-Forwarded-For", "203.0.113.9")
	for _, cookie := range b.cookies {
		request.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
	answer := exchange(b.t, request)
	b.keep(answer.cookies)
	return answer
}

func (b *browser) keep(set []*http.Cookie) {
	for _, cookie := range set {
		b.cookies = without(b.cookies, cookie.Name)
		if cookie.MaxAge >= 0 {
			b.cookies = append(b.cookies, cookie)
		}
	}
}

func without(cookies []*http.Cookie, name string) []*http.Cookie {
	var rest []*http.Cookie
	for _, cookie := range cookies {
		if cookie.Name != name {
			rest = append(rest, cookie)
		}
	}
	return rest
}

func exchange(t *testing.T, request *http.Request) reply {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := reply{status: response.StatusCode, header: response.Header, cookies: response.Cookies(), raw: string(text)}
	if len(text) > 0 && strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(text, &answer.body); err != nil {
			t.Fatalf("%s %s: %v in %q", request.Method, request.URL, err, text)
		}
	}
	return answer
}

// want fails the test unless the answer has the status.
func (r reply) want(t *testing.T, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("want status %d, got %d: %s", status, r.status, r.raw)
	}
	return r
}

// at returns the member of the body at a path such as session.expiresAt; nil when there is none.
func (r reply) at(path string) any {
	value := r.body
	for name := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

func (r reply) cookie(t *testing.T, suffix string) *http.Cookie {
	t.Helper()
	for _, cookie := range r.cookies {
		if strings.HasSuffix(cookie.Name, suffix) {
			return cookie
		}
	}
	t.Fatalf("no cookie %s in %q", suffix, r.header.Values("Set-Cookie"))
	return nil
}

func moment(t *testing.T, value any) time.Time {
	t.Helper()
	text, _ := value.(string)
	parsed, err := time.Parse("2006-01-02T15:04:05.000Z", text)
	if err != nil {
		t.Fatalf("%v is not a date with milliseconds: %v", value, err)
	}
	return parsed
}
