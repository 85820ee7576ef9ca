package httpapi

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// maxHeaderValue bounds one header: proxies give up on an answer with more than some kilobytes of headers.
const maxHeaderValue = 2 << 10

// identity writes a user into the headers X-Auth-…
type identity struct {
	// names are those of the custom fields, "" for fields without a header.
	names []string
}

func newIdentity(custom []authserver.Field, log *slog.Logger) identity {
	i := identity{names: make([]string, len(custom))}
	taken := map[string]bool{"X-Auth-User-Id": true, "X-Auth-Email": true, "X-Auth-Name": true}
	for at, field := range custom {
		if !field.Returned {
			continue
		}
		// Proxies drop headers with an underscore, or take it for a hyphen.
		name := http.CanonicalHeaderKey("X-Auth-" + strings.ReplaceAll(field.Name, "_", "-"))
		if taken[name] {
			log.Warn("a custom field has no header in forward authentication, because another one has its name",
				slog.String("field", field.Name), slog.String("header", name))
			continue
		}
		i.names[at], taken[name] = name, true
	}
	return i
}

// set sets every header, also empty ones: a proxy that copies them must overwrite what the client sent.
func (i identity) set(header http.Header, user *authserver.User) {
	header.Set("X-Auth-User-Id", headerText(user.ID))
	header.Set("X-Auth-Email", headerText(user.Email))
	header.Set("X-Auth-Name", headerText(user.Name))
	for at, name := range i.names {
		if name != "" && at < len(user.Fields) {
			header[name] = []string{headerText(fields.Text(user.Fields[at]))}
		}
	}
}

// headerText percent-encodes what is not printable ASCII, %, and spaces at the ends, which get lost; so a value ends no
// header and begins none. A value that is too long counts as none.
func headerText(text string) string {
	const hexDigits = "0123456789ABCDEF"
	encoded := make([]byte, 0, len(text))
	for at := range len(text) {
		c := text[at]
		if c > ' ' && c < 0x7f && c != '%' || c == ' ' && at > 0 && at < len(text)-1 {
			encoded = append(encoded, c)
		} else {
			encoded = append(encoded, '%', hexDigits[c>>4], hexDigits[c&15])
		}
		if len(encoded) > maxHeaderValue {
			return ""
		}
	}
	return string(encoded)
}
