package operator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

const results = root + "/hack/bench/results/operator"

// readResults are the rounds of former runs that are added to.
func readResults(t *testing.T) []round {
	t.Helper()
	content, err := os.ReadFile(results + ".json")
	if !*add || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	must(t, err)
	var all []round
	must(t, json.Unmarshal(content, &all))
	return all
}

func writeResults(t *testing.T, all []round) {
	t.Helper()
	must(t, os.MkdirAll(root+"/hack/bench/results", 0o755))
	content, err := json.MarshalIndent(all, "", "\t")
	must(t, err)
	must(t, os.WriteFile(results+".json", append(content, '\n'), 0o644))
	must(t, os.WriteFile(results+".md", []byte(markdown(all)), 0o644))
}

// markdown has medians, each of the rounds with so many AuthServices.
func markdown(all []round) string {
	sizes := map[int][]round{}
	for _, r := range all {
		sizes[r.AuthServices] = append(sizes[r.AuthServices], r)
	}
	times := report.Table{Header: []string{"AuthServices", "rounds", "no Job needed", "Deployments", "all Ready", "bare client", "", "", "ratio", "", ""}}
	costs := report.Table{Header: []string{"AuthServices", "writes each", "reads each", "peak MiB", "settled MiB", "CPU s", "queue p50 s", "queue p99 s", "resyncs", "their writes"}}
	var writes strings.Builder
	for _, n := range slices.Sorted(maps.Keys(sizes)) {
		rounds := sizes[n]
		times.Add(timesOf(n, rounds)...)
		costs.Add(costsOf(n, rounds)...)
		fmt.Fprintf(&writes, "- %s AuthServices: %s\n", strconv.Itoa(n), each(rounds[len(rounds)-1].Operator.Writes))
	}
	return "# Operator\n\n" + all[len(all)-1].Machine + "\n\n" +
		"Seconds until the last object was written, with the operator and then with the bare client; and the median of the ratios of each round. See [README](../operator/README.md).\n\n" +
		times.Markdown() + "\n" + costs.Markdown() + "\nWrites of the operator for each, in the last round:\n\n" + writes.String()
}

func timesOf(n int, rounds []round) []string {
	cells := []string{strconv.Itoa(n), fmt.Sprint(len(rounds))}
	ends := []func(stages) float64{
		func(s stages) float64 { return s.Foundation }, func(s stages) float64 { return s.Deployments }, func(s stages) float64 { return s.Ready },
	}
	ours, bare := func(r round) stages { return r.Operator.stages }, func(r round) stages { return r.Bare.stages }
	var ratios []string
	for _, who := range []func(round) stages{ours, bare} {
		for _, stage := range ends {
			cells = append(cells, report.Number(report.Median(measured(of(rounds, func(r round) float64 { return stage(who(r)) })))))
		}
	}
	for _, stage := range ends {
		ratios = append(ratios, report.Number(report.Median(report.Ratios(
			of(rounds, func(r round) float64 { return stage(ours(r)) }), of(rounds, func(r round) float64 { return stage(bare(r)) })))))
	}
	return append(cells, ratios...)
}

func costsOf(n int, rounds []round) []string {
	cells := []string{strconv.Itoa(n)}
	for _, figure := range []func(operatorFigures) float64{
		func(f operatorFigures) float64 { return total(f.Writes) },
		func(f operatorFigures) float64 { return total(f.Reads) },
		func(f operatorFigures) float64 { return f.Peak },
		func(f operatorFigures) float64 { return f.Settled },
		func(f operatorFigures) float64 { return f.Processor },
		func(f operatorFigures) float64 { return f.QueueP50 },
		func(f operatorFigures) float64 { return f.QueueP99 },
		func(f operatorFigures) float64 { return float64(f.Resyncs) },
		func(f operatorFigures) float64 { return float64(f.ResyncWrites) },
	} {
		cells = append(cells, report.Number(report.Median(of(rounds, func(r round) float64 { return figure(r.Operator) }))))
	}
	return cells
}

// measured leaves out what was not, as in a round of the operator alone.
func measured(figures []float64) []float64 {
	return slices.DeleteFunc(figures, func(figure float64) bool { return figure == 0 })
}

func of(rounds []round, figure func(round) float64) []float64 {
	var figures []float64
	for _, r := range rounds {
		figures = append(figures, figure(r))
	}
	return figures
}

func each(counts map[string]float64) string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %s", report.Number(counts[what]), what))
	}
	return strings.Join(parts, ", ")
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text := markdown([]round{{
		Machine: "a machine", AuthServices: 10,
		Operator: operatorFigures{stages: stages{Foundation: 3, Deployments: 6, Ready: 8}, Writes: map[string]float64{"create jobs": 2, "patch services": 1}},
		Bare:     bareFigures{stages: stages{Foundation: 2, Deployments: 4, Ready: 8}},
	}})
	for _, want := range []string{"a machine", "| 10 | 1 | 3.00 | 6.00 | 8.00 | 2.00 | 4.00 | 8.00 | 1.50 | 1.50 | 1.00 |", "2.00 create jobs, 1.00 patch services", "- 10 AuthServices"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
}
