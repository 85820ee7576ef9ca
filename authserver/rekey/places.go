package rekey

import (
	"context"
	"errors"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// place is where encrypted texts are.
type place struct {
	// kind is what reports call them.
	kind    string
	read    func(ctx context.Context, after string, limit int) ([]authserver.Sealed, error)
	replace func(ctx context.Context, texts []authserver.Resealed) (int, error)
	// renew is that of tokens.Keyring; what is not encrypted has renewed "" too.
	renew func(text string) (renewed, version string, err error)
}

func (o Options) places() []place {
	return []place{
		{"token keys", o.Store.TokenKeys, o.Store.ReplaceTokenKeys, o.renewTokenKey},
		{"account tokens", o.Store.AccountTokens, o.Store.ReplaceAccountTokens, o.renewAccountToken},
		{"waiting mails", o.Store.MailLinks, o.Store.ReplaceMailLinks, o.MailLinks.Renew},
	}
}

// renewTokenKey takes the JSON string of the column; an object is a key that Better-Auth was told not to encrypt.
func (o Options) renewTokenKey(column string) (renewed, version string, err error) {
	sealed, err := ecma.Parse([]byte(column))
	if err != nil || sealed.Kind() != ecma.String {
		return "", "", nil //nolint:nilerr // what is no JSON is nothing that a server encrypted
	}
	renewed, version, err = o.Keys.Renew(sealed.Text())
	if err != nil || renewed == "" {
		return "", version, err
	}
	return string(ecma.AppendString(nil, renewed)), version, nil
}

// renewAccountToken leaves tokens that are hexadecimal by themselves.
func (o Options) renewAccountToken(text string) (renewed, version string, err error) {
	renewed, version, err = o.Keys.Renew(text)
	if errors.Is(err, tokens.ErrUndecryptable) && o.PlainTokens && !strings.HasPrefix(text, "$") {
		return "", "", nil
	}
	return renewed, version, err
}
