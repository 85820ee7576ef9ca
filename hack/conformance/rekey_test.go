package conformance

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// TestBetterAuthReadsWhatWasRekeyed takes the older secret away when rekey has left nothing to it.
func TestBetterAuthReadsWhatWasRekeyed(t *testing.T) {
	t.Parallel()
	newSecret := strings.Repeat("newest", 8)
	settings := servers.Settings{
		Database: pgtest.Database(t), Secrets: "1:" + servers.Secret, Social: []string{"github"}, EncryptTokens: true,
		Features: config.Features{JWT: &config.JWTFeature{Algorithm: config.AlgorithmEdDSA}},
	}
	d := direction{maker: servers.Gatehouse(t, settings)}
	made := signedUp(t, d, nil)
	made.get("/token").want(t, http.StatusOK)
	keys := made.get("/jwks").want(t, http.StatusOK)
	addAccount(t, settings.Database, "token of GitHub")

	settings.Secrets, settings.Secret = "2:"+newSecret+",1:"+servers.Secret, newSecret
	if output := servers.Rekey(t, settings); output != "2 values were encrypted anew.\n" {
		t.Errorf("rekey says %s", output)
	}
	settings.Secrets = "2:" + newSecret
	for _, server := range []servers.Server{servers.Reference(t, settings), servers.Gatehouse(t, settings)} {
		b := &browser{t: t, server: server}
		b.post("/sign-in/email", credentials(d)).want(t, http.StatusOK)
		if found := b.get("/jwks").want(t, http.StatusOK); !reflect.DeepEqual(found.body, keys.body) {
			t.Errorf("%s: the keys were %s and are %s", server.Name, keys.raw, found.raw)
		}
		text, _ := b.get("/token").want(t, http.StatusOK).at("token").(string)
		verified(t, text, keys.raw, config.AlgorithmEdDSA)
		if got := b.post("/get-access-token", map[string]any{"accountId": "github-1"}).want(t, http.StatusOK); got.at("accessToken") != "token of GitHub" {
			t.Errorf("%s: the token of the account is %s", server.Name, got.raw)
		}
	}
}

// addAccount gives the only user an account at GitHub with a token that the older secret encrypted.
func addAccount(t *testing.T, database, token string) {
	t.Helper()
	keyring, err := tokens.OpenKeyring(tokens.KeyringOptions{Secrets: []tokens.Secret{{Value: servers.Secret, Version: 1, Versioned: true}}})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := keyring.Encrypt(token)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	execute(t, conn, `INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "createdAt", "updatedAt")
		SELECT 'github-1', '4711', 'github', id, $1, now(), now() FROM "user"`, sealed)
}
