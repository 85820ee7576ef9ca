package social

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/jwe"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// clockSkew is what the clocks of two servers may differ by.
const clockSkew = 15 * time.Second

// CookieOptions configure AccountCookies.
type CookieOptions struct {
	Keys *tokens.Keyring
	// MaxAge is the life of a value.
	MaxAge time.Duration
	// Random is the source of ids; nil is crypto/rand.
	Random io.Reader
	// Now is the clock.
	Now func() time.Time
}

// AccountCookies seal accounts with their tokens into the account_data cookie and open them again. They are safe for
// concurrent use.
type AccountCookies struct {
	CookieOptions
	box *jwe.Box
}

// NewAccountCookies returns AccountCookies.
func NewAccountCookies(o CookieOptions) (*AccountCookies, error) {
	box, err := jwe.New(o.Keys, "better-auth-account", o.Random)
	return &AccountCookies{o, box}, err
}

// Seal returns the value of an account.
func (c *AccountCookies) Seal(account authserver.Account) (string, error) {
	var scope *string
	if account.Scopes != nil {
		text := strings.Join(account.Scopes, ",")
		scope = &text
	}
	dst := []byte{'{'}
	dst = appendMember(dst, "accountId", account.AccountID)
	dst = appendMember(dst, "providerId", account.ProviderID)
	dst = appendMember(dst, "userId", account.UserID)
	dst = appendOptional(dst, "accessToken", notEmpty(account.AccessToken))
	dst = appendOptional(dst, "refreshToken", notEmpty(account.RefreshToken))
	dst = appendOptional(dst, "idToken", notEmpty(account.IDToken))
	dst = appendMoment(dst, "accessTokenExpiresAt", account.AccessTokenExpiresAt)
	dst = appendMoment(dst, "refreshTokenExpiresAt", account.RefreshTokenExpiresAt)
	dst = appendOptional(dst, "scope", scope)
	dst = appendOptional(dst, "password", nil)
	dst = appendMoment(dst, "createdAt", account.CreatedAt)
	dst = appendMoment(dst, "updatedAt", account.UpdatedAt)
	dst = appendMember(dst, "id", account.ID)
	dst[len(dst)-1] = '}'
	value, err := c.box.Seal(dst, c.Now(), c.MaxAge)
	if err != nil {
		return "", fmt.Errorf("sealing an account: %w", err)
	}
	return value, nil
}

func notEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func appendOptional(dst []byte, name string, text *string) []byte {
	if text != nil {
		return appendMember(dst, name, *text)
	}
	return append(ecma.AppendString(dst, name), ":null,"...)
}

func appendMoment(dst []byte, name string, moment time.Time) []byte {
	if moment.IsZero() {
		return appendOptional(dst, name, nil)
	}
	dst = append(ecma.AppendString(dst, name), ':')
	return append(ecma.AppendTime(dst, moment), ',')
}

// Open returns the account of a value that one of the keys sealed and whose life is not over.
func (c *AccountCookies) Open(value string) (account authserver.Account, ok bool) {
	object, expiresAt, ok := c.box.Open(value)
	if !ok || expiresAt.Add(clockSkew).Before(c.Now()) {
		return authserver.Account{}, false
	}
	text := func(name string) string { return object.Get(name).Text() }
	moment := func(name string) time.Time {
		moment, _ := ecma.ParseDate(text(name)) // zero when there is none
		return moment
	}
	account = authserver.Account{
		ID: text("id"), AccountID: text("accountId"), ProviderID: text("providerId"), UserID: text("userId"),
		AccessToken: text("accessToken"), RefreshToken: text("refreshToken"), IDToken: text("idToken"),
		AccessTokenExpiresAt: moment("accessTokenExpiresAt"), RefreshTokenExpiresAt: moment("refreshTokenExpiresAt"),
		CreatedAt: moment("createdAt"), UpdatedAt: moment("updatedAt"),
	}
	if scope := object.Get("scope"); scope.Kind() == ecma.String {
		account.Scopes = append([]string{}, merge(nil, []string{scope.Text()})...)
	}
	return account, account.ID != "" && account.UserID != ""
}
