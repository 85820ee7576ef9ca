package plugin

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Manifest is the AuthService in YAML, with comments for somebody who sees one for the first time.
func (s Setup) Manifest() (string, error) {
	if err := s.Validate(); err != nil {
		return "", err
	}
	fields, err := s.fields()
	if err != nil {
		return "", err
	}
	var m manifest
	m.line("# An auth service: kubectl apply -f this file. All fields: kubectl explain authservices.gatehouse.dev.spec")
	m.line("apiVersion: gatehouse.dev/v1alpha1")
	m.line("kind: AuthService")
	m.line("metadata:")
	m.line("  name: %s", scalar(s.Name))
	if s.Namespace != "" {
		m.line("  namespace: %s", scalar(s.Namespace))
	}
	m.line("spec:")
	m.line("  # Where browsers reach the service. Cookies are for this address, so set it to the public one before others use it,")
	m.line("  # and lead an Ingress there: spec.ingress or spec.httpRoute makes it.")
	m.line("  baseURL: %s", scalar(s.BaseURL))
	m.origins(s.Origins)
	m.line("  database:")
	m.line("    # The URL of the database is in a secret of yours, never here.")
	m.line("    secretRef:")
	m.line("      name: %s", scalar(s.DatabaseSecret))
	if s.DatabaseKey != "" {
		m.line("      key: %s", scalar(s.DatabaseKey))
	}
	m.fields(fields)
	m.line("  # Two replicas survive the loss of a node; what drains take away at once is limited to one.")
	m.line("  replicas: 2")
	return m.String(), nil
}

type manifest struct{ strings.Builder }

func (m *manifest) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *manifest) origins(origins []string) {
	m.line("  # The origins of your front ends, as browsers send them: their pages may call the service with cookies.")
	if len(origins) == 0 {
		m.line("  # allowedOrigins: [https://app.example.com]")
		return
	}
	m.line("  allowedOrigins:")
	for _, text := range origins {
		m.line("    - %s", scalar(text))
	}
}

func (m *manifest) fields(fields []Field) {
	m.line("  # Columns of your own on the user, set at sign-up and shown in sessions.")
	if len(fields) == 0 {
		m.line("  # customFields: [{name: tier, type: string, default: free}]")
		return
	}
	m.line("  customFields:")
	for _, field := range fields {
		m.line("    - name: %s", scalar(field.Name))
		m.line("      type: %s", scalar(field.Type))
		if field.rights() {
			m.line("      # Users choose it when they sign up. If it decides about rights, let only your back end change it:")
			m.line("      # input: false")
			m.line("      # default: user")
		}
	}
}

// plain are scalars that YAML reads as text without quotes.
var plain = regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9._]*(://[-a-zA-Z0-9._:]+)?$`)

// scalar writes text for YAML, in quotes where it could be read as something else.
func scalar(text string) string {
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
	default:
		if plain.MatchString(text) {
			return text
		}
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // text is always JSON
	}
	return string(quoted)
}
