package httpapi_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/httpapi"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

const (
	signUpPath     = "/api/auth/sign-up/email"
	signInPath     = "/api/auth/sign-in/email"
	getSessionPath = "/api/auth/get-session"
)

const unlimited = "rateLimit: {enabled: false}\n"

func signUpBody(email string) string {
	return fmt.Sprintf(`{"name":"A","email":%q,"password":"Password123!"}`, email)
}

// TestHostileBodiesGetAClearErrorAndLeaveNothing sends what no client sends. Nothing may be a 500, and nothing may be
// stored.
func TestHostileBodiesGetAClearErrorAndLeaveNothing(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+`customFields: [{name: role, type: string, index: true, unique: true}, {name: meta, type: json}, {name: age, type: number}, {name: plan, type: enum, values: [free, pro]}]`)
	with := func(members string) string {
		return `{"name":"A","email":"a@b.co","password":"Password123!",` + members + `}`
	}
	const nul = "must not contain the character U+0000"
	for name, c := range map[string]struct {
		path, body string
		status     int
		contains   string
	}{
		"broken JSON":             {signUpPath, `{"name":`, 400, "BAD_REQUEST"},
		"not JSON":                {signUpPath, "\xff\xfe\x00", 400, "BAD_REQUEST"},
		"deep nesting":            {signUpPath, strings.Repeat(`{"a":`, 100_000), 400, "BAD_REQUEST"},
		"deep arrays":             {signUpPath, strings.Repeat("[", 500_000), 400, "BAD_REQUEST"},
		"very many members":       {signUpPath, `{"a":1` + manyMembers(20_000) + `}`, 400, "BAD_REQUEST"},
		"wrong types":             {signUpPath, `{"name":{},"email":[],"password":true,"image":1}`, 400, "[body.name] Invalid input: expected string, received object"},
		"a body over the limit":   {signUpPath, with(`"x":"` + strings.Repeat("x", 1<<20) + `"`), 413, "PAYLOAD_TOO_LARGE"},
		"NUL in the name":         {signUpPath, `{"name":"a\u0000","email":"a@b.co","password":"Password123!"}`, 400, "[body.name] Invalid input: " + nul},
		"NUL in the image":        {signUpPath, with(`"image":"\u0000"`), 400, "[body.image] Invalid input: " + nul},
		"NUL in a custom field":   {signUpPath, with(`"role":"\u0000"`), 400, "[body.role] Invalid input: " + nul},
		"NUL deep in a field":     {signUpPath, with(`"meta":{"a":[{"b\u0000":1}]}`), 400, "[body.meta] Invalid input: " + nul},
		"NUL in an address":       {signInPath, `{"email":"a\u0000@b.co","password":"x"}`, 400, "[body.email]"},
		"a value of no enum":      {signUpPath, with(`"plan":"gold"`), 400, `[body.plan] Invalid option: expected one of \"free\"|\"pro\"`},
		"an integer out of range": {signUpPath, with(`"age":1e300`), 422, "FAILED_TO_CREATE_USER"},
		"an index row too long":   {signUpPath, with(`"role":"` + incompressible(9000) + `"`), 422, "FAILED_TO_CREATE_USER"},
		"a very long address":     {signUpPath, `{"name":"A","email":"` + strings.Repeat("a", 5000) + `@b.co","password":"Password123!"}`, 400, "[body.email] Invalid email address"},
		"a callback with CRLF":    {signUpPath, with(`"callbackURL":"http://localhost:3001/\r\nSet-Cookie: a=b"`), 403, "INVALID_CALLBACK_URL"},
		"a very long password":    {signUpPath, `{"name":"A","email":"a@b.co","password":"` + strings.Repeat("x", 900_000) + `"}`, 400, "PASSWORD_TOO_LONG"},
		"an empty object":         {"/api/auth/sign-out", `[]`, 400, "[body] Invalid input: expected object, received array"},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			got := h.post(c.path, c.body)
			if got.status != c.status || !strings.Contains(got.body, c.contains) {
				t.Errorf("%d %s, want %d with %s", got.status, got.body, c.status, c.contains)
			}
		})
	}
	h.t = t
	for _, table := range []string{"user", "account", "session"} {
		if n := h.count(table); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
}

func manyMembers(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `,"k%d":1`, i)
	}
	return text.String()
}

// incompressible is text that no compression makes fit an index.
func incompressible(n int) string {
	var text strings.Builder
	state := uint64(1)
	for range n {
		state = state*6364136223846793005 + 1442695040888963407
		text.WriteByte('a' + byte(state>>58)%26)
	}
	return text.String()
}

// TestOddButValidInputIsStoredAsJavaScriptWould checks what must not be refused.
func TestOddButValidInputIsStoredAsJavaScriptWould(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	got := h.post(signUpPath, `{"name":"first","name":"lone \ud800 \u2028 <b>","email":"A@B.co","password":"Password\u00001","__proto__":{"name":"x"},"image":"`+"\xff"+`","x":{"y":[1]}}`,
		[2]string{"User-Agent", "caf\xe9"})
	const want = `"user":{"name":"lone ` + "\uFFFD \u2028" + ` <b>","email":"a@b.co","emailVerified":false,"image":"` + "\uFFFD" + `",`
	if got.status != 200 || !strings.Contains(got.body, want) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := h.post(signInPath, `{"email":"a@b.co","password":"Password\u00001"}`); got.status != 200 {
		t.Errorf("sign-in: %d %s", got.status, got.body)
	}
	var agent string
	if err := h.db.QueryRow(t.Context(), `select "userAgent" from session where "userAgent" <> ''`).Scan(&agent); err != nil || agent != "caf\uFFFD" {
		t.Errorf("user agent %q, %v", agent, err)
	}
}

func TestHostileForms(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	for body, want := range map[string]string{
		strings.Repeat("a=b&", 5000):                       "Too many form fields",
		"email=%zz&password=%00":                           "INVALID_EMAIL",
		"email=a%40b.co&email=nope&password=%ff%fe&&=&&&a": "INVALID_EMAIL",
	} {
		got := h.send("POST", signInPath, [][2]string{{"Host", "x"}, {"Content-Type", "application/x-www-form-urlencoded"}, {"Content-Length", length(body)}}, body)
		if got.status != 400 || !strings.Contains(got.body, want) {
			t.Errorf("%.30q: %d %s, want %s", body, got.status, got.body, want)
		}
	}
}

func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	t.Run("10 MB of headers", func(t *testing.T) {
		h.t = t
		conn, err := net.Dial("tcp", h.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		// The server answers and closes before it has read all of it, so the write may fail.
		go io.WriteString(conn, "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 10<<20)+"\r\n\r\n")
		if got := h.read(conn, "GET"); got.status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("status %d", got.status)
		}
	})
	for name, headers := range map[string][][2]string{
		"broken cookies":      {{"Cookie", "=; ;;; better-auth.session_token; better-auth.session_token=\"; a=%zz"}},
		"many cookies":        {{"Cookie", strings.Repeat("better-auth.session_data.0=x; ", 500)}},
		"a cookie's quote":    {{"Cookie", `better-auth.session_token="`}},
		"broken forwarding":   {{"X-Forwarded-For", ",,,;;" + strings.Repeat("1.1.1.1,", 1000)}},
		"request id to spoof": {{"X-Request-Id", "a\tb\"c"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			if got := h.get(getSessionPath, headers...); got.status != 200 || got.body != "null" {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	t.Run("long and strange paths", func(t *testing.T) {
		h.t = t
		for _, path := range []string{"/api/auth/" + strings.Repeat("x", 10_000), "/api/auth/%00", "/api/auth/../health", "/API/AUTH/ok", "/", "*"} {
			if got := h.get(path); got.status != 404 && got.status != 400 || got.status == 404 && got.body != "" {
				t.Errorf("%.30s: %d %s", path, got.status, got.body)
			}
		}
	})
}

// TestLongPathsAreCountedInTheDatabase is about keys that no index could hold.
func TestLongPathsAreCountedInTheDatabase(t *testing.T) {
	t.Parallel()
	h := start(t, "rateLimit: {storage: Database, default: {max: 1, window: 1m}}")
	path := "/api/auth/" + incompressible(20_000)
	if got := h.get(path); got.status != 404 {
		t.Errorf("first request: %d", got.status)
	}
	if got := h.get(path); got.status != 429 {
		t.Errorf("second request: %d", got.status)
	}
}

func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited, func(o *server.Options) {
		o.Timeouts = httpapi.Timeouts{ReadHeader: 200 * time.Millisecond, Read: 400 * time.Millisecond, Write: 10 * time.Second, Idle: 200 * time.Millisecond}
	})
	for name, request := range map[string]string{
		"headers that never end":        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\n",
		"a connection without requests": "",
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, h, request)
			if data, err := io.ReadAll(conn); err != nil || strings.Contains(string(data), " 200 ") {
				t.Errorf("%q, %v", data, err)
			}
		})
	}
	t.Run("a body that never ends", func(t *testing.T) {
		h.t = t
		conn := dial(t, h, "POST "+signUpPath+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
		if got := h.read(conn, "POST"); got.status != 408 || !strings.Contains(got.body, "REQUEST_TIMEOUT") {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
	t.Run("a body that ends early", func(t *testing.T) {
		conn := dial(t, h, "POST "+signUpPath+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(conn); err != nil || strings.Contains(string(data), " 200 ") || strings.Contains(string(data), " 500 ") {
			t.Errorf("%q, %v", data, err)
		}
	})
	h.t = t
	if n := h.count("user"); n != 0 {
		t.Errorf("%d users are left", n)
	}
}

func dial(t *testing.T, h *harness, request string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestChunkedBodiesAreBoundedToo has no Content-Length to look at.
func TestChunkedBodiesAreBoundedToo(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	chunk := "10000\r\n" + strings.Repeat("x", 0x10000) + "\r\n"
	conn := dial(t, h, "POST "+signUpPath+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
	go func() {
		for range 40 {
			if _, err := io.WriteString(conn, chunk); err != nil {
				return
			}
		}
	}()
	if got := h.read(conn, "POST"); got.status != 413 || got.body != `{"message":"Request body is too large","code":"PAYLOAD_TOO_LARGE"}` {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestTwoSignUpsOfOneAddressHaveOneWinner(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	const rivals = 6
	answers := make(chan answer, rivals)
	for range rivals {
		go func() { answers <- h.request(signUpBody("race@example.com")) }()
	}
	statuses := map[int]int{}
	for range rivals {
		got := <-answers
		statuses[got.status]++
		if got.status == 422 && got.body != `{"message":"User already exists. Use another email.","code":"USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"}` {
			t.Errorf("a loser gets %s", got.body)
		}
	}
	if statuses[200] != 1 || statuses[422] != rivals-1 {
		t.Errorf("statuses %v, want one 200 and %d 422", statuses, rivals-1)
	}
	for table, want := range map[string]int{"user": 1, "account": 1, "session": 1} {
		if n := h.count(table); n != want {
			t.Errorf("%d rows of %s, want %d", n, table, want)
		}
	}
}

// request signs up from any goroutine; it reports a transport error as status 0.
func (h *harness) request(body string) answer {
	request, err := http.NewRequestWithContext(context.WithoutCancel(h.t.Context()), http.MethodPost, "http://"+h.address+signUpPath, strings.NewReader(body))
	if err != nil {
		return answer{}
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{body: err.Error()}
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{body: err.Error()}
	}
	return answer{response.StatusCode, response.Header, string(data)}
}
