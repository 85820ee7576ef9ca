package httpapi

import (
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

type schema = inputs.Schema

// call is one request on its way through the checks to its handler.
type call struct {
	*exchange
	r     *http.Request
	query url.Values
	body  ecma.Value
	// found is the session, where the route needs one.
	found sessions.Found
	// fromCache says that the session is that of the cookie cache; the database may know better.
	fromCache bool
}

// dispatch makes the checks in the order of Better-Auth (contract 1.5), so that of two problems clients see the same
// one first.
func (a *api) dispatch(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if x.route == nil {
		x.WriteHeader(http.StatusNotFound)
		return
	}
	c := &call{exchange: x, r: r}
	if r.URL.RawQuery != "" {
		c.query = parseQuery(r.URL.RawQuery)
	}
	err := a.check(c)
	if err == nil {
		err = x.route.handle(c)
	}
	if err != nil {
		a.fail(x, r, err)
	}
}

func (a *api) check(c *call) error {
	needs := c.route.needs
	if err := c.decode(needs.body); err != nil {
		return err
	}
	if err := a.checkSource(c); err != nil {
		return err
	}
	if needs.schema != nil {
		if err := needs.schema.Validate("body", c.body); err != nil {
			return err
		}
	}
	if needs.query != nil {
		if err := a.checkQuery(c); err != nil {
			return err
		}
	}
	if needs.form {
		if err := a.checkForm(c.r); err != nil {
			return err
		}
	}
	a.bear(c)
	if needs.session || needs.fresh {
		return a.requireSession(c)
	}
	return nil
}

// checkSource refuses what a page of somebody else sends, or what leads there.
func (a *api) checkSource(c *call) error {
	if c.r.Method == http.MethodGet || c.proxied() {
		return nil
	}
	if err := a.checkOrigin(c.r, false); err != nil {
		return err
	}
	return a.checkCallbacks(c)
}

// checkQuery also checks the URL to which the answer redirects, where there is one in the query.
func (a *api) checkQuery(c *call) error {
	names, values := make([]string, 0, len(c.query)), make([]ecma.Value, 0, len(c.query))
	for name, texts := range c.query {
		names, values = append(names, name), append(values, queryValue(texts))
	}
	if err := c.route.needs.query.Validate("query", ecma.ObjectValue(names, values)); err != nil {
		return err
	}
	if !c.route.needs.query.Has("callbackURL") {
		return nil
	}
	return a.checkCallbacks(c)
}

// queryValue is what JavaScript makes of a parameter: one that is given twice is an array.
func queryValue(texts []string) ecma.Value {
	if len(texts) == 1 {
		return ecma.StringValue(texts[0])
	}
	items := make([]ecma.Value, len(texts))
	for i, text := range texts {
		items[i] = ecma.StringValue(text)
	}
	return ecma.ArrayValue(items)
}

// client is what a new session remembers about the caller.
func (c *call) client() authserver.Client {
	client := authserver.Client{UserAgent: validText(c.r.UserAgent())}
	if c.exchange.client.IsValid() {
		client.IPAddress = c.exchange.client.String()
	}
	return client
}
