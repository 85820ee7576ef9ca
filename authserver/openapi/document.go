package openapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Description is everything that is described.
type Description struct {
	Title, Version, Summary string
	// Server is the origin, Base the path of all endpoints that are not Root.
	Server, Base string
	// Cookie is the name of the session cookie. Bearer says that its value may come in the Authorization header too.
	Cookie string
	Bearer bool
	// Schemas are those that others refer to.
	Schemas   []Property
	Endpoints []Endpoint
}

// Endpoint is one method of one path.
type Endpoint struct {
	Method string
	// Path has parameters as the route table has them: /callback/:provider. It follows Base, unless Root is set.
	Path string
	Root bool
	// Operation is the operationId of Better-Auth; "" is none.
	Operation, Tag, Summary string
	Access                  Access
	Parameters              []Parameter
	Body                    *Body
	// Answers are those of success first.
	Answers []Answer
}

// Access is whether an endpoint needs a session.
type Access int

// What endpoints need.
const (
	Open Access = iota
	// Session is a live session.
	Session
	// FreshSession is one whose user signed in lately.
	FreshSession
)

// Parameter is part of a path or a query.
type Parameter struct {
	Name string `json:"name"`
	// In is path or query.
	In       string `json:"in"`
	Required bool   `json:"required"`
	Schema   Schema `json:"schema"`
}

// Body is what an endpoint reads.
type Body struct {
	Required bool
	// Types are media types.
	Types  []string
	Schema Schema
}

// Answer is what an endpoint sends with one status.
type Answer struct {
	Status int
	// Type is the media type; "" is no body.
	Type   string
	Schema Schema
	// Text says what the answer is.
	Text string
	// Errors are the coded errors with this status.
	Errors []*authserver.Error
}

// Parts are the segments of a path, with parameters in braces.
func (e Endpoint) parts() string {
	segments := strings.Split(e.Path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

type object map[string]any

// Document returns the OpenAPI document.
func (d Description) Document() ([]byte, error) {
	paths := map[string]object{}
	for _, e := range d.Endpoints {
		path := paths[e.parts()]
		if path == nil {
			path = object{}
			paths[e.parts()] = path
		}
		path[strings.ToLower(e.Method)] = d.operation(e)
		if e.Root {
			path["servers"] = []object{{"url": d.Server}}
		}
	}
	return json.Marshal(struct {
		OpenAPI    string            `json:"openapi"`
		Info       object            `json:"info"`
		Servers    []object          `json:"servers"`
		Tags       []object          `json:"tags"`
		Paths      map[string]object `json:"paths"`
		Components object            `json:"components"`
	}{
		"3.1.1", object{"title": d.Title, "version": d.Version, "description": d.Summary}, []object{{"url": d.Server + d.Base}}, d.tags(), paths,
		object{"schemas": properties(d.Schemas), "securitySchemes": d.schemes()},
	})
}

func (d Description) tags() []object {
	var tags []object
	for _, group := range d.groups() {
		tags = append(tags, object{"name": group.Name})
	}
	return tags
}

func (d Description) schemes() object {
	schemes := object{"sessionCookie": object{"type": "apiKey", "in": "cookie", "name": d.Cookie, "description": "The signed session cookie"}}
	if d.Bearer {
		schemes["bearerAuth"] = object{"type": "http", "scheme": "bearer", "description": "The session token of the header set-auth-token"}
	}
	return schemes
}

func (d Description) operation(e Endpoint) object {
	operation := object{"tags": []string{e.Tag}, "summary": e.Summary, "security": d.security(e.Access), "responses": responses(e.Answers)}
	if e.Operation != "" {
		operation["operationId"] = e.Operation
	}
	if len(e.Parameters) > 0 {
		operation["parameters"] = e.Parameters
	}
	if e.Body != nil {
		content := object{}
		for _, mediaType := range e.Body.Types {
			content[mediaType] = object{"schema": e.Body.Schema}
		}
		operation["requestBody"] = object{"required": e.Body.Required, "content": content}
	}
	return operation
}

func (d Description) security(access Access) []object {
	switch {
	case access == Open:
		return []object{}
	case d.Bearer:
		return []object{{"sessionCookie": []string{}}, {"bearerAuth": []string{}}}
	default:
		return []object{{"sessionCookie": []string{}}}
	}
}

func responses(answers []Answer) object {
	all := object{}
	for _, a := range answers {
		response := object{"description": a.description()}
		if a.Type != "" {
			content := object{"schema": a.Schema}
			if examples := a.examples(); len(examples) > 0 {
				content["examples"] = examples
			}
			response["content"] = object{a.Type: content}
		}
		all[strconv.Itoa(a.Status)] = response
	}
	return all
}

func (a Answer) description() string {
	switch {
	case a.Text != "":
		return a.Text
	case a.Succeeds():
		return "Success"
	}
	codes := map[string]bool{}
	for _, err := range a.Errors {
		codes[label(err)] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(codes)), ", ")
}

// examples are the bodies of errors, by their codes.
func (a Answer) examples() object {
	examples := object{}
	for _, err := range a.Errors {
		value := object{"message": err.Message}
		if err.Code != "" {
			value["code"] = err.Code
		}
		if err.Message != "" {
			examples[label(err)] = object{"value": value}
		}
	}
	return examples
}

func label(err *authserver.Error) string {
	switch {
	case err.Code != "":
		return err.Code
	case err.Message != "":
		return err.Message
	default:
		return "empty body"
	}
}
