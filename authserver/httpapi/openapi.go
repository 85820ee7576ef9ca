package httpapi

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/openapi"
)

// OpenAPIOptions configure the plugin open-api.
type OpenAPIOptions struct {
	// DisablePage serves the document only.
	DisablePage bool
}

// The paths of the plugin, below the base path. They are not described themselves.
const (
	documentPath = "/open-api/generate-schema"
	pagePath     = "/reference"
)

// openAPIRoutes are those of the plugin. What they answer is made once, when it is asked for.
func (a *api) openAPIRoutes(table []route) []route {
	if a.OpenAPI == nil {
		return nil
	}
	description := sync.OnceValue(func() openapi.Description { return a.describe(table) })
	document := sync.OnceValues(func() ([]byte, error) { return description().Document() })
	routes := []route{{"GET", a.BasePath + documentPath, static(jsonType, document), needs{}}}
	if a.OpenAPI.DisablePage {
		return routes
	}
	page := sync.OnceValues(func() ([]byte, error) { return description().Page(a.BasePath + documentPath) })
	return append(routes, route{"GET", a.BasePath + pagePath, static("text/html; charset=utf-8", page), needs{}})
}

// static answers with what is the same for everybody.
func static(contentType string, content func() ([]byte, error)) func(*call) error {
	return func(c *call) error {
		data, err := content()
		if err != nil {
			return err
		}
		header := c.Header()
		if contentType != jsonType {
			header.Set("Content-Security-Policy", openapi.Policy)
			header.Set("X-Content-Type-Options", "nosniff")
			header.Set("Referrer-Policy", "no-referrer")
		}
		header.Set("Content-Type", contentType)
		c.WriteHeader(http.StatusOK)
		_, _ = c.Write(data)
		return nil
	}
}

func (a *api) describe(table []route) openapi.Description {
	d := openapi.Description{
		Title: "Gatehouse", Version: "1.7.25", Summary: "The endpoints of this auth server, which speaks as Better-Auth 1.7.25 does.",
		Server: a.BaseURL, Base: a.BasePath, Cookie: a.cookies.sessionToken, Bearer: a.Bearer != nil, Schemas: a.sharedSchemas(),
	}
	for i := range table {
		path, below := strings.CutPrefix(table[i].path, a.BasePath)
		n := notes[table[i].method+" "+path]
		if n.enabled == nil || n.enabled(a) {
			d.Endpoints = append(d.Endpoints, a.endpoint(&table[i], path, below, n))
		}
	}
	return d
}

func (a *api) endpoint(r *route, path string, below bool, n note) openapi.Endpoint {
	e := openapi.Endpoint{
		Method: cmp.Or(r.method, http.MethodGet), Path: path, Root: !below, Operation: n.operation, Tag: n.tag, Summary: n.summary,
		Parameters: describeParameters(path, r.needs.query, n.query),
	}
	switch {
	case r.needs.fresh:
		e.Access = openapi.FreshSession
	case r.needs.session || n.session:
		e.Access = openapi.Session
	}
	if r.needs.body != noBody {
		e.Body = a.body(r.needs, n)
	}
	success := openapi.Answer{Status: http.StatusOK, Type: jsonType, Schema: n.answer, Text: n.text}
	if n.status != 0 {
		success.Status = n.status
	}
	switch {
	case n.mediaType == noContent, n.status == http.StatusFound:
		success.Type = ""
	case n.mediaType != "":
		success.Type = n.mediaType
	}
	e.Answers = append([]openapi.Answer{success}, a.failures(r, below, n.errors)...)
	return e
}

func describeParameters(path string, query *schema, more []openapi.Parameter) (list []openapi.Parameter) {
	if _, name, ok := strings.Cut(path, "/:"); ok {
		list = append(list, openapi.Parameter{Name: name, In: "path", Required: true, Schema: openapi.Text})
	}
	if query != nil {
		for _, p := range query.Properties {
			list = append(list, openapi.Parameter{Name: p.Name, In: "query", Required: !p.Optional, Schema: property(p).Schema})
		}
	}
	return append(list, more...)
}

func (a *api) body(n needs, note note) *openapi.Body {
	body := &openapi.Body{Types: []string{jsonType}, Schema: openapi.Object(note.body...), Required: n.schema != nil && !n.schema.Optional}
	if n.body == jsonOrForm {
		body.Types = append(body.Types, formType)
	}
	if n.schema != nil {
		for _, p := range n.schema.Properties {
			body.Schema.Properties = append(body.Schema.Properties, property(p))
		}
	}
	if note.fields == nil {
		return body
	}
	for _, f := range note.fields(a) {
		if f.Input {
			s := openapi.Field(f)
			s.Nullable = !f.Required
			if note.creates {
				s.Default = f.Default
			}
			body.Schema.Properties = append(body.Schema.Properties, openapi.Property{
				Name: f.Name, Schema: s, Required: note.creates && f.Required && f.Default == nil,
			})
		}
	}
	return body
}

func property(p inputs.Property) openapi.Property {
	s := map[ecma.Kind]openapi.Schema{
		ecma.String: openapi.Text, ecma.Boolean: openapi.Boolean, ecma.Number: openapi.Number, ecma.Object: openapi.Object(), ecma.Array: openapi.List(openapi.Any),
	}[p.Type]
	switch {
	case p.Secret && strings.Contains(strings.ToLower(p.Name), "password"):
		s.Format = "password"
	case p.Type == ecma.String && strings.Contains(strings.ToLower(p.Name), "email"):
		s.Format = "email"
	}
	return openapi.Property{Name: p.Name, Required: !p.Optional, Schema: s}
}

// failures are the errors that the checks of dispatch make, and those of the endpoint itself.
func (a *api) failures(r *route, below bool, own []*authserver.Error) []openapi.Answer {
	var all []*authserver.Error
	add := func(when bool, errors ...*authserver.Error) {
		if when {
			all = append(all, errors...)
		}
	}
	n := r.needs
	if n.schema != nil {
		all = append(all, refusal("body", *n.schema))
	} else if n.query != nil {
		all = append(all, refusal("query", *n.query))
	}
	add(n.body != noBody, authserver.ErrInvalidJSON, authserver.ErrPayloadTooLarge, unsupported("text/plain", n.body))
	add((n.session || n.fresh) && !n.bare, authserver.ErrUnauthorized)
	add(n.bare, authserver.ErrUnauthorizedBare)
	add(n.fresh, authserver.ErrSessionNotFresh)
	add(r.method != http.MethodGet, authserver.ErrMissingOrNullOrigin, authserver.ErrInvalidOrigin)
	add(n.form, authserver.ErrCrossSiteNavigation)
	for _, callback := range callbacks {
		add(takes(n.schema, callback.member) || takes(n.query, callback.member), callback.refused)
	}
	byStatus := map[int][]*authserver.Error{}
	for _, err := range append(all, own...) {
		byStatus[statuses[err.Kind]] = append(byStatus[statuses[err.Kind]], err)
	}
	if below && a.Limiter != nil {
		byStatus[http.StatusTooManyRequests] = []*authserver.Error{errTooMany}
	}
	byStatus[http.StatusInternalServerError] = []*authserver.Error{errInternal}
	byStatus[http.StatusServiceUnavailable] = []*authserver.Error{errUnavailable}
	answers := make([]openapi.Answer, 0, len(byStatus))
	for status, errors := range byStatus {
		answers = append(answers, openapi.Answer{Status: status, Type: jsonType, Schema: openapi.Ref("Error"), Errors: errors})
	}
	slices.SortFunc(answers, func(x, y openapi.Answer) int { return x.Status - y.Status })
	return answers
}

// refusal is what a schema says of the first input that it wants, or of no object at all.
func refusal(where string, s schema) *authserver.Error {
	if s.Whole != nil {
		return authserver.ValidationError("[" + where + "] " + inputs.Invalid)
	}
	for _, p := range s.Properties {
		if !p.Optional && p.Vague {
			return authserver.ValidationError("[" + where + "." + p.Name + "] " + inputs.Invalid)
		}
		if !p.Optional {
			return authserver.ValidationError("[" + where + "." + p.Name + "] " + inputs.WrongType(p.Type.String(), ecma.Value{}))
		}
	}
	return authserver.ValidationError("[" + where + "] " + inputs.WrongType(ecma.Object.String(), ecma.StringValue("")))
}

func takes(s *schema, name string) bool {
	return s != nil && slices.ContainsFunc(s.Properties, func(p inputs.Property) bool { return p.Name == name })
}

// sharedSchemas are the objects of answers.
func (a *api) sharedSchemas() []openapi.Property {
	user := []openapi.Property{
		openapi.Member("name", openapi.Text), openapi.Member("email", openapi.Schema{Type: "string", Format: "email"}), openapi.Member("emailVerified", openapi.Boolean),
		openapi.Member("image", openapi.Nullable(openapi.Text)), openapi.Member("createdAt", openapi.Moment), openapi.Member("updatedAt", openapi.Moment),
	}
	session := []openapi.Property{
		openapi.Member("expiresAt", openapi.Moment), openapi.Member("token", openapi.Text), openapi.Member("createdAt", openapi.Moment),
		openapi.Member("updatedAt", openapi.Moment), openapi.Member("ipAddress", openapi.Text), openapi.Member("userAgent", openapi.Text),
		openapi.Member("userId", openapi.Text),
	}
	user, session = append(user, returned(a.Fields)...), append(session, returned(a.SessionFields)...)
	return []openapi.Property{
		openapi.Member("User", openapi.Object(append(user, openapi.Member("id", openapi.Text))...)),
		openapi.Member("Session", openapi.Object(append(session, openapi.Member("id", openapi.Text))...)),
		openapi.Member("Account", openapi.Object(
			openapi.Member("accountId", openapi.Text), openapi.Member("providerId", openapi.Text), openapi.Member("userId", openapi.Text),
			openapi.Member("createdAt", openapi.Moment), openapi.Member("updatedAt", openapi.Moment), openapi.Member("id", openapi.Text),
			openapi.Member("scopes", openapi.List(openapi.Text)),
		)),
		openapi.Member("Error", openapi.Object(openapi.Member("message", openapi.Text), openapi.Optional("code", openapi.Text))),
	}
}

// returned are the custom fields that answers carry.
func returned(fields []authserver.Field) (members []openapi.Property) {
	for _, f := range fields {
		if f.Returned {
			s := openapi.Field(f)
			s.Nullable = !f.Required
			members = append(members, openapi.Member(f.Name, s))
		}
	}
	return members
}
