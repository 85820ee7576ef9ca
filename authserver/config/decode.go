package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decode fills cfg from YAML or JSON. It is strict: unknown keys, repeated keys, aliases and values of another
// type are problems. encoding/json would stop at the first one and not say where it is.
func decode(data []byte, cfg *Config, found *problems) error {
	if compact := new(bytes.Buffer); json.Compact(compact, data) == nil {
		data = compact.Bytes() // YAML forbids the tabs with which JSON may be indented
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return fmt.Errorf("neither YAML nor JSON: %w", err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("has more than one YAML document; keep one")
	}
	decodeValue(document.Content[0], reflect.ValueOf(cfg).Elem(), "", found)
	return nil
}

func decodeValue(node *yaml.Node, target reflect.Value, path string, found *problems) {
	switch {
	case node.Kind == yaml.AliasNode || node.Anchor != "":
		found.add(orRoot(path), "uses a YAML anchor or alias; write the value out")
	case node.ShortTag() == "!!null":
	case target.Kind() == reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
		decodeValue(node, target.Elem(), path, found)
	case target.Type() == reflect.TypeFor[Duration]():
		decodeDuration(node, target, path, found)
	case target.Kind() == reflect.Struct:
		decodeStruct(node, target, path, found)
	case target.Kind() == reflect.Slice:
		decodeSlice(node, target, path, found)
	default:
		decodeScalar(node, target, path, found)
	}
}

func decodeStruct(node *yaml.Node, target reflect.Value, path string, found *problems) {
	if node.Kind != yaml.MappingNode {
		found.add(orRoot(path), "must be a mapping of keys to values, is %s", describe(node))
		return
	}
	fields := map[string]reflect.Value{}
	collectFields(target, fields)
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i].Value
		at := join(path, key)
		field, known := fields[key]
		switch {
		case !known:
			found.add(at, "unknown key (line %d); the keys here are %s", node.Content[i].Line, keys(fields))
		case seen[key]:
			found.add(at, "is there twice (line %d); keep one", node.Content[i].Line)
		default:
			decodeValue(node.Content[i+1], field, at, found)
		}
		seen[key] = true
	}
}

func collectFields(target reflect.Value, fields map[string]reflect.Value) {
	for i := range target.NumField() {
		name, _, _ := strings.Cut(target.Type().Field(i).Tag.Get("json"), ",")
		if name == "" {
			collectFields(target.Field(i), fields)
			continue
		}
		fields[name] = target.Field(i)
	}
}

func decodeSlice(node *yaml.Node, target reflect.Value, path string, found *problems) {
	if node.Kind != yaml.SequenceNode {
		found.add(path, "must be a list, is %s", describe(node))
		return
	}
	items := reflect.MakeSlice(target.Type(), len(node.Content), len(node.Content))
	for i, item := range node.Content {
		decodeValue(item, items.Index(i), fmt.Sprintf("%s[%d]", path, i), found)
	}
	target.Set(items)
}

func decodeScalar(node *yaml.Node, target reflect.Value, path string, found *problems) {
	tag := node.ShortTag()
	switch target.Kind() {
	case reflect.String:
		switch {
		case tag == "!!str":
			target.SetString(node.Value)
		case node.Kind == yaml.ScalarNode:
			found.add(path, "must be text; put quotes around it: \"%s\"", node.Value)
		default:
			found.add(path, "must be text, is %s", describe(node))
		}
	case reflect.Bool:
		if tag != "!!bool" {
			found.add(path, "must be true or false, is %s", describe(node))
			return
		}
		target.SetBool(strings.EqualFold(node.Value, "true"))
	default:
		number, err := strconv.ParseInt(node.Value, 10, 32)
		if tag != "!!int" || err != nil {
			found.add(path, "must be a whole number below 2147483648, is %s", describe(node))
			return
		}
		target.SetInt(number)
	}
}

func decodeDuration(node *yaml.Node, target reflect.Value, path string, found *problems) {
	text := []byte(node.Value)
	if node.ShortTag() == "!!str" {
		text, _ = json.Marshal(node.Value)
	}
	var value Duration
	if err := value.UnmarshalJSON(text); err != nil {
		found.add(path, "%v", err)
		return
	}
	target.Set(reflect.ValueOf(value))
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
		return strconv.Quote(node.Value)
	}
}

func keys(fields map[string]reflect.Value) string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func orRoot(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}
