package gatehouse_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// schema is the part of a JSON schema that documents values.
type schema struct {
	Type        string            `json:"type"`
	Description string            `json:"description"`
	Enum        []string          `json:"enum"`
	Properties  map[string]schema `json:"properties"`
	Additional  any               `json:"additionalProperties"`
}

const (
	tableBegin = "<!-- values: generated from values.yaml and values.schema.json by `make generate` -->\n"
	tableEnd   = "<!-- end of values -->\n"
)

// TestReadmeListsEveryValue keeps values.yaml, its schema and the README together.
func TestReadmeListsEveryValue(t *testing.T) {
	var values yaml.Node
	if err := yaml.Unmarshal([]byte(read(t, "values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	var root schema
	if err := json.Unmarshal([]byte(read(t, "values.schema.json")), &root); err != nil {
		t.Fatal(err)
	}
	// Helm itself adds it.
	delete(root.Properties, "global")

	readme := read(t, "README.md")
	before, rest, begins := strings.Cut(readme, tableBegin)
	_, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("README.md must hold the lines\n%s%s", tableBegin, tableEnd)
	}
	table := "| value | default | meaning |\n|---|---|---|\n" + strings.Join(rows(t, "", values.Content[0], root), "")
	golden(t, "README.md", before+tableBegin+table+tableEnd+after)
}

// rows are in the order of values.yaml; a value without a schema, or the other way round, is an error.
func rows(t *testing.T, prefix string, values *yaml.Node, described schema) []string {
	t.Helper()
	var all []string
	seen := map[string]bool{}
	for i := 0; i < len(values.Content); i += 2 {
		key, value := values.Content[i].Value, values.Content[i+1]
		property, there := described.Properties[key]
		if !there || property.Description == "" {
			t.Errorf("values.schema.json does not describe %s%s", prefix, key)
		}
		seen[key] = true
		if property.Properties != nil {
			all = append(all, rows(t, prefix+key+".", value, property)...)
			continue
		}
		all = append(all, fmt.Sprintf("| `%s%s` | `%s` | %s |\n", prefix, key, compact(t, value), meaning(property)))
	}
	for key := range described.Properties {
		if !seen[key] {
			t.Errorf("values.yaml has no default for %s%s, which values.schema.json describes", prefix, key)
		}
	}
	if described.Additional != false {
		t.Errorf("values.schema.json must set additionalProperties to false in %q", prefix)
	}
	return all
}

func meaning(property schema) string {
	if len(property.Enum) == 0 {
		return property.Description
	}
	return property.Description + " One of `" + strings.Join(property.Enum, "`, `") + "`."
}

func compact(t *testing.T, value *yaml.Node) string {
	t.Helper()
	var decoded any
	if err := value.Decode(&decoded); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(decoded)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
