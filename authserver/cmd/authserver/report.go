package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// leave writes a report as one line of JSON into the file at path, if there is one.
func leave(path string, report any) error {
	if path == "" {
		return nil
	}
	line, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if err := os.WriteFile(path, append(line, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
