package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// TestReplay sends every recorded request of our endpoints to a real server on a real PostgreSQL and compares status,
// headers, cookies, body and rows with what Better-Auth 1.7.25 answered.
func TestReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var replayed, waiting atomic.Int64
	t.Run("files", func(t *testing.T) {
		for _, file := range files {
			recording := readRecording(t, file)
			t.Run(recording.name, func(t *testing.T) {
				t.Parallel()
				done, left := replay(t, recording)
				replayed.Add(int64(done))
				waiting.Add(int64(left))
			})
		}
	})
	if t.Failed() {
		return
	}
	elsewhere := 0
	for name, file := range waitingFiles {
		elsewhere += file.exchanges
		if _, err := os.Stat("testdata/transcripts/" + name + ".json"); err == nil {
			t.Errorf("%s is listed as waiting and replayed", name)
		}
	}
	t.Logf("%d exchanges replayed, %d in these files wait for endpoints, %d in files that wait for features", replayed.Load(), waiting.Load(), elsewhere)
	if got := int(replayed.Load()+waiting.Load()) + elsewhere; got != recordedExchanges {
		t.Errorf("%d exchanges are replayed or listed, %d were recorded", got, recordedExchanges)
	}
	if got := len(files) + len(waitingFiles); got != recordedFiles {
		t.Errorf("%d files are replayed or listed, %d were recorded", got, recordedFiles)
	}
	checkLists(t, files)
	for d := range reasons {
		if used.counts[d] == 0 {
			t.Errorf("the allowed difference %q is not needed", d)
		}
	}
}

// checkLists finds entries of the lists that stand for nothing any more.
func checkLists(t *testing.T, files []string) {
	t.Helper()
	exchanges, paths := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		recording := readRecording(t, file)
		for _, e := range recording.Exchanges {
			exchanges[recording.name+"/"+e.Name] = true
			paths[waitingPath(e)] = true
		}
	}
	for name := range changes {
		if !exchanges[name] {
			t.Errorf("changes names %q, which was not recorded", name)
		}
	}
	for path := range waitingPaths {
		if !paths[path] {
			t.Errorf("waitingPaths names %q, which no replayed recording calls", path)
		}
	}
}

// replayer replays one recording.
type replayer struct {
	*harness
	recording recording
	pairs     *pairing
	// caller is the user whose session the request of the exchange carries.
	caller string
	// unserved says that the recording called an endpoint that we do not serve since our last exchange.
	unserved bool
	// revoked is the session that ended silently; caches may still know it.
	revoked string
}

func replay(t *testing.T, recording recording) (replayed, waiting int) {
	keys, err := tokens.NewKeyring(secret)
	if err != nil {
		t.Fatal(err)
	}
	r := &replayer{harness: start(t, recording.config(), recordedProviders(t)), recording: recording, pairs: newPairing(keys)}
	// Tokens that the recorder got within one second are equal, so ours must not come from two.
	r.clock.set(r.clock.Now().Truncate(time.Second))
	r.visit()
	for _, e := range recording.Exchanges {
		if r.waits(e) {
			waiting++
			r.unserved = true
			continue
		}
		replayed++
		t.Run(e.Name, func(t *testing.T) {
			r.t = t
			r.prepare(e)
			if e.path() == dumpPath {
				r.compareDump(e)
				return
			}
			r.compare(e, r.request(e))
		})
		r.unserved = false
		r.clock.advance(7 * time.Millisecond)
	}
	r.t = t
	return replayed, waiting
}

// waits says whether the exchange is one of an endpoint that waits. What Better-Auth does not find, we do not either.
func (r *replayer) waits(e exchange) bool {
	if e.Response.Status == 404 && e.responseBody() == "" && e.Response.Headers["content-type"] == nil {
		return false
	}
	return waitingPath(e) != ""
}

// waitingPath is the entry of waitingPaths that an exchange belongs to.
func waitingPath(e exchange) string {
	path := e.path()
	if _, exact := waitingPaths[path]; exact {
		return path
	}
	for known := range waitingPaths {
		if strings.HasSuffix(known, "/") && strings.HasPrefix(path, known) {
			return known
		}
	}
	return ""
}

func (r *replayer) request(e exchange) answer {
	r.t.Helper()
	var headers [][2]string
	for _, name := range slices.Sorted(maps.Keys(e.Request.Headers)) {
		value := r.pairs.translate(e.Request.Headers[name])
		if name == "cookie" && strategies[r.recording.ServerEnv["COOKIE_CACHE"]] != "" {
			value = r.renewCaches(e, value)
		}
		headers = append(headers, [2]string{name, value})
	}
	shift := r.clock.Now().Sub(e.at(r.t))
	return r.send(e.Request.Method, r.pairs.tokens(e.Request.Path, shift), headers, r.pairs.tokens(e.requestBody(), shift))
}

func (r *replayer) compare(e exchange, got answer) {
	r.t.Helper()
	if r.namesField(e, got) {
		namedField.meet()
		return
	}
	if e.Response.Status == 500 && got.status == 401 && got.body == `{"message":"Invalid token","code":"INVALID_TOKEN"}` {
		linkOfNobody.meet()
		return
	}
	if e.path() == "/api/auth/jwt" && e.Response.Status == 404 && got.status == 401 {
		theBrief.meet()
		return
	}
	if got.status != e.Response.Status {
		r.t.Fatalf("status %d, recorded is %d; body %s", got.status, e.Response.Status, got.body)
	}
	r.compareMails(e)
	r.compareCookies(e, got)
	r.compareHeaders(e, got)
	if err := r.compareBody(e, got.body); err != nil {
		r.t.Error(err)
	}
	if e.After != nil {
		r.compareRows(e, got)
	}
}

// namesField says whether the recorded server failed on a field that our answer names.
func (r *replayer) namesField(e exchange, got answer) bool {
	var fields map[string]any
	if e.Response.Status != 500 || got.status != 400 || json.Unmarshal([]byte(e.requestBody()), &fields) != nil || len(fields) != 1 {
		return false
	}
	for name := range fields {
		if strings.HasPrefix(got.body, `{"message":"[body.`+name+`] Invalid input: expected `) {
			return strings.HasSuffix(got.body, `","code":"VALIDATION_ERROR"}`) && got.headers["Set-Cookie"] == nil
		}
	}
	return false
}

func (r *replayer) compareCookies(e exchange, got answer) {
	r.t.Helper()
	want, cookies := e.setCookies(), got.headers["Set-Cookie"]
	if e.path() == "/api/auth/list-accounts" && len(want) == 1 && len(cookies) == 2 && strings.Contains(cookies[0], ".session_token="+url.QueryEscape(r.pairs.keys.Sign(r.requestToken(e)))+"; Max-Age=604800;") {
		bothCookies.meet()
		cookies = cookies[1:]
	}
	if len(want) != len(cookies) {
		r.t.Fatalf("cookies %q, recorded are %q", cookies, want)
	}
	for i := range want {
		if err := r.pairs.cookie(want[i], cookies[i]); err != nil {
			r.t.Error(err)
		}
	}
	r.compareCaches(e, got)
}

// transport are the headers of the HTTP server itself.
var transport = []string{"date", "connection", "keep-alive", "transfer-encoding", "content-length", "set-cookie"}

func (r *replayer) compareHeaders(e exchange, got answer) {
	r.t.Helper()
	for name, recorded := range e.Response.Headers {
		if slices.Contains(transport, name) || name == "location" && r.pairs.text(recorded.(string), got.headers.Get(name)) == nil {
			continue
		}
		want := recorded.(string)
		if name == "location" {
			want = r.pairs.translate(want)
		}
		if values := got.headers.Values(name); len(values) != 1 || values[0] != want && !r.sameToken(name, want, values[0]) {
			r.t.Errorf("header %s: %q, recorded is %q", name, values, want)
		}
	}
	for name, values := range got.headers {
		name = strings.ToLower(name)
		if _, recorded := e.Response.Headers[name]; recorded || slices.Contains(transport, name) {
			continue
		}
		if slices.Contains(pageHeaders, name) && e.Response.Visible != "" {
			ownPage.meet()
			continue
		}
		if name == "retry-after" && got.status == 429 && values[0] == got.headers.Get("X-Retry-After") {
			retryAfter.meet()
			continue
		}
		if policy := cachePolicies[e.path()]; name == "cache-control" && values[0] == policy || name == "pragma" && policy == "no-store" {
			keysCached.meet()
			continue
		}
		r.t.Errorf("header %s: %q, recorded is none", name, values)
	}
}

var cachePolicies = map[string]string{"/api/auth/jwks": "public, max-age=300", "/api/auth/token": "no-store"}

// sameToken compares the tokens of headers.
func (r *replayer) sameToken(header, want, got string) bool {
	switch header {
	case "set-auth-jwt":
		if err := r.pairs.text(want, got); err != nil {
			r.t.Errorf("header %s: %v", header, err)
		}
		return true
	case "set-auth-token":
		wantToken, wantSigned := r.pairs.keys.Verify(want)
		token, signed := r.pairs.keys.Verify(got)
		return wantSigned && signed && r.pairs.text(wantToken, token) == nil
	}
	return false
}

func (r *replayer) compareBody(e exchange, body string) error {
	if e.Response.Visible != "" {
		return comparePage(e.Response.Visible, body)
	}
	recorded := e.responseBody()
	if e.path() == "/api/auth/sign-up/email" && e.Response.Status == 200 && strings.HasPrefix(recorded, `{"token":"`) {
		var err error
		if body, err = withoutSession(body); err != nil {
			return err
		}
	}
	return r.pairs.body(recorded, body)
}

// pageHeaders are those that a page of ours has besides.
var pageHeaders = []string{"content-security-policy", "x-content-type-options", "cache-control", "pragma"}

var (
	visibleForm = regexp.MustCompile(`^Error ERROR Something went wrong CODE: (\S+) (.*) Go Home Ask AI$`)
	styleForm   = regexp.MustCompile(`(?s)<style>.*</style>`)
	tagForm     = regexp.MustCompile(`<[^>]*>`)
)

// comparePage compares what a page says: its code, and the description that came with it.
func comparePage(visible, body string) error {
	recorded := visibleForm.FindStringSubmatch(visible)
	text := strings.Join(strings.Fields(tagForm.ReplaceAllString(styleForm.ReplaceAllString(body, ""), " ")), " ")
	want := "Error ERROR Something went wrong CODE: " + recorded[1] + " "
	if recorded[1] != "UNKNOWN" {
		want += recorded[2] + " "
	}
	if !strings.HasPrefix(text, want) {
		return fmt.Errorf("page %q, recorded is %q", text, visible)
	}
	return nil
}

// withoutSession takes the session out of a sign-up's answer, which must be that of its token.
func withoutSession(body string) (string, error) {
	var answer struct {
		Token   string
		Session struct {
			ID, Token string
			ExpiresAt time.Time
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		return "", fmt.Errorf("body %s: %w", body, err)
	}
	s := answer.Session
	member := fmt.Sprintf(`,"session":{"id":%q,"token":%q,"expiresAt":%q}}`, s.ID, answer.Token, s.ExpiresAt.Format("2006-01-02T15:04:05.000Z"))
	rest, found := strings.CutSuffix(body, member)
	if !found || !idForm.MatchString(s.ID) {
		return "", fmt.Errorf("body %s has no session of its token", body)
	}
	theBrief.meet()
	return rest + "}", nil
}
