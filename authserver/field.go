package authserver

// FieldType is the type of a custom field, in Better-Auth's names.
type FieldType string

// The types of custom fields, with their column and their Go value.
const (
	FieldString      FieldType = "string"   // text, string
	FieldNumber      FieldType = "number"   // integer, int64
	FieldBoolean     FieldType = "boolean"  // boolean, bool
	FieldDate        FieldType = "date"     // timestamptz, time.Time
	FieldStringArray FieldType = "string[]" // jsonb, json.RawMessage
	FieldNumberArray FieldType = "number[]" // jsonb, json.RawMessage
	FieldJSON        FieldType = "json"     // jsonb, json.RawMessage
	FieldEnum        FieldType = "enum"     // text, string
)

// Field is a custom column of the user or the session table.
type Field struct {
	// Name is both the column and the JSON key.
	Name string
	Type FieldType
	// Values are the allowed values of an enum.
	Values []string
	// Required makes the column NOT NULL and sign-up without a value an error.
	Required bool
	// Default is used at sign-up when the client sends no value, and for new sessions; nil means none.
	Default any
	// Input says whether clients may set the field.
	Input bool
	// Returned says whether answers carry the field.
	Returned bool
	Unique   bool
	Index    bool
}
