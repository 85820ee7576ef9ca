package plugin

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Setup is what a first manifest is made of.
type Setup struct {
	// Name of the AuthService.
	Name string
	// Namespace is left out of the manifest when it is empty.
	Namespace string
	// BaseURL is the public origin.
	BaseURL string
	// Origins are those of the pages that call the service.
	Origins []string
	// Fields are name:type, separated by spaces, as setup_auth.py takes them.
	Fields string
	// DatabaseSecret and DatabaseKey are where the URL of the database is.
	DatabaseSecret, DatabaseKey string
}

// Field is a custom field.
type Field struct{ Name, Type string }

var (
	nameShape  = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	fieldShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	// patternShape are origins with wildcards; the API server judges them further.
	patternShape = regexp.MustCompile(`^(https?://)?[a-z0-9.*?-]+(:[0-9*?]{1,5})?$`)
)

// Validate says what the API server would refuse of what people usually get wrong.
func (s Setup) Validate() error {
	var problems []error
	if len(s.Name) > 40 || !nameShape.MatchString(s.Name) {
		problems = append(problems, fmt.Errorf("project name %q: use at most 40 lower-case letters, digits and dashes, and begin with a letter", s.Name))
	}
	if !origin(s.BaseURL) {
		problems = append(problems, fmt.Errorf("base URL %q: write it as an origin, such as https://auth.example.com", s.BaseURL))
	}
	for _, text := range s.Origins {
		if pattern := strings.ContainsAny(text, "*?") && patternShape.MatchString(text); !pattern && !origin(text) {
			problems = append(problems, fmt.Errorf("allowed origin %q: write it as browsers send it, such as https://app.example.com, without a path and a slash at the end", text))
		}
	}
	_, err := s.fields()
	return errors.Join(append(problems, err)...)
}

func origin(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Host != "" &&
		text == parsed.Scheme+"://"+strings.ToLower(parsed.Host)
}

func (s Setup) fields() ([]Field, error) {
	var fields []Field
	var problems []error
	seen := map[string]bool{}
	for text := range strings.FieldsSeq(s.Fields) {
		name, kind, _ := strings.Cut(text, ":")
		field := Field{name, kind}
		if err := field.validate(); err != nil {
			problems = append(problems, err)
		}
		if seen[strings.ToLower(name)] {
			problems = append(problems, fmt.Errorf("custom field %q: it is there twice", name))
		}
		seen[strings.ToLower(name)] = true
		fields = append(fields, field)
	}
	return fields, errors.Join(problems...)
}

func (f Field) validate() error {
	switch {
	case !fieldShape.MatchString(f.Name) || len(f.Name) > 63:
		return fmt.Errorf("custom field %q: write name:type, such as companyId:string; a name is letters, digits and underscores", f.Name+":"+f.Type)
	case f.Type == "enum":
		return fmt.Errorf("custom field %s:enum: write it as string here, and make it an enum with its values in the manifest", f.Name)
	}
	switch f.Type {
	case "string", "number", "boolean", "date", "string[]", "number[]", "json":
		return nil
	}
	return fmt.Errorf("custom field %q: give it one of the types string, number, boolean, date, string[], number[] and json, such as %s:string", f.Name+":"+f.Type, f.Name)
}

// rights says whether a field looks as if it decided about rights, which users must not choose.
func (f Field) rights() bool {
	switch strings.ToLower(f.Name) {
	case "role", "roles", "isadmin", "admin", "permissions", "scopes":
		return true
	}
	return false
}
