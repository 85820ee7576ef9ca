package openapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

//go:embed page.html
var pageText string

//go:embed page.css
var style string

// Policy is the Content-Security-Policy of the page: its own style and nothing else.
var Policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) }, //nolint:gosec // a file of ours
	"shape": func(s Schema) string { return shape(s, "") },
	"kind":  kind,
	"label": label,
	"class": func(status int) int { return status / 100 },
}).Parse(pageText))

// Page returns the page in HTML. Document is where the document is.
func (d Description) Page(document string) ([]byte, error) {
	var html bytes.Buffer
	err := page.Execute(&html, struct {
		Description
		Groups   []group
		Document string
	}{d, d.groups(), document})
	if err != nil {
		return nil, fmt.Errorf("writing the reference page: %w", err)
	}
	return html.Bytes(), nil
}

// group are the endpoints of a tag.
type group struct {
	Name      string
	Endpoints []Endpoint
}

// groups are in the order of their first endpoint.
func (d Description) groups() (groups []group) {
	for _, e := range d.Endpoints {
		i := slices.IndexFunc(groups, func(g group) bool { return g.Name == e.Tag })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{Name: e.Tag})
		}
		groups[i].Endpoints = append(groups[i].Endpoints, e)
	}
	return groups
}

// ID is the anchor of the endpoint in the page.
func (e Endpoint) ID() string {
	return strings.ToLower(e.Method) + strings.NewReplacer("/", "-", ":", "").Replace(e.Path)
}

// Address is the path with its base, and parameters in braces.
func (e Endpoint) Address(base string) string {
	if e.Root {
		base = ""
	}
	return base + e.parts()
}

// NeedsSession and NeedsFreshSession serve the page.
func (e Endpoint) NeedsSession() bool { return e.Access == Session }

// NeedsFreshSession says whether the user must have signed in lately.
func (e Endpoint) NeedsFreshSession() bool { return e.Access == FreshSession }

// Succeeds says whether the answer is no error.
func (a Answer) Succeeds() bool { return a.Status < 400 }

// kind is a schema in a few words.
func kind(s Schema) string {
	text := s.Type
	switch {
	case s.Ref != "":
		text = s.Ref
	case len(s.Enum) > 0:
		text = strings.Join(s.Enum, " | ")
	case s.Format != "":
		text = s.Format
	case s.Items != nil:
		text = kind(*s.Items) + "[]"
	case s.Type == "":
		text = "any JSON"
	}
	if s.Nullable {
		text += " | null"
	}
	return text
}

// shape is a schema as an example of JSON with types in the place of values.
func shape(s Schema, indent string) string {
	if s.Type == "array" && s.Items.Type == "object" {
		return "[" + shape(*s.Items, indent) + ", …]"
	}
	if s.Type != "object" || len(s.Properties) == 0 {
		return kind(s)
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, p := range s.Properties {
		mark := ""
		if !p.Required {
			mark = "?"
		}
		fmt.Fprintf(&b, "%s  %s%s: %s\n", indent, p.Name, mark, shape(p.Schema, indent+"  "))
	}
	b.WriteString(indent + "}")
	if s.Nullable {
		b.WriteString(" | null")
	}
	return b.String()
}
