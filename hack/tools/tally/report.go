package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// event is a line of `go doc cmd/test2json`.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// counts of tests.
type counts struct{ passed, failed, skipped int }

func (c *counts) add(other counts) {
	c.passed += other.passed
	c.failed += other.failed
	c.skipped += other.skipped
}

// report collects the events of all packages.
type report struct {
	output   io.Writer
	total    counts
	packages map[string]*suite
	builds   map[string]*strings.Builder
}

func newReport(output io.Writer) *report {
	return &report{output: output, packages: map[string]*suite{}, builds: map[string]*strings.Builder{}}
}

func (r *report) add(e event) {
	if e.Action == "build-output" {
		fmt.Fprint(r.build(e.ImportPath), e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	s := r.suite(e.Package)
	if e.Test == "" {
		r.addPackage(s, e)
		return
	}
	s.add(e)
}

func (r *report) build(path string) *strings.Builder {
	if r.builds[path] == nil {
		r.builds[path] = &strings.Builder{}
	}
	return r.builds[path]
}

func (r *report) suite(name string) *suite {
	if r.packages[name] == nil {
		r.packages[name] = &suite{tests: map[string]*test{}}
	}
	return r.packages[name]
}

func (r *report) addPackage(s *suite, e event) {
	switch e.Action {
	case "output":
		s.output.WriteString(e.Output)
	case "pass", "fail", "skip":
		delete(r.packages, e.Package)
		r.closePackage(s, e)
	}
}

func (r *report) closePackage(s *suite, e event) {
	s.findParents()
	c := s.counts()
	if e.Action == "skip" && len(s.tests) == 0 {
		return
	}
	if e.Action == "fail" {
		r.showFailures(s, e)
		if c.failed == 0 {
			c.failed = 1
		}
	}
	r.total.add(c)
	mark := "✓"
	if c.failed > 0 {
		mark = "✗"
	}
	fmt.Fprintf(r.output, "%s %s  %s  %.1fs\n", mark, e.Package, c, e.Elapsed)
}

// showFailures prints what failed tests printed, or what the package did when it failed outside of its tests.
func (r *report) showFailures(s *suite, e event) {
	shown := false
	for _, name := range slices.Sorted(maps.Keys(s.tests)) {
		t := s.tests[name]
		output := t.said()
		if t.outcome == "pass" || t.outcome == "skip" || t.parent && s.childFailed(name) && output == "" {
			continue
		}
		shown = true
		fmt.Fprintf(r.output, "--- %s in %s\n%s", name, e.Package, indent(output))
	}
	if e.FailedBuild != "" {
		fmt.Fprint(r.output, indent(r.build(e.FailedBuild).String()))
	}
	if !shown {
		fmt.Fprint(r.output, indent(s.output.String()))
	}
}

// close prints the closing line. Packages without an end were cut off, by a crash of the go command or a full disk.
func (r *report) close() bool {
	for name, s := range r.packages {
		fmt.Fprintf(r.output, "✗ %s did not end\n%s", name, indent(s.output.String()))
		r.total.failed++
	}
	if r.total.passed+r.total.failed == 0 {
		fmt.Fprintln(r.output, "no test ran")
	}
	fmt.Fprintln(r.output, r.total)
	return r.total.failed == 0 && r.total.passed > 0
}

// String names skipped tests only when there are some.
func (c counts) String() string {
	text := fmt.Sprintf("%d passed, %d failed", c.passed, c.failed)
	if c.skipped > 0 {
		text += fmt.Sprintf(", %d skipped", c.skipped)
	}
	return text
}

func indent(text string) string {
	if text == "" {
		return ""
	}
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ") + "\n"
}
