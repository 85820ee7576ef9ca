package v1alpha1

// CustomFieldType is the type of a custom field, in Better-Auth's names.
//
// +kubebuilder:validation:Enum=string;number;boolean;date;"string[]";"number[]";json;enum
type CustomFieldType string

// CustomField is a column of your own on the user, or on the session.
//
// +kubebuilder:validation:XValidation:rule=`self.type == 'enum' ? has(self.values) : !has(self.values)`,message="list the values of an enum in values; other types take none",fieldPath=".values"
// +kubebuilder:validation:XValidation:rule=`self.type != 'enum' || !has(self.default) || !has(self.values) || self.default in self.values`,message="make default one of values",fieldPath=".default"
// +kubebuilder:validation:XValidation:rule=`self.type != 'number' || !has(self.default) || (self.default.matches('^(0|-?[1-9][0-9]{0,9})$') && int(self.default) >= -2147483648 && int(self.default) <= 2147483647)`,message="write the default of a number as a whole number from -2147483648 to 2147483647, such as 1",fieldPath=".default"
// +kubebuilder:validation:XValidation:rule=`self.type != 'boolean' || !has(self.default) || self.default in ['true', 'false']`,message="write the default of a boolean as the text true or false",fieldPath=".default"
// +kubebuilder:validation:XValidation:rule=`self.type != 'date' || !has(self.default) || (self.default.matches('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$') && !format.datetime().validate(self.default).hasValue())`,message="write the default of a date as RFC 3339, such as 2026-01-31T00:00:00Z",fieldPath=".default"
// +kubebuilder:validation:XValidation:rule="self.type != 'string[]' || !has(self.default) || self.default.matches(r'^ *[[] *(\"([^\"\\\\]|\\\\.)*\" *(, *\"([^\"\\\\]|\\\\.)*\" *)*)?[]] *$')",message="write the default of string[] as a JSON array of strings, such as [\"a\", \"b\"]",fieldPath=".default"
// +kubebuilder:validation:XValidation:rule=`self.type != 'number[]' || !has(self.default) || self.default.matches(r'^ *[[] *(-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)? *(, *-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)? *)*)?[]] *$')`,message="write the default of number[] as a JSON array of numbers, such as [1, 2.5]",fieldPath=".default"
// +kubebuilder:validation:XValidation:rule="self.type != 'json' || !has(self.default) || self.default.matches(r'^ *((?s:[{].*[}]|[[].*[]]|\".*\")|true|false|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?) *$')",message="write the default of json as JSON text, such as {\"theme\": \"dark\"}",fieldPath=".default"
// +kubebuilder:validation:XValidation:rule=`!self.?unique.orValue(false) || !has(self.default)`,message="remove the default of a unique field: only one user could have it",fieldPath=".default"
// +kubebuilder:validation:XValidation:rule=`self.type == oldSelf.type`,message="keep the type of an existing field: its column already holds values of that type; add a field with another name instead",fieldPath=".type"
type CustomField struct {
	// name is the column and the key in JSON: a letter, then letters, digits and underscores.
	// Names that the user, a sign-up request, the session or PostgreSQL use themselves are taken.
	// +required
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[A-Za-z][A-Za-z0-9_]*$')`,message="begin the name with a letter and go on with letters, digits and underscores, such as companyId"
	// +kubebuilder:validation:XValidation:rule=`!(self in ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'])`,message="choose another name: PostgreSQL has a system column of this name in every table"
	Name string `json:"name"`

	// type of the value. A number is whole, from -2147483648 to 2147483647; a date has a time;
	// string[], number[] and json are kept as JSON; an enum is a string that is one of values.
	// +required
	Type CustomFieldType `json:"type"`

	// values that an enum allows.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	Values []string `json:"values,omitempty"`

	// required refuses a sign-up without a value and makes the column NOT NULL.
	// A field that is added later can be required only with a default, which earlier users then get.
	// +optional
	Required bool `json:"required,omitempty"`

	// default is the value when the client sends none, written as text: user, 1, true, ["a"], 2026-01-31T00:00:00Z.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Default *string `json:"default,omitempty"`

	// input says whether clients may set the field; set it to false for fields such as a role that only you change.
	// +optional
	// +kubebuilder:default=true
	Input *bool `json:"input,omitempty"`

	// returned says whether answers carry the field; set it to false for what only your database should show.
	// +optional
	// +kubebuilder:default=true
	Returned *bool `json:"returned,omitempty"`

	// unique refuses two users with the same value.
	// +optional
	Unique bool `json:"unique,omitempty"`

	// index makes searches by this column fast.
	// +optional
	Index bool `json:"index,omitempty"`
}
