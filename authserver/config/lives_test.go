package config_test

import (
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

func TestKeyLife(t *testing.T) {
	t.Parallel()
	hours := func(n int) config.Duration { return config.Duration{Duration: time.Duration(n) * time.Hour} }
	for name, test := range map[string]struct {
		config config.Config
		want   time.Duration
	}{
		"defaults": {config.Config{}, 168 * time.Hour},
		"sessions": {config.Config{Session: config.Session{TTL: hours(9600)}}, 9600 * time.Hour},
		"sessions that are not remembered outlive short ones": {
			config.Config{Session: config.Session{TTL: hours(1)}, User: config.User{DeleteUser: config.DeleteUser{TokenTTL: hours(1)}}},
			sessions.NotRememberedTTL,
		},
		"stateless sessions": {config.Config{Session: config.Session{Storage: config.SessionStateless, TTL: hours(720)}}, 720 * time.Hour},
		"the cookie cache":   {config.Config{Session: config.Session{TTL: hours(1), CookieCache: config.CookieCache{MaxAge: hours(30)}}}, 30 * time.Hour},
		"links that verify":  {config.Config{EmailVerification: config.EmailVerification{TokenTTL: hours(500)}}, 500 * time.Hour},
		"links that reset": {
			config.Config{EmailAndPassword: config.EmailAndPassword{ResetPasswordTokenTTL: hours(501)}}, 501 * time.Hour,
		},
		"links that delete": {config.Config{User: config.User{DeleteUser: config.DeleteUser{TokenTTL: hours(502)}}}, 502 * time.Hour},
		// Other keys sign these.
		"tokens of GET /jwt":   {config.Config{JWT: config.JWT{TTL: hours(8760)}}, 168 * time.Hour},
		"tokens of GET /token": {config.Config{Features: config.Features{JWT: &config.JWTFeature{TTL: hours(8760)}}}, 168 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.config.KeyLife(); got != test.want+5*time.Minute {
				t.Errorf("got %s, want %s and five minutes", got, test.want)
			}
		})
	}
}
