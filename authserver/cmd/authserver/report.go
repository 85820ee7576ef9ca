package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// leave writes a report as one line of JSON into the file at path, if there is one.
func leave(path string, report any) error {
	line, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	return leaveLine(path, append(line, '\n'))
}

func leaveLine(path string, line []byte) error {
	if path == "" {
		return nil
	}
	if err := os.WriteFile(path, line, 0o600); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
