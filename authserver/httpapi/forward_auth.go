package httpapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// roleField is the custom field, or the column of the admin plugin, that holds the roles of a user.
const roleField = "role"

// forwardAuth answers /api/forward-auth[?role=a,b][&redirect=URL], which reverse proxies ask before they pass a request on:
// 200 with the user in headers, 401 without a session, 403 without one of the roles, or 302 to the sign-in page.
//
// It asks the database, whatever the cookie cache says, because it decides about other applications; and it changes
// nothing, because the cookie of a longer session would not travel back through every proxy.
func (a *api) forwardAuth(c *call) error {
	c.noStore()
	asked, err := a.forwardQuestion(c.query)
	if err != nil {
		return err
	}
	found, ok, err := a.peek(c)
	if err != nil {
		return err
	}
	if !ok {
		if asked.redirect == "" || !navigates(c.r) {
			return authserver.ErrUnauthorized
		}
		c.redirect(a.signInPage(asked.redirect, c.r.Header))
		return nil
	}
	if len(asked.roles) > 0 {
		if err := a.checkRole(&found.User, asked.roles); err != nil {
			return err
		}
	}
	a.identity.set(c.Header(), &found.User)
	c.WriteHeader(http.StatusOK)
	return nil
}

// forwardQuestion is what the query of a proxy asks.
type forwardQuestion struct {
	// roles are those of which the user must have one; without any, every user will do.
	roles []string
	// redirect is the sign-in page, "" for none.
	redirect string
}

// forwardQuestion reads the query strictly: a misspelt role must not let everybody in.
func (a *api) forwardQuestion(query url.Values) (asked forwardQuestion, err error) {
	for name, values := range query {
		if name != "role" && name != "redirect" {
			return asked, authserver.ValidationError("[query." + name + "] Unknown parameter: expected role or redirect")
		}
		if len(values) > 1 {
			return asked, authserver.ValidationError("[query." + name + "] Invalid input: expected string, received array")
		}
	}
	if values, given := query["role"]; given {
		for role := range strings.SplitSeq(values[0], ",") {
			if role = strings.TrimSpace(role); role == "" {
				return asked, authserver.ValidationError("[query.role] Invalid input: expected roles, separated by commas")
			}
			asked.roles = append(asked.roles, role)
		}
	}
	if values, given := query["redirect"]; given {
		asked.redirect = values[0]
		if !a.trusted.TrustsCallback(asked.redirect) || strings.ContainsFunc(asked.redirect, control) {
			return asked, authserver.ErrInvalidRedirectURL
		}
	}
	return asked, nil
}

func (a *api) checkRole(user *authserver.User, wanted []string) error {
	at := slices.IndexFunc(a.Fields, func(f authserver.Field) bool { return f.Name == roleField })
	if at < 0 || at >= len(user.Fields) {
		return authserver.ErrNoRoleField
	}
	for _, role := range roles(user.Fields[at]) {
		if slices.Contains(wanted, role) {
			return nil
		}
	}
	return authserver.ErrRoleRequired
}

// roles are those in the value of a role field: a comma list, as the admin plugin writes it, or a JSON list.
func roles(value any) (list []string) {
	if raw, ok := value.(json.RawMessage); ok {
		// What is no list of texts names no role.
		_ = json.Unmarshal(raw, &list)
		return list
	}
	for role := range strings.SplitSeq(fields.Text(value), ",") {
		list = append(list, strings.TrimSpace(role))
	}
	return list
}
