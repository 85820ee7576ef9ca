package v1alpha1

// CustomFieldType is the type of a custom field, in Better-Auth's names.
//
// +kubebuilder:validation:Enum=string;number;boolean;date;"string[]";"number[]";json;enum
type CustomFieldType string

// CustomField is a column of your own on the user.
type CustomField struct {
	// name is the column and the key in JSON: a letter, then letters, digits and underscores.
	// +required
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`

	// type of the value.
	// +required
	Type CustomFieldType `json:"type"`

	// values that an enum allows.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=128
	Values []string `json:"values,omitempty"`

	// required refuses a sign-up without a value and makes the column NOT NULL.
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

	// returned says whether answers carry the field.
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
