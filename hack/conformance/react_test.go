package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

const (
	chromium = "/usr/bin/chromium"

	// The page has an origin, the auth server another; the third is nobody's.
	pageOrigin    = "http://app.example.com"
	authOrigin    = "http://auth.example.com"
	foreignOrigin = "http://evil.example.net"
)

// reactSteps are what walk.mjs does, so that none gets lost.
var reactSteps = []string{
	"signed out", "sign up", "useSession renders a change", "the session survives a reload", "sign out in one tab signs out the other",
	"a wrong password is refused", "ask for a reset by mail", "choose a new password", "sign in with the new password",
	"sign in with a social provider", "an origin that is not allowed is refused",
}

// TestClientInABrowser drives the unmodified better-auth/react in Chromium; the page and the auth server have origins of
// their own.
func TestClientInABrowser(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("%v; make test installs it (Debian: apt-get install chromium)", err)
	}
	post := smtptest.Start(t, smtptest.Options{})
	provider := oauthtest.Start(oauthtest.Options{})
	t.Cleanup(provider.Close)
	provider.SignIn("github", oauthtest.Profile{Sub: "4711", Email: "social@example.com", Name: "Social Visitor"})
	server := servers.Gatehouse(t, servers.Settings{
		Database: pgtest.Database(t), BaseURL: authOrigin, AllowedOrigins: []string{pageOrigin}, Fields: seed, SMTP: post.Address,
		Social: []string{"github"}, Fake: provider.URL(),
	})
	page := servePage(t, post)
	hosts := fmt.Sprintf("MAP auth.example.com %s,MAP app.example.com %s,MAP evil.example.net %[2]s",
		strings.TrimPrefix(server.Address, "http://"), strings.TrimPrefix(page.URL, "http://"))
	screenshots := t.TempDir()
	if folder := os.Getenv("SCREENSHOTS"); folder != "" {
		screenshots = folder
	}
	command := servers.Node(t, "react/walk.mjs", "CHROMIUM="+chromium, "PAGE="+pageOrigin+"/", "FOREIGN="+foreignOrigin+"/",
		"MAILBOX="+page.URL+"/mailbox", "HOSTS="+hosts, "SCREENSHOTS="+screenshots, "HOME="+t.TempDir())
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	var taken []string
	for line := range bytes.Lines(output) {
		var step struct{ Step string }
		if json.Unmarshal(line, &step) == nil {
			taken = append(taken, step.Step)
		}
	}
	if err != nil || !slices.Equal(taken, reactSteps) {
		t.Errorf("took the steps %q: %v\n%s", taken, err, stderr.String())
	}
}

// servePage bundles the page and serves it, with the mail of its user.
func servePage(t *testing.T, post *smtptest.Server) *httptest.Server {
	t.Helper()
	folder := t.TempDir()
	bundle := servers.Node(t, "node_modules/esbuild/bin/esbuild", "HOME="+folder)
	root := filepath.Dir(filepath.Dir(filepath.Dir(filepath.Dir(bundle.Args[1]))))
	bundle.Args = append(bundle.Args, filepath.Join(root, "react", "app.jsx"), "--bundle", "--format=esm", "--jsx=automatic",
		"--define:process.env.NODE_ENV=\"production\"", "--outfile="+filepath.Join(folder, "app.js"), "--log-level=warning")
	if output, err := bundle.CombinedOutput(); err != nil {
		t.Fatalf("bundle the page: %v\n%s", err, output)
	}
	site := http.NewServeMux()
	site.Handle("/", http.FileServer(http.Dir(folder)))
	site.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(root, "react", "page.html"))
	})
	site.Handle("/mailbox", mailboxOf(post))
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	return server
}
