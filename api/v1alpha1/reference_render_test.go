package v1alpha1_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

type properties = apiextensionsv1.JSONSchemaProps

const referenceHead = `<!-- Generated from the CRD by make generate; edit the comments in api/v1alpha1. -->

# %s

%s

%s/%s, short name %s. What it needs and what it reports, by section; every rule is checked by the API server when
you apply a manifest. Examples are in [config/samples](../config/samples).

%s
`

func reference(crd apiextensionsv1.CustomResourceDefinition) string {
	version := crd.Spec.Versions[0]
	root := *version.Schema.OpenAPIV3Schema
	var text strings.Builder
	fmt.Fprintf(&text, referenceHead, crd.Spec.Names.Kind, root.Description, crd.Spec.Group, version.Name,
		strings.Join(crd.Spec.Names.ShortNames, ", "), list(messages(root.XValidations, "")))
	for _, name := range []string{"spec", "status"} {
		writeSection(&text, name, root.Properties[name])
	}
	return text.String()
}

// writeSection writes the table of an object's fields, then the sections of those that are objects themselves.
func writeSection(text *strings.Builder, path string, object properties) {
	fmt.Fprintf(text, "\n## %s\n\n%s\n\n", path, escaped(object.Description))
	if rules := sectionRules(object); len(rules) > 0 {
		fmt.Fprintf(text, "%s\n\n", list(rules))
	}
	text.WriteString("| field | type | default | description |\n|---|---|---|---|\n")
	names := slices.Sorted(maps.Keys(object.Properties))
	for _, name := range names {
		fmt.Fprintf(text, "| %s | %s | %s | %s |\n", fieldName(object, name), typeName(path+"."+name, object.Properties[name]),
			defaultOf(object.Properties[name]), description(object, name))
	}
	for _, name := range names {
		if section, nested := sectionOf(object.Properties[name]); nested {
			writeSection(text, path+"."+name+suffix(object.Properties[name]), section)
		}
	}
}

// sectionRules are those about the object itself, or about a field deeper down.
func sectionRules(object properties) []string {
	rules := messages(object.XValidations, "")
	for _, rule := range object.XValidations {
		if path := strings.TrimPrefix(rule.FieldPath, "."); strings.Contains(path, ".") {
			rules = append(rules, "`"+path+"`: "+rule.Message)
		}
	}
	return rules
}

// sectionOf is the object that deserves a section of its own, if any: the field's or that of its items.
func sectionOf(field properties) (properties, bool) {
	if field.Type == "array" {
		field = *field.Items.Schema
	}
	return field, len(field.Properties) > 0 && !isCondition(field)
}

// isCondition: conditions have the same fields everywhere in Kubernetes; ours are described where they are listed.
func isCondition(item properties) bool {
	_, transition := item.Properties["lastTransitionTime"]
	return transition
}

func suffix(field properties) string {
	if field.Type == "array" {
		return "[]"
	}
	return ""
}

func fieldName(object properties, name string) string {
	if slices.Contains(object.Required, name) {
		return "**`" + name + "`** (required)"
	}
	return "`" + name + "`"
}

func typeName(path string, field properties) string {
	_, nested := sectionOf(field)
	switch {
	case nested:
		anchor := strings.ToLower(strings.NewReplacer(".", "", "[", "", "]", "").Replace(path))
		return fmt.Sprintf("[%s](#%s)", map[bool]string{true: "list", false: "object"}[field.Type == "array"], anchor)
	case field.Type == "array" && isCondition(*field.Items.Schema):
		return "list of conditions"
	case field.Type == "array":
		return "list of " + field.Items.Schema.Type + "s"
	case field.AdditionalProperties != nil:
		return "map of " + field.AdditionalProperties.Schema.Type + "s"
	case field.Format == "date-time":
		return "time"
	}
	return field.Type
}

func defaultOf(field properties) string {
	if field.Default == nil || string(field.Default.Raw) == "{}" {
		return ""
	}
	return "`" + strings.Trim(string(field.Default.Raw), `"`) + "`"
}

// description is the comment of the field, its bounds, and the rules about it wherever they are written.
func description(object properties, name string) string {
	field := object.Properties[name]
	parts := append([]string{field.Description}, bounds(field)...)
	var rules []string
	switch _, nested := sectionOf(field); {
	case field.Type == "array" && nested:
		rules = messages(field.XValidations, "")
	case field.Type == "array":
		rules = append(messages(field.Items.Schema.XValidations, ""), messages(field.XValidations, "")...)
	case !nested:
		rules = messages(field.XValidations, "")
	}
	for _, rule := range append(rules, messages(object.XValidations, "."+name)...) {
		parts = append(parts, "• "+rule)
	}
	for i, part := range parts {
		parts[i] = strings.NewReplacer("\n", " ", "|", `\|`, "*", `\*`).Replace(escaped(part))
	}
	return strings.Join(parts, "<br>")
}

// escaped keeps <id> from being taken for HTML.
func escaped(text string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(text)
}

func bounds(field properties) []string {
	var found []string
	if len(field.Enum) > 0 {
		values := make([]string, len(field.Enum))
		for i, value := range field.Enum {
			values[i] = "`" + strings.Trim(string(value.Raw), `"`) + "`"
		}
		found = append(found, "One of "+strings.Join(values, ", ")+".")
	}
	if field.Minimum != nil && field.Maximum != nil {
		found = append(found, fmt.Sprintf("From %g to %.0f.", *field.Minimum, *field.Maximum))
	}
	if field.MaxItems != nil {
		found = append(found, fmt.Sprintf("At most %d.", *field.MaxItems))
	}
	if field.MaxLength != nil && field.Pattern == "" && len(field.XValidations) == 0 {
		found = append(found, fmt.Sprintf("At most %d characters.", *field.MaxLength))
	}
	return found
}

// messages are those of the rules about a field of the object; "" is the object itself.
func messages(rules apiextensionsv1.ValidationRules, field string) []string {
	var found []string
	for _, rule := range rules {
		if rule.FieldPath == field {
			found = append(found, rule.Message)
		}
	}
	return found
}

func list(items []string) string {
	lines := make([]string, len(items))
	for i, item := range items {
		lines[i] = "- " + item
	}
	return strings.Join(lines, "\n")
}
