package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/google/go-cmp/cmp"
)

const nginxProgram = "/usr/sbin/nginx"

// nginx starts a real nginx with a template of its configuration, which gets Scratch and Listen besides the values, and returns
// its address. It inherits its listener, as from the nginx that it takes the place of, so its port is free and open before it
// starts.
func nginx(t *testing.T, configuration string, values map[string]string) string {
	t.Helper()
	if _, err := os.Stat(nginxProgram); err != nil {
		t.Fatalf("%v; make test installs Debian's nginx-light", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inherited, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	scratch, err := os.MkdirTemp("", "gatehouse-nginx-") //nolint:usetesting // nginx's workers are another user, who may not enter t.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(scratch) })
	if err := os.Chmod(scratch, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(scratch, "nginx.conf")
	values["Scratch"], values["Listen"] = scratch, address
	writeTemplate(t, configuration, file, values)
	var output lockedBuffer
	command := exec.CommandContext(context.WithoutCancel(t.Context()), nginxProgram, "-e", "stderr", "-p", scratch, "-c", file, "-g", "daemon off;")
	command.Env = []string{"NGINX=3;"}
	command.ExtraFiles = []*os.File{inherited}
	command.Stdout, command.Stderr = &output, &output
	ended := run(t, command)
	if err := errors.Join(inherited.Close(), listener.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil || t.Failed() {
			t.Errorf("nginx ends with %v:\n%s", err, output.String())
		}
	})
	return "http://" + address
}

// run starts a program that ends with this process, however that ends.
func run(t *testing.T, command *exec.Cmd) (ended <-chan error) {
	t.Helper()
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	started, exit := make(chan error, 1), make(chan error, 1)
	go func() {
		// The signal is sent when the starting thread ends, so the thread has to stay.
		runtime.LockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			exit <- command.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	return exit
}

func writeTemplate(t *testing.T, source, target string, values any) {
	t.Helper()
	parsed, err := template.ParseFiles(source)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := parsed.Option("missingkey=error").Execute(&text, values); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// seen is what reaches the application.
type seen struct {
	Method, Path, Body string
	// Auth are the headers X-Auth-…
	Auth map[string]string
}

// behind is an application behind nginx, and a client of it.
type behind struct {
	*harness
	nginx string
	seen  *seen
}

func startBehindNginx(t *testing.T) *behind {
	t.Helper()
	b := &behind{harness: start(t, strings.Replace(guarding, "allowedOrigins:", "trustedOrigins: ['http://127.0.0.1:*']\nallowedOrigins:", 1))}
	application := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.seen = &seen{r.Method, r.URL.String(), string(body), map[string]string{}}
		for name, values := range r.Header {
			if strings.HasPrefix(name, "X-Auth-") || strings.HasPrefix(name, "X_") {
				b.seen.Auth[name] = strings.Join(values, "|")
			}
		}
	}))
	t.Cleanup(application.Close)
	b.nginx = nginx(t, "testdata/nginx.conf", map[string]string{"Gatehouse": b.address, "Application": application.URL})
	return b
}

// ask sends a request through nginx and returns the answer, and what the application saw of it; nil is nothing.
func (b *behind) ask(method, path, body string, headers ...[2]string) (answer, *seen) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.nginx+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, header := range headers {
		// As it is: some names are not canonical.
		request.Header[header[0]] = append(request.Header[header[0]], header[1])
	}
	b.seen = nil
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}, b.seen
}

// forged are headers with which a client pretends to be somebody.
var forged = [][2]string{
	{"X-Auth-User-Id", "root"}, {"x-auth-email", "root@example.com"}, {"X-Auth-Name", "Root"}, {"X-Auth-Role", "admin"}, {"X-AUTH-ROLE", "owner"},
	{"X-Auth-Tier", "gold"}, {"X_Auth_User_Id", "root"}, {"X-Original-URL", "https://evil.example.com/"}, {"X-Forwarded-Method", "GET"},
}

func TestForwardAuthBehindNginx(t *testing.T) {
	t.Parallel()
	b := startBehindNginx(t)
	cookie := cookieOf(b.post(signUpPath, `{"name":"Jürgen\r\nX-Auth-Role: admin","email":"a@b.co","password":"Password123!"}`))
	id := b.get(forwardAuthPath, cookie).headers.Get("X-Auth-User-Id")
	user := map[string]string{"X-Auth-User-Id": id, "X-Auth-Email": "a@b.co", "X-Auth-Name": "J%C3%BCrgen%0D%0AX-Auth-Role: admin", "X-Auth-Role": "user"}

	t.Run("a user", func(t *testing.T) {
		b.t = t
		for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS"} {
			body := strings.Repeat("x", 100_000)
			if method == "GET" || method == "OPTIONS" {
				body = ""
			}
			headers := append([][2]string{cookie, {"Origin", "https://evil.example.com"}, {"Access-Control-Request-Method", "PUT"}}, forged...)
			got, application := b.ask(method, "/page?a=b&c=d", body, headers...)
			want := &seen{method, "/page?a=b&c=d", body, user}
			if diff := cmp.Diff(want, application); got.status != 200 || diff != "" || got.headers["Set-Cookie"] != nil {
				t.Errorf("%s: %d, the application sees (-want +got):\n%s", method, got.status, diff)
			}
		}
	})
	t.Run("nobody", func(t *testing.T) {
		b.t = t
		for _, method := range []string{"GET", "POST", "OPTIONS"} {
			got, application := b.ask(method, "/page", "", forged...)
			if got.status != 401 || application != nil || got.body != `{"message":"Unauthorized","code":"UNAUTHORIZED"}` {
				t.Errorf("%s: %d %s, the application sees %v", method, got.status, got.body, application)
			}
		}
		got, application := b.ask("GET", "/page?a=b&c=%C3%A9", "", append([][2]string{browser}, forged...)...)
		want := "https://app.example.com/login?callbackURL=" + url.QueryEscape(b.nginx+"/page?a=b&c=%C3%A9")
		if got.status != 302 || got.headers.Get("Location") != want || application != nil {
			t.Errorf("a page: %d to %s, want %s", got.status, got.headers.Get("Location"), want)
		}
		if got, application := b.ask("POST", "/page", "a=b", append([][2]string{browser}, forged...)...); got.status != 401 || application != nil {
			t.Errorf("a form: %d, the application sees %v", got.status, application)
		}
		if got, _ := b.ask("GET", "/_auth", "", cookie); got.status != 404 {
			t.Errorf("the internal location is open: %d", got.status)
		}
	})
	t.Run("a role", func(t *testing.T) {
		b.t = t
		if got, application := b.ask("GET", "/admin/?role=user", "", append([][2]string{cookie}, forged...)...); got.status != 403 || application != nil {
			t.Errorf("without it: %d, the application sees %v", got.status, application)
		}
		b.exec(`update "user" set role = 'editor,owner'`)
		got, application := b.ask("GET", "/admin/x", "", append([][2]string{cookie}, forged...)...)
		if diff := cmp.Diff(&seen{"GET", "/admin/x", "", map[string]string{"X-Auth-User-Id": id}}, application); got.status != 200 || diff != "" {
			t.Errorf("with it: %d, the application sees (-want +got):\n%s", got.status, diff)
		}
	})
	t.Run("signed out", func(t *testing.T) {
		b.t = t
		b.post("/api/auth/sign-out", `{}`, cookie, own)
		if got, application := b.ask("GET", "/page", "", cookie); got.status != 401 || application != nil {
			t.Errorf("%d, the application sees %v", got.status, application)
		}
	})
	t.Run("without Gatehouse", func(t *testing.T) {
		b.t = t
		b.stop()
		if got, application := b.ask("GET", "/page", "", cookie); got.status != 500 || application != nil {
			t.Errorf("%d, the application sees %v", got.status, application)
		}
	})
	b.t = t
}

// TestTheREADMEShowsTheTestedConfiguration finds each line of its nginx block in the file that the test above uses.
func TestTheREADMEShowsTheTestedConfiguration(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tested, err := os.ReadFile("testdata/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```nginx\n")
	block, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("there is no nginx block in the README")
	}
	known := map[string]bool{"…": true}
	for line := range strings.Lines(string(tested)) {
		known[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(block) {
		if !known[strings.TrimSpace(line)] {
			t.Errorf("testdata/nginx.conf has not %s", line)
		}
	}
}
