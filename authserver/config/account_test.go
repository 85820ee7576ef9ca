package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func TestAccountsAreLinkedAndKeepTheirNewTokensByDefault(t *testing.T) {
	yes, no := true, false
	for file, want := range map[string]config.Account{
		"":                              {StoreStateStrategy: "Database", UpdateOnSignIn: &yes, Linking: config.AccountLinking{Enabled: &yes}},
		"session: {storage: Stateless}": {StoreStateStrategy: "Cookie", UpdateOnSignIn: &yes, Linking: config.AccountLinking{Enabled: &yes}},
		"account: {storeStateStrategy: Cookie, updateOnSignIn: false, linking: {enabled: false}}": {
			StoreStateStrategy: "Cookie", UpdateOnSignIn: &no, Linking: config.AccountLinking{Enabled: &no},
		},
	} {
		cfg, err := config.Load(write(t, file), environment{}.get)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, cfg.Account); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func TestAccountProblemsNameThemselves(t *testing.T) {
	for file, want := range map[string]string{
		`account: {storeStateStrategy: database}`:          `account.storeStateStrategy: "database" must be Database or Cookie`,
		`account: {linking: {trustedProviders: [google]}}`: `account.linking.trustedProviders[0]: "google" must be the id of one of socialProviders`,
	} {
		if _, err := config.Load(write(t, file), environment{}.get); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
}
