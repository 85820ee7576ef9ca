package config

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

const (
	// maxReport is what Kubernetes reads of a termination message, in bytes.
	maxReport = 4096
	// maxPacked leaves the rest of a report its room.
	maxPacked = 3400
	// maxUnpacked bounds the JSON of a plan: a few kilobytes may claim to be thousands of times as many.
	maxUnpacked = 256 << 10
	// maxCount is more than any plan has.
	maxCount = 1_000_000
)

var planHashForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

// PackPlan makes a plan fit for a report. Of one that is too large the SQL is left out, beginning with the last statement, then
// whole statements, then notes; Hash and Count stay.
func PackPlan(plan MigrationPlan) string {
	statements := append([]PlannedStatement(nil), plan.Statements...)
	plan.Statements = statements
	for with := len(statements); with >= 0; with-- {
		if with < len(statements) {
			statements[with].SQL = ""
		}
		if packed, ok := pack(plan); ok {
			return packed
		}
	}
	for len(plan.Statements) > 0 || len(plan.Notes) > 0 {
		if last := len(plan.Statements) - 1; last >= 0 {
			plan.Statements = plan.Statements[:last]
		} else {
			plan.Notes = plan.Notes[:len(plan.Notes)-1]
		}
		if packed, ok := pack(plan); ok {
			return packed
		}
	}
	packed, _ := pack(MigrationPlan{Hash: plan.Hash, Count: plan.Count})
	return packed
}

// pack says whether the plan fits.
func pack(plan MigrationPlan) (string, bool) {
	encoded, err := json.Marshal(plan)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	_, writeErr := writer.Write(encoded)
	if err := errors.Join(writeErr, writer.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	packed := base64.StdEncoding.EncodeToString(compressed.Bytes())
	return packed, len(packed) <= maxPacked && len(encoded) <= maxUnpacked
}

// UnpackPlan returns what PackPlan packed, or an error for anything else, however large it claims to be.
func UnpackPlan(packed string) (MigrationPlan, error) {
	if len(packed) > maxReport {
		return MigrationPlan{}, errors.New("the packed plan is larger than any report")
	}
	compressed, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(packed)))
	if err != nil {
		return MigrationPlan{}, fmt.Errorf("unpack the plan: %w", err)
	}
	encoded, err := io.ReadAll(io.LimitReader(compressed, maxUnpacked+1))
	if err != nil {
		return MigrationPlan{}, fmt.Errorf("unpack the plan: %w", err)
	}
	if len(encoded) > maxUnpacked {
		return MigrationPlan{}, fmt.Errorf("the plan is larger than %d bytes", maxUnpacked)
	}
	var plan MigrationPlan
	if err := json.Unmarshal(encoded, &plan); err != nil {
		return MigrationPlan{}, fmt.Errorf("unpack the plan: %w", err)
	}
	if !planHashForm.MatchString(plan.Hash) || plan.Count < len(plan.Statements) || plan.Count > maxCount {
		return MigrationPlan{}, errors.New("the plan has no hash of 16 hexadecimal digits, or does not count its statements")
	}
	return plan, nil
}

// Line is the report as one line of JSON that Kubernetes reads to its end. A message of characters that JSON writes at length
// is cut.
func (r MigrationReport) Line() ([]byte, error) {
	for {
		line, err := json.Marshal(r)
		if err != nil || len(line) < maxReport || r.Message == "" {
			return append(line, '\n'), err
		}
		r.Message = strings.ToValidUTF8(r.Message[:len(r.Message)/2], "")
	}
}
