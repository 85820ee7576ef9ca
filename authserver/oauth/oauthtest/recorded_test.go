package oauthtest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

// The code and the tokens are those of a recorded sign-in and of the row that it left behind.
func TestRecordedTokensAreThoseOfTheRecordings(t *testing.T) {
	const (
		code    = "eyJzdWIiOiJnLTEiLCJlbWFpbCI6Imdvb2dAZXhhbXBsZS5jb20iLCJuYW1lIjoiR29vIiwicGljdHVyZSI6Imh0dHBzOi8vaW1nL2ciLCJleHBpcmVzX2luIjozNTk5LCJyZWZyZXNoIjp0cnVlLCJzY29wZSI6Im9wZW5pZCBlbWFpbCJ9"
		idToken = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJhdWQiOiJnb29nbGUtY2xpZW50LWlkIiwic3ViIjoiZy0xIiwiZW1haWwiOiJnb29nQGV4YW1wbGUuY29tIiwibmFtZSI6IkdvbyIsInBpY3R1cmUiOiJodHRwczovL2ltZy9nIiwiZW1haWxfdmVyaWZpZWQiOnRydWV9.x"
	)
	fake := oauthtest.Start(oauthtest.Options{Recorded: true})
	defer fake.Close()
	now := time.Date(2026, 11, 23, 8, 27, 53, 0, time.UTC)
	set, err := oauth.New(oauth.Options{
		Providers:  []oauth.Config{{ID: "google", ClientID: "google-client-id", ClientSecret: func() (string, error) { return "any", nil }}},
		HTTPClient: fake.Client(), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	google, _ := set.Provider("google")
	tokens, err := google.Exchange(t.Context(), code, "verifier", "http://localhost:41001/api/auth/callback/google")
	if err != nil {
		t.Fatal(err)
	}
	want := oauth.Tokens{
		AccessToken: "at_" + code, RefreshToken: "rt_" + code, IDToken: idToken, Scopes: []string{"openid", "email"},
		AccessTokenExpiresAt: now.Add(3599 * time.Second),
	}
	if diff := cmp.Diff(want, tokens); diff != "" {
		t.Error(diff)
	}
	profile, err := google.Profile(t.Context(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	wantProfile := oauth.Profile{
		ID: "g-1", Name: "Goo", Email: "goog@example.com", EmailVerified: true, Image: "https://img/g",
		Raw: []byte(`{"iss":"https://accounts.google.com","aud":"google-client-id","sub":"g-1","email":"goog@example.com","name":"Goo","picture":"https://img/g","email_verified":true}`),
	}
	if diff := cmp.Diff(wantProfile, profile); diff != "" {
		t.Error(diff)
	}
	renewed, err := google.Refresh(t.Context(), tokens.RefreshToken)
	if err != nil || renewed.AccessToken != "at2_"+code || renewed.RefreshToken != tokens.RefreshToken ||
		!renewed.AccessTokenExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v, %v", renewed, err)
	}
}
