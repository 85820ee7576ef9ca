// Command tally reads the output of `go test -json`, shows each package as it ends and the output of what failed,
// and closes with one line that counts: "1234 passed, 0 failed".
//
// It counts what can fail by itself: a test without subtests, a subtest, a spec of Ginkgo.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	ok, err := run(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintf(os.Stderr, "tally: %v\n", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// run is true when something ran and nothing failed.
func run(input io.Reader, output io.Writer) (bool, error) {
	report := newReport(output)
	reader := bufio.NewReader(input)
	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 0 {
			report.line(line)
		}
		if err == io.EOF {
			return report.close(), nil
		}
		if err != nil {
			return false, err
		}
	}
}

// line takes one event. What is no event comes from the go command itself, and is shown.
func (r *report) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil || e.Action == "" {
		_, _ = r.output.Write(line)
		return
	}
	r.add(e)
}
