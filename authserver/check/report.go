package check

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Result says how a step ended.
type Result string

// The ways in which a step ends.
const (
	Passed Result = "passed"
	Failed Result = "failed"
	// Skipped means that the step does not apply, or was not tried after a failure; its detail says which.
	Skipped Result = "skipped"
)

// Step is one step that has ended.
type Step struct {
	Name         string `json:"name"`
	Result       Result `json:"result"`
	Milliseconds int64  `json:"milliseconds"`
	// Detail says in a few words what was seen, or why the step was skipped.
	Detail string `json:"detail,omitempty"`
	// Reason says what went wrong.
	Reason string `json:"reason,omitempty"`
	// Fix says what to do about it.
	Fix string `json:"fix,omitempty"`
}

// Report is a whole run.
type Report struct {
	BaseURL  string `json:"baseURL"`
	BasePath string `json:"basePath"`
	// Email is the address of the user, who stays in the database unless there is a step delete-user that passed.
	Email        string `json:"email"`
	Passed       bool   `json:"passed"`
	Milliseconds int64  `json:"milliseconds"`
	Steps        []Step `json:"steps"`
}

// WriteText writes the step for people.
func (s Step) WriteText(w io.Writer) {
	mark := map[Result]string{Passed: "ok", Failed: "FAIL", Skipped: "skip"}[s.Result]
	duration := ""
	if s.Result != Skipped {
		duration = fmt.Sprintf("%d ms", s.Milliseconds)
	}
	line := fmt.Sprintf("  %-4s  %-13s  %8s  %s", mark, s.Name, duration, s.Detail)
	fmt.Fprintln(w, strings.TrimRight(line, " "))
	if s.Reason != "" {
		fmt.Fprintf(w, "        %s\n", s.Reason)
	}
	if s.Fix != "" {
		fmt.Fprintf(w, "        fix: %s\n", s.Fix)
	}
}

// WriteSummary writes the last line for people.
func (r Report) WriteSummary(w io.Writer) {
	counts := map[Result]int{}
	for _, step := range r.Steps {
		counts[step.Result]++
	}
	duration := time.Duration(r.Milliseconds) * time.Millisecond
	fmt.Fprintf(w, "%s%s: %d passed, %d failed, %d skipped in %s, as %s\n",
		r.BaseURL, r.BasePath, counts[Passed], counts[Failed], counts[Skipped], duration, r.Email)
}
