package config

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// override lets the environment variables win over the file. An empty variable is an absent one.
func (c *Config) override(getenv func(string) string, found *problems) {
	lookup := func(key, variable string, set func(value string)) {
		if value := strings.TrimSpace(getenv(variable)); value != "" {
			found.overridden(key, variable)
			set(value)
		}
	}
	lookup("baseURL", EnvBetterAuthURL, func(value string) { c.BaseURL = value })
	lookup("allowedOrigins", EnvAllowedOrigins, func(value string) { c.AllowedOrigins = commaList(value) })
	lookup("trustedOrigins", EnvBetterAuthTrustedOrigins, func(value string) { c.TrustedOrigins = commaList(value) })
	lookup("trustedOrigins", EnvTrustedOrigins, func(value string) { c.TrustedOrigins = commaList(value) })
	lookup("listen.public", EnvPort, func(value string) { c.Listen.Public = ":" + value })
	lookup("customFields", EnvCustomFields, func(value string) { c.CustomFields = fieldList(value, found) })
	c.providersFromEnvironment(getenv, found)
}

func commaList(value string) []string {
	items := []string{}
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// fieldList reads "role:string tier:string". Fields in this form are optional: an existing database has users
// without them.
func fieldList(value string, found *problems) []CustomField {
	var fields []CustomField
	words := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	for i, word := range words {
		name, fieldType, ok := strings.Cut(word, ":")
		if !ok {
			found.add(fmt.Sprintf("customFields[%d]", i), "%q is not of the form name:type, such as role:string", word)
			fieldType = string(authserver.FieldString)
		}
		fields = append(fields, CustomField{Name: name, Type: fieldType})
	}
	return fields
}
