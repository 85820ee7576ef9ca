package rekey_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/rekey"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

var (
	older   = tokens.Secret{Value: strings.Repeat("o", 32), Version: 1, Versioned: true}
	newer   = tokens.Secret{Value: strings.Repeat("n", 32), Version: 2, Versioned: true}
	ancient = tokens.Secret{Value: strings.Repeat("a", 32)}
	foreign = tokens.Secret{Value: strings.Repeat("f", 32), Version: 1, Versioned: true}
)

func keyring(t *testing.T, secrets ...tokens.Secret) *tokens.Keyring {
	t.Helper()
	keys, err := tokens.OpenKeyring(tokens.KeyringOptions{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// vault is a database with encrypted texts.
type vault struct {
	t    *testing.T
	url  string
	conn *pgx.Conn
}

func open(t *testing.T, yaml string) *vault {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	v := &vault{t: t, url: pgtest.Database(t)}
	if err := schema.Migrate(t.Context(), v.url, cfg); err != nil {
		t.Fatal(err)
	}
	v.conn = v.connect()
	v.exec(`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") values ('u', 'A', 'a@b.co', true, now(), now())`)
	return v
}

const all = "features: {jwt: {}}\nemail: {host: smtp.example.com, from: auth@example.com}\naccount: {encryptOAuthTokens: true}\n"

func (v *vault) connect() *pgx.Conn {
	v.t.Helper()
	conn, err := pgx.Connect(v.t.Context(), v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { conn.Close(context.WithoutCancel(v.t.Context())) })
	return conn
}

func (v *vault) store(keys *tokens.Keyring) *postgres.Store {
	v.t.Helper()
	store, err := postgres.Open(v.t.Context(), postgres.Options{URL: v.url, MailLinks: keys.ForPurpose("links")})
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(store.Close)
	return store
}

func (v *vault) options(secrets ...tokens.Secret) rekey.Options {
	v.t.Helper()
	keys := keyring(v.t, secrets...)
	return rekey.Options{Store: v.store(keys), Keys: keys, MailLinks: keys.ForPurpose("links")}
}

func (v *vault) exec(statement string, arguments ...any) {
	v.t.Helper()
	if _, err := v.conn.Exec(v.t.Context(), statement, arguments...); err != nil {
		v.t.Fatal(err)
	}
}

func (v *vault) sealed(keys *tokens.Keyring, text string) string {
	v.t.Helper()
	sealed, err := keys.Encrypt(text)
	if err != nil {
		v.t.Fatal(err)
	}
	return sealed
}

// fill encrypts with a keyring: 2 tokens for each account, a private key, and a mail.
func (v *vault) fill(keys *tokens.Keyring, accounts int) {
	v.t.Helper()
	for i := range accounts {
		v.account(fmt.Sprint(1000+i), v.sealed(keys, fmt.Sprint("access", i)), v.sealed(keys, fmt.Sprint("refresh", i)))
	}
	v.exec(`insert into jwks (id, "publicKey", "privateKey", "createdAt") values ('1', '{}', $1, now())`, `"`+v.sealed(keys, `{"kty":"OKP"}`)+`"`)
	now := time.Now()
	mail := authserver.Mail{ID: "1", Kind: authserver.MailResetPassword, To: "a@b.co", URL: "https://link", ExpiresAt: now, CreatedAt: now}
	if err := v.store(keys).QueueMails(v.t.Context(), mail); err != nil {
		v.t.Fatal(err)
	}
}

func (v *vault) account(id, access, refresh string) {
	v.t.Helper()
	v.exec(`insert into account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "createdAt", "updatedAt")
		values ($1, $1, 'github', 'u', $2, nullif($3, ''), now(), now())`, id, access, refresh)
}

// texts are all that may be encrypted.
func (v *vault) texts() []string {
	v.t.Helper()
	rows, err := v.conn.Query(v.t.Context(), `select t from (select 1, "accessToken", id::text from account union select 2, "refreshToken", id::text from account
		union select 3, trim('"' from "privateKey"), id::text from jwks union select 4, url, id::text from gatehouse_outbox) x (n, t, id)
		where t is not null order by n, id`)
	if err != nil {
		v.t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		v.t.Fatal(err)
	}
	return texts
}

func (v *vault) run(o rekey.Options) rekey.Result {
	v.t.Helper()
	result, err := rekey.Run(v.t.Context(), o)
	if err != nil {
		v.t.Fatal(err)
	}
	return result
}

// plain decrypts the texts with one key alone.
func (v *vault) plain(secret tokens.Secret) []string {
	v.t.Helper()
	keys, texts := keyring(v.t, secret), v.texts()
	for i, text := range texts {
		own := keys
		if i == len(texts)-1 {
			own = keys.ForPurpose("links")
		}
		plain, err := own.Decrypt(text)
		if err != nil || !strings.HasPrefix(text, fmt.Sprintf("$ba$%d$", secret.Version)) {
			v.t.Errorf("%s: %v", text, err)
		}
		texts[i] = plain
	}
	return texts
}

func TestEverythingIsEncryptedAnew(t *testing.T) {
	t.Parallel()
	const accounts = 230
	for kind, types := range map[string]string{"text": "", "numbers": "bigint", "UUIDs": "uuid"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			v := open(t, all)
			v.fill(keyring(t, older), accounts)
			if types == "uuid" {
				v.exec(`update account set id = gen_random_uuid()`)
			}
			if types != "" {
				v.exec(`alter table account alter id type ` + types + ` using id::` + types)
			}
			want := v.plain(older)
			got := v.run(v.options(newer, older, ancient))
			if diff := cmp.Diff(rekey.Result{Values: 2*accounts + 2, Remaining: map[string]map[string]int{}, Undecryptable: map[string]int{}}, got); diff != "" || got.Message() != "" {
				t.Error(diff, got.Message())
			}
			if diff := cmp.Diff(want, v.plain(newer)); diff != "" {
				t.Error(diff)
			}
			before := v.texts()
			if got := v.run(v.options(newer)); got.Values != 0 || len(got.Remaining)+len(got.Undecryptable) != 0 || !cmp.Equal(before, v.texts()) {
				t.Errorf("once more: %+v", got)
			}
		})
	}
}

func TestWhatIsNotEncryptedStays(t *testing.T) {
	t.Parallel()
	v := open(t, all)
	v.account("1", "gho_plain", "1//refresh")
	v.account("2", "00ff", "")
	v.account("3", v.sealed(keyring(t, ancient), "access"), "00ff0")
	v.exec(`insert into jwks (id, "publicKey", "privateKey", "createdAt") values ('1', '{}', '{"kty":"OKP"}', now()), ('2', '{}', 'garbage', now())`)
	before := v.texts()
	o := v.options(newer, older, ancient)
	o.PlainTokens = true
	if got := v.run(o); got.Values != 1 || len(got.Undecryptable) != 0 {
		t.Errorf("%+v", got)
	}
	after := v.texts()
	before[2] = after[2]
	if diff := cmp.Diff(before, after); diff != "" || !strings.HasPrefix(after[2], "$ba$2$") {
		t.Errorf("%s, %q", diff, after)
	}
}

func TestWhatNoKeyDecryptsStaysAndIsCounted(t *testing.T) {
	t.Parallel()
	v := open(t, all)
	v.fill(keyring(t, foreign), 2)
	v.account("2", "00ff", v.sealed(keyring(t, older), "refresh"))
	before := v.texts()
	got := v.run(v.options(newer, older))
	if want := map[string]int{"account tokens": 5, "token keys": 1, "waiting mails": 1}; got.Values != 1 || len(got.Remaining) != 0 || !cmp.Equal(want, got.Undecryptable) {
		t.Errorf("%+v", got)
	}
	if message := got.Message(); !strings.Contains(message, "(account tokens: 5, token keys: 1, waiting mails: 1)") || !strings.Contains(message, "BETTER_AUTH_SECRETS") {
		t.Error(message)
	}
	changed := 0
	for i, text := range v.texts() {
		if text != before[i] {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d texts have changed", changed)
	}
}

// TestServersGoOn has one that renews an account meanwhile, and one that stored another token since it was read.
func TestServersGoOn(t *testing.T) {
	t.Parallel()
	v := open(t, all)
	v.fill(keyring(t, older), 3)
	other, err := v.connect().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), `select from account where id = '1001' for update`); err != nil {
		t.Fatal(err)
	}
	o := v.options(newer, older)
	o.Store = busy{o.Store, v}
	got := v.run(o)
	if want := (map[string]map[string]int{"1": {"account tokens": 2}}); got.Values != 5 || !cmp.Equal(want, got.Remaining) {
		t.Errorf("%+v", got)
	}
	if err := other.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := v.run(o); got.Values != 2 || len(got.Remaining) != 0 {
		t.Errorf("afterwards: %+v", got)
	}
	if plain := v.plain(newer); plain[0] != "stored meanwhile" || plain[1] != "access1" {
		t.Errorf("%q", plain)
	}
}

// busy is a store in which a server replaces a token right after it was read.
type busy struct {
	rekey.Store
	v *vault
}

func (b busy) AccountTokens(ctx context.Context, after string, limit int) ([]authserver.Sealed, error) {
	texts, err := b.Store.AccountTokens(ctx, after, limit)
	b.v.exec(`update account set "accessToken" = $1 where id = '1000'`, b.v.sealed(keyring(b.v.t, newer, older), "stored meanwhile"))
	return texts, err
}

func TestKilledItGoesOnLater(t *testing.T) {
	t.Parallel()
	v := open(t, all)
	v.fill(keyring(t, older), 150)
	want := v.plain(older)
	o := v.options(newer, older)
	ctx, kill := context.WithCancel(t.Context())
	killed := o
	killed.Store = dying{o.Store, kill}
	got, err := rekey.Run(ctx, killed)
	if err == nil || got.Values != 201 {
		t.Errorf("%+v, %v", got, err)
	}
	if got := v.run(o); got.Values != 101 {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(want, v.plain(newer)); diff != "" {
		t.Error(diff)
	}
}

// dying ends with the second page of accounts.
type dying struct {
	rekey.Store
	kill func()
}

func (d dying) AccountTokens(ctx context.Context, after string, limit int) ([]authserver.Sealed, error) {
	if after != "" {
		d.kill()
	}
	return d.Store.AccountTokens(ctx, after, limit)
}

func TestTablesThatTheConfigurationDoesNotNeed(t *testing.T) {
	t.Parallel()
	v := open(t, "")
	if got := v.run(v.options(newer)); got.Values != 0 {
		t.Errorf("%+v", got)
	}
}
