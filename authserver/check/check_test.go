package check_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// start are the servers that every case runs against.
var start = map[string]func(testing.TB, servers.Settings) servers.Server{
	"better-auth": servers.Reference,
	"gatehouse":   servers.Gatehouse,
}

const password = "a-password-to-look-for"

func run(t *testing.T, options check.Options) (check.Report, string) {
	t.Helper()
	var text bytes.Buffer
	report, err := check.Run(t.Context(), options, func(step check.Step) { step.WriteText(&text) })
	if err != nil {
		t.Fatal(err)
	}
	report.WriteSummary(&text)
	return report, text.String()
}

// results writes the steps in one line, such as "health=passed sign-up=skipped".
func results(report check.Report) string {
	var words []string
	for _, step := range report.Steps {
		words = append(words, step.Name+"="+string(step.Result))
	}
	return strings.Join(words, " ")
}

func find(t *testing.T, report check.Report, name string) check.Step {
	t.Helper()
	for _, step := range report.Steps {
		if step.Name == name {
			return step
		}
	}
	t.Fatalf("no step %s in %+v", name, report)
	return check.Step{}
}

func firstFailure(report check.Report) check.Step {
	for _, step := range report.Steps {
		if step.Result == check.Failed {
			return step
		}
	}
	return check.Step{}
}

func TestServersPass(t *testing.T) {
	t.Parallel()
	off, tier := false, "free"
	fields := []config.CustomField{
		{Name: "role", Type: "string", Required: true}, {Name: "tier", Type: "string", Default: &tier},
		{Name: "born", Type: "date"}, {Name: "age", Type: "number"},
	}
	cases := map[string]struct {
		settings servers.Settings
		options  check.Options
	}{
		"defaults": {},
		"custom fields": {
			servers.Settings{Fields: fields},
			check.Options{CustomFields: map[string]any{"role": "admin", "tier": "gold", "born": "2001-02-03", "age": 31.0}},
		},
		"no automatic sign-in": {servers.Settings{AutoSignIn: &off}, check.Options{}},
		"base path":            {servers.Settings{BasePath: "/auth/v2"}, check.Options{BasePath: "/auth/v2"}},
		"https behind a proxy": {servers.Settings{BaseURL: "https://auth.example.com", CookieDomain: "example.com"}, check.Options{}},
		"cookie cache":         {servers.Settings{CookieCache: config.CookieCacheJWE}, check.Options{}},
		"stateless":            {servers.Settings{Stateless: true}, check.Options{}},
	}
	for server, start := range start {
		for name, test := range cases {
			t.Run(server+"/"+name, func(t *testing.T) {
				t.Parallel()
				test.settings.Database = pgtest.Database(t)
				running := start(t, test.settings)
				test.options.BaseURL, test.options.Origin = running.Address, running.Settings.BaseURL
				report, text := run(t, test.options)
				if !report.Passed {
					t.Fatal(text)
				}
				if jwt := find(t, report, "jwt"); (jwt.Result == check.Skipped) != (server == "better-auth") {
					t.Errorf("jwt: %+v", jwt)
				}
				if out := find(t, report, "signed-out"); strings.Contains(out.Detail, "session_data") != (test.settings.Stateless || test.settings.CookieCache != "") {
					t.Errorf("signed out: %+v", out)
				}
				fields := find(t, report, "custom-fields")
				if (fields.Result == check.Skipped) != (len(test.options.CustomFields) == 0) {
					t.Errorf("custom fields: %+v", fields)
				}
			})
		}
	}
}

func TestSecondRunSignsTheUserIn(t *testing.T) {
	t.Parallel()
	for server, start := range start {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			running := start(t, servers.Settings{Database: pgtest.Database(t)})
			options := check.Options{
				BaseURL: running.Address, Origin: running.Settings.BaseURL, Email: "Again@example.com", Password: password,
			}
			if report, text := run(t, options); !report.Passed || find(t, report, "sign-up").Result != check.Passed {
				t.Fatal(text)
			}
			report, text := run(t, options)
			if !report.Passed || find(t, report, "sign-up").Result != check.Skipped {
				t.Error(text)
			}
			options.Password = "another-password"
			report, text = run(t, options)
			const want = "health=passed sign-up=skipped sign-in=failed session=skipped custom-fields=skipped jwt=skipped sign-out=skipped signed-out=skipped"
			if report.Passed || results(report) != want {
				t.Errorf("with a wrong password: %s", text)
			}
			if step := find(t, report, "sign-in"); !strings.Contains(step.Fix, "--password") {
				t.Errorf("with a wrong password: %+v", step)
			}
		})
	}
}

func TestFailuresSayWhatToDo(t *testing.T) {
	t.Parallel()
	secure := true
	role := []config.CustomField{{Name: "role", Type: "string", Required: true}}
	cases := map[string]struct {
		settings      servers.Settings
		options       check.Options
		step, fix     string
		withoutOrigin bool
		// notOurs is a configuration that our server refuses to start with.
		notOurs bool
	}{
		"required field missing": {settings: servers.Settings{Fields: role}, step: "sign-up", fix: "--custom-fields"},
		"field not there": {
			options: check.Options{CustomFields: map[string]any{"plan": "pro"}}, step: "custom-fields", fix: "server's custom fields",
		},
		"sign-up disabled":   {settings: servers.Settings{DisableSignUp: true}, step: "sign-up", fix: "--email and --password"},
		"origin not trusted": {withoutOrigin: true, step: "sign-up", fix: "--origin"},
		"password too short": {options: check.Options{Password: "short"}, step: "sign-up", fix: "--password"},
		"secure cookie over http": {
			settings: servers.Settings{SecureCookies: &secure}, step: "sign-in", fix: "https://",
		},
		"cookie of another domain": {
			settings: servers.Settings{CookieDomain: "example.org"}, step: "sign-in", fix: "cookie domain", notOurs: true,
		},
	}
	for server, start := range start {
		for name, test := range cases {
			if test.notOurs && server == "gatehouse" {
				continue
			}
			t.Run(server+"/"+name, func(t *testing.T) {
				t.Parallel()
				test.settings.Database = pgtest.Database(t)
				running := start(t, test.settings)
				test.options.BaseURL = running.Address
				if !test.withoutOrigin {
					test.options.Origin = running.Settings.BaseURL
				}
				report, text := run(t, test.options)
				failed := firstFailure(report)
				if report.Passed || failed.Name != test.step || !strings.Contains(failed.Fix, test.fix) {
					t.Errorf("want %s to fail with a fix about %q:\n%s", test.step, test.fix, text)
				}
			})
		}
	}
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	report, text := run(t, check.Options{BaseURL: closed.URL})
	if step := find(t, report, "health"); report.Passed || !strings.Contains(step.Fix, "port-forward") {
		t.Error(text)
	}
}

func TestSlowServerRunsIntoTheTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer slow.Close()
	defer close(release)
	report, text := run(t, check.Options{BaseURL: slow.URL, Timeout: 50 * time.Millisecond})
	if step := find(t, report, "health"); report.Passed || !strings.Contains(step.Fix, "--timeout") {
		t.Error(text)
	}
}

func TestOtherPrograms(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		handler http.Handler
		fix     string
	}{
		"web page": {
			http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>welcome</html>")) }),
			"another program",
		},
		"redirect":        {http.RedirectHandler("https://elsewhere.example.com/", http.StatusMovedPermanently), "https://elsewhere.example.com/"},
		"wrong base path": {http.NotFoundHandler(), "--base-path"},
		"proxy without a server": {
			http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "bad gateway", http.StatusBadGateway) }),
			"ready",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.handler)
			defer server.Close()
			report, text := run(t, check.Options{BaseURL: server.URL})
			if step := find(t, report, "health"); report.Passed || !strings.Contains(step.Fix, test.fix) {
				t.Errorf("want a fix about %q:\n%s", test.fix, text)
			}
		})
	}
}

func TestReportsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	for server, start := range start {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			database := pgtest.Database(t)
			running := start(t, servers.Settings{Database: database})
			recorder := &recorder{next: http.DefaultTransport}
			proxy := httptest.NewServer(recorder.proxy(running.Address))
			defer proxy.Close()
			report, text := run(t, check.Options{BaseURL: proxy.URL, Origin: running.Settings.BaseURL, Password: password})
			if !report.Passed {
				t.Fatal(text)
			}
			encoded, err := json.Marshal(report)
			if err != nil {
				t.Fatal(err)
			}
			secrets := append(recorder.secrets(), password)
			if len(secrets) < 3 {
				t.Fatalf("only %d secrets went over the wire", len(secrets))
			}
			for _, secret := range secrets {
				if strings.Contains(text+string(encoded), secret) {
					t.Errorf("the report holds the secret %q", secret)
				}
			}
		})
	}
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		options check.Options
		want    string
	}{
		"no base URL":   {check.Options{}, "http://localhost:3001"},
		"no scheme":     {check.Options{BaseURL: "localhost:3001"}, "http(s)://"},
		"path":          {check.Options{BaseURL: "http://localhost/api/auth"}, "base path"},
		"credentials":   {check.Options{BaseURL: "http://someone:" + password + "@localhost"}, "leave out the user"},
		"bad URL":       {check.Options{BaseURL: "http://someone:" + password + "@local host"}, "http(s)://"},
		"base path":     {check.Options{BaseURL: "http://localhost", BasePath: "api/"}, "begin it with a slash"},
		"core field":    {check.Options{BaseURL: "http://localhost", CustomFields: map[string]any{"email": "a"}}, "leave it out"},
		"origin":        {check.Options{BaseURL: "http://localhost", Origin: "example.com"}, "origin: give it as"},
		"negative time": {check.Options{BaseURL: "http://localhost", Timeout: -1}, "positive"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := check.Run(t.Context(), test.options, func(check.Step) { t.Error("a step ran") })
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want an error about %q, got %v", test.want, err)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
}
