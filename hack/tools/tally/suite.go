package main

import (
	"regexp"
	"strconv"
	"strings"
)

// suite is one package under test.
type suite struct {
	tests  map[string]*test
	output strings.Builder
}

// test is one test function or subtest.
type test struct {
	output  strings.Builder
	parent  bool
	outcome string
	specs   *counts
	// leftOut are the specs of Ginkgo that a focus leaves out, and the pending ones.
	leftOut int
}

// said is the output of the test without the lines of the testing package.
func (t *test) said() string {
	var said strings.Builder
	for line := range strings.Lines(t.output.String()) {
		if trimmed := strings.TrimSpace(line); !strings.HasPrefix(trimmed, "=== ") && !strings.HasPrefix(trimmed, "--- ") {
			said.WriteString(line)
		}
	}
	return said.String()
}

func (s *suite) add(e event) {
	t := s.test(e.Test)
	switch e.Action {
	case "output":
		t.output.WriteString(e.Output)
		t.readGinkgo(e.Output)
	case "pass", "fail", "skip":
		t.outcome = e.Action
	}
}

func (s *suite) test(name string) *test {
	if s.tests[name] == nil {
		s.tests[name] = &test{}
	}
	return s.tests[name]
}

// findParents runs when all names are known: a name may hold a slash of its own.
func (s *suite) findParents() {
	for name := range s.tests {
		for i, letter := range name {
			if parent := s.tests[name[:i]]; letter == '/' && parent != nil {
				parent.parent = true
			}
		}
	}
}

func (s *suite) childFailed(parent string) bool {
	for name, t := range s.tests {
		if strings.HasPrefix(name, parent+"/") && t.outcome != "pass" && t.outcome != "skip" {
			return true
		}
	}
	return false
}

func (s *suite) counts() counts {
	var c counts
	for name, t := range s.tests {
		switch {
		case t.specs != nil:
			c.add(*t.specs)
			if t.outcome != "pass" && t.specs.failed == 0 {
				c.failed++
			}
		case t.parent && (t.outcome == "pass" || s.childFailed(name)):
		case t.outcome == "pass":
			c.passed++
		case t.outcome == "skip":
			c.skipped++
		default:
			c.failed++
		}
	}
	return c
}

var (
	ginkgoPlan    = regexp.MustCompile(`Will run (\d+) of (\d+) specs`)
	ginkgoSummary = regexp.MustCompile(`(\d+) Passed.* \| .*?(\d+) Failed.* \| .*?(\d+) Pending.* \| .*?(\d+) Skipped`)
)

// readGinkgo reads the first and the closing line of a suite of Ginkgo, which is a single test to the go command. What a
// focus leaves out was not asked for, and is not skipped.
func (t *test) readGinkgo(line string) {
	if n := numbers(ginkgoPlan, line); n != nil {
		t.leftOut = n[1] - n[0]
	}
	if n := numbers(ginkgoSummary, line); n != nil {
		pending, skipped := n[2], n[3]
		t.specs = &counts{passed: n[0], failed: n[1], skipped: pending + max(pending+skipped-t.leftOut, 0)}
	}
}

// numbers of a line that matches; nil of others.
func numbers(pattern *regexp.Regexp, line string) (all []int) {
	for i, text := range pattern.FindStringSubmatch(line) {
		if i > 0 {
			n, _ := strconv.Atoi(text)
			all = append(all, n)
		}
	}
	return all
}
