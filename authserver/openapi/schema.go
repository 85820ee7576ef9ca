package openapi

import (
	"bytes"
	"encoding/json"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Schema is what this package needs of JSON Schema.
type Schema struct {
	// Ref names a shared schema, such as User; nothing else counts then, except Nullable.
	Ref string
	// Type is string, integer, number, boolean, object or array; "" is any.
	Type string
	// Format is such as date-time.
	Format     string
	Enum       []string
	Items      *Schema
	Properties []Property
	Nullable   bool
	Default    any
}

// Property is a member of an object.
type Property struct {
	Name     string
	Required bool
	Schema   Schema
}

// The schemas of single values.
var (
	Text    = Schema{Type: "string"}
	Boolean = Schema{Type: "boolean"}
	Number  = Schema{Type: "number"}
	Integer = Schema{Type: "integer"}
	Moment  = Schema{Type: "string", Format: "date-time"}
	Any     = Schema{}
)

// Ref returns a shared schema.
func Ref(name string) Schema { return Schema{Ref: name} }

// Nullable returns a schema that also takes null.
func Nullable(s Schema) Schema {
	s.Nullable = true
	return s
}

// List returns an array.
func List(items Schema) Schema { return Schema{Type: "array", Items: &items} }

// Object returns an object.
func Object(properties ...Property) Schema { return Schema{Type: "object", Properties: properties} }

// Member returns a member that is always there.
func Member(name string, s Schema) Property { return Property{Name: name, Required: true, Schema: s} }

// Optional returns a member that may be absent.
func Optional(name string, s Schema) Property { return Property{Name: name, Schema: s} }

// Field returns the schema of a custom field.
func Field(f authserver.Field) Schema {
	s := Text
	switch f.Type {
	case authserver.FieldNumber:
		s = Integer
	case authserver.FieldBoolean:
		s = Boolean
	case authserver.FieldDate:
		s = Moment
	case authserver.FieldStringArray:
		s = List(Text)
	case authserver.FieldNumberArray:
		s = List(Number)
	case authserver.FieldJSON:
		s = Any
	case authserver.FieldEnum:
		s.Enum = f.Values
	}
	return s
}

// MarshalJSON writes JSON Schema of draft 2020-12, as OpenAPI 3.1 has it.
func (s Schema) MarshalJSON() ([]byte, error) {
	if s.Ref != "" {
		ref := map[string]any{"$ref": "#/components/schemas/" + s.Ref}
		if s.Nullable {
			return json.Marshal(map[string]any{"anyOf": []any{ref, map[string]string{"type": "null"}}})
		}
		return json.Marshal(ref)
	}
	var kind any = s.Type
	switch {
	case s.Type == "":
		kind = nil
	case s.Nullable:
		kind = []string{s.Type, "null"}
	}
	enum := make([]any, 0, len(s.Enum)+1)
	for _, value := range s.Enum {
		enum = append(enum, value)
	}
	if s.Nullable && len(enum) > 0 {
		enum = append(enum, nil)
	}
	var required []string
	for _, p := range s.Properties {
		if p.Required {
			required = append(required, p.Name)
		}
	}
	return json.Marshal(struct {
		Type       any        `json:"type,omitempty"`
		Format     string     `json:"format,omitempty"`
		Enum       []any      `json:"enum,omitempty"`
		Items      *Schema    `json:"items,omitempty"`
		Properties properties `json:"properties,omitzero"`
		Required   []string   `json:"required,omitempty"`
		Default    any        `json:"default,omitempty"`
	}{kind, s.Format, enum, s.Items, members(s), required, s.Default})
}

// members are not nil for objects, also those without any.
func members(s Schema) properties {
	if s.Type == "object" && s.Properties == nil {
		return properties{}
	}
	return s.Properties
}

// properties keep their order.
type properties []Property

// MarshalJSON writes an object.
func (list properties) MarshalJSON() ([]byte, error) {
	var object bytes.Buffer
	for i, p := range list {
		name, err := json.Marshal(p.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.Schema)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			object.WriteByte(',')
		}
		object.Write(bytes.Join([][]byte{name, value}, []byte(":")))
	}
	return append(append([]byte("{"), object.Bytes()...), '}'), nil
}
