package servers

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// Gatehouse migrates the database and starts our server: the program as users run it.
func Gatehouse(tb testing.TB, settings Settings) Server {
	tb.Helper()
	settings = settings.withDefaults()
	if output, err := authserver(tb, settings, "migrate").CombinedOutput(); err != nil {
		tb.Fatalf("authserver migrate: %v\n%s", err, output)
	}
	address := launch(tb, authserver(tb, settings, "serve"), listening)
	return Server{Name: "gatehouse", Address: address, Settings: settings}
}

// Plan is what `authserver migrate --plan` prints for a database.
func Plan(tb testing.TB, settings Settings) string {
	tb.Helper()
	var stderr strings.Builder
	command := authserver(tb, settings.withDefaults(), "migrate", "--plan")
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		tb.Fatalf("authserver migrate --plan: %v\n%s%s", err, output, stderr.String())
	}
	return string(output)
}

// Rekey runs `authserver rekey` on a database.
func Rekey(tb testing.TB, settings Settings) string {
	tb.Helper()
	output, err := authserver(tb, settings.withDefaults(), "rekey").CombinedOutput()
	if err != nil {
		tb.Fatalf("authserver rekey: %v\n%s", err, output)
	}
	return string(output)
}

// listening finds the address of the public listener in a line of the log.
func listening(line string) (string, bool) {
	var entry struct{ Msg, Public string }
	if json.Unmarshal([]byte(line), &entry) != nil || entry.Public == "" {
		return "", false
	}
	return "http://" + entry.Public, true
}

// Program is the path of our program, which is there while this process runs.
func Program(tb testing.TB) string {
	tb.Helper()
	program, err := built()
	if err != nil {
		tb.Fatalf("build the auth server: %v", err)
	}
	return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), program.Fd())
}

// authserver is a command of our program with the settings.
func authserver(tb testing.TB, settings Settings, arguments ...string) *exec.Cmd {
	tb.Helper()
	encoded, err := json.Marshal(settings.config())
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(tb.TempDir(), "config.yaml")
	if err := os.WriteFile(file, encoded, 0o600); err != nil {
		tb.Fatal(err)
	}
	command := exec.CommandContext(context.WithoutCancel(tb.Context()), Program(tb), append(arguments, "--config="+file)...)
	command.Args[0] = "authserver"
	command.Env = []string{
		"DATABASE_URL=" + settings.Database, "BETTER_AUTH_SECRET=" + settings.Secret, "JWT_SECRET=" + JWTSecret,
	}
	if settings.Redis != "" {
		command.Env = append(command.Env, "REDIS_URL="+settings.Redis)
	}
	for _, id := range settings.Social {
		command.Env = append(command.Env, strings.ToUpper(id)+"_CLIENT_SECRET="+id+"-client-secret")
	}
	if settings.Secrets != "" {
		command.Env = append(command.Env, "BETTER_AUTH_SECRETS="+settings.Secrets)
	}
	return command
}

func (s Settings) config() config.Config {
	off := false
	result := config.Config{
		BaseURL: s.BaseURL, BasePath: s.BasePath, CustomFields: s.Fields,
		Listen:         config.Listen{Public: "127.0.0.1:0", Ops: "127.0.0.1:0"},
		Features:       s.Features,
		TrustedOrigins: s.TrustedOrigins, AllowedOrigins: s.AllowedOrigins,
		RateLimit: config.RateLimit{Enabled: &off, Storage: config.RateLimitMemory},
		Session: config.Session{
			TTL:         config.Duration{Duration: s.SessionTTL},
			Fields:      s.SessionFields,
			Cookie:      config.Cookie{Prefix: s.CookiePrefix, Domain: s.CookieDomain, Secure: s.SecureCookies},
			CookieCache: config.CookieCache{Enabled: s.CookieCache != "", Strategy: s.CookieCache},
		},
		EmailAndPassword: config.EmailAndPassword{
			AutoSignIn: s.AutoSignIn, DisableSignUp: s.DisableSignUp,
			RequireEmailVerification: s.RequireEmailVerification, RevokeSessionsOnPasswordReset: s.RevokeOnReset,
		},
		EmailVerification: s.EmailVerification, ErrorURL: s.ErrorURL,
		User: config.User{
			ChangeEmail: s.ChangeEmail,
			DeleteUser:  config.DeleteUser{Enabled: s.DeleteUser, SendVerification: s.DeleteByMail},
		},
	}
	if host, port, err := net.SplitHostPort(s.SMTP); err == nil {
		result.Email = config.Email{Host: host, TLS: "None", From: "gatehouse@example.com"}
		result.Email.Port, _ = strconv.Atoi(port)
	}
	if s.Redis != "" {
		result.Session.Storage, result.Redis.KeyPrefix = config.SessionRedis, RedisPrefix
	}
	if s.Stateless {
		result.Session.Storage = config.SessionStateless
	}
	for _, id := range s.Social {
		result.SocialProviders = append(result.SocialProviders, config.SocialProvider{ID: id, ClientID: id + "-client-id", Endpoints: s.endpoints(id)})
	}
	result.Account.EncryptOAuthTokens = s.EncryptTokens
	if s.RateLimitInDatabase {
		result.RateLimit.Storage = config.RateLimitDatabase
	}
	if s.UpdateAge != nil {
		result.Session.UpdateAge = &config.Duration{Duration: *s.UpdateAge}
	}
	return result
}

// endpoints are where a provider is on the fake one.
func (s Settings) endpoints(id string) config.ProviderEndpoints {
	switch {
	case s.Fake == "":
		return config.ProviderEndpoints{}
	case id == "github":
		return config.ProviderEndpoints{
			Authorization: s.Fake + "/github.com/login/oauth/authorize", Token: s.Fake + "/github.com/login/oauth/access_token", UserInfo: s.Fake + "/api.github.com/user",
		}
	default:
		return config.ProviderEndpoints{
			Authorization: s.Fake + "/accounts.google.com/o/oauth2/v2/auth", Token: s.Fake + "/oauth2.googleapis.com/token", JWKS: s.Fake + "/www.googleapis.com/oauth2/v3/certs",
		}
	}
}

// built compiles the program once and returns it open. The file has no name any more, so nothing is left of it when
// this process ends, however it ends.
var built = sync.OnceValues(func() (*os.File, error) {
	folder, err := os.MkdirTemp("", "gatehouse-conformance-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "authserver")
	command := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", file,
		"github.com/gatehouse-auth/gatehouse/authserver/cmd/authserver")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, output)
	}
	return os.Open(file)
})
