package config

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// maxFileSize is that of a Kubernetes ConfigMap.
const maxFileSize = 1 << 20

// Load reads the file at path (YAML or JSON; "" is no file), lets the environment override it, fills in the
// defaults and validates the whole. Its error joins every problem found; each names the key or the variable,
// the value, and the fix. In the returned Config no pointer is nil, except the default of a field without one
// and features that are off.
func Load(path string, getenv func(string) string) (*Config, error) {
	cfg := &Config{}
	found := &problems{}
	if path != "" {
		data, err := readBounded(path)
		if err != nil {
			return nil, err
		}
		if err := decode(data, cfg, found); err != nil {
			return nil, fmt.Errorf("configuration file %s: %w", path, err)
		}
	}
	cfg.override(getenv, found)
	cfg.setDefaults()
	cfg.validate(found)
	return cfg, found.err()
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("configuration file: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("configuration file %s: %w", path, err)
	}
	if len(data) > maxFileSize {
		return nil, fmt.Errorf("configuration file %s: larger than 1 MiB; this is not a configuration of the auth server", path)
	}
	return data, nil
}

// problems collects what is wrong, so that one run reports all of it.
type problems struct {
	list []error
	seen map[string]bool
	// variables maps a key of the file to the environment variable that overrode it.
	variables map[string]string
}

// add reports a problem at a key, or at the variable that the key's value came from. Only the first problem
// of a key counts: what follows from a value that could not be read is noise.
func (p *problems) add(key, format string, args ...any) {
	if p.seen[key] {
		return
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	p.seen[key] = true
	p.list = append(p.list, fmt.Errorf("%s: %s", p.source(key), fmt.Sprintf(format, args...)))
}

func (p *problems) source(key string) string {
	for length := len(key); length > 0; length-- {
		if length < len(key) && key[length] != '.' && key[length] != '[' {
			continue
		}
		if variable, ok := p.variables[key[:length]]; ok {
			return variable + key[length:]
		}
	}
	return key
}

func (p *problems) overridden(key, variable string) {
	if p.variables == nil {
		p.variables = map[string]string{}
	}
	p.variables[key] = variable
}

func (p *problems) err() error { return errors.Join(p.list...) }
