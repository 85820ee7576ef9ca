package bench

import (
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

// markdown is the report of everything that was measured.
func (r results) markdown() string {
	var text strings.Builder
	text.WriteString("# What the auth server costs\n\nMade by `make bench`; [README.md](../README.md) says how it measures. ![chart](auth.svg)\n\n")
	for _, origin := range r.origins() {
		text.WriteString(origin + "\n\n")
	}
	text.WriteString("## Targets\n\n" + r.targetTable().Markdown())
	for _, one := range r.Scenarios {
		text.WriteString("\n## " + one.Title + "\n\n")
		if one.Note != "" {
			text.WriteString(one.Note + "\n\n")
		}
		text.WriteString(one.table().Markdown())
	}
	return text.String()
}

// origins say where which scenarios were measured; one line, unless they were measured at several times.
func (r results) origins() []string {
	var lines []string
	named := map[string][]string{}
	for _, one := range r.Scenarios {
		line := one.Machine + "; commit " + one.Commit
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
		named[line] = append(named[line], one.Name)
	}
	if len(lines) > 1 {
		for i, line := range lines {
			lines[i] = line + " (" + strings.Join(named[line], ", ") + ")"
		}
	}
	return lines
}

// table has a row for each contestant: medians of all rounds, the range of the metric that counts, and its ratios.
func (r result) table() *report.Table {
	columns := r.columns()
	bases := r.bases()
	header := []string{"", r.Metric}
	for _, base := range bases {
		header = append(header, "× "+base)
	}
	table := &report.Table{Header: append(header, columns...)}
	for _, s := range r.Contestants {
		cells := []string{s.Name, spread(s.of(r.Metric))}
		for _, base := range bases {
			cell := ""
			if slices.Contains(s.Against, base) {
				cell = report.Number(report.Median(r.ratios(s.Name, base, r.Metric)))
			}
			cells = append(cells, cell)
		}
		for _, metric := range columns {
			cells = append(cells, report.Number(report.Median(s.of(metric))))
		}
		table.Add(cells...)
	}
	return table
}

// spread is the median with the least and the greatest.
func spread(values []float64) string {
	if len(values) < 2 {
		return report.Number(report.Median(values))
	}
	least, greatest := report.Range(values)
	return report.Number(report.Median(values)) + " (" + report.Number(least) + "–" + report.Number(greatest) + ")"
}

// columns are the metrics beside the one that counts.
func (r result) columns() []string {
	var columns []string
	for _, metric := range metrics {
		has := func(s side) bool { return len(s.of(metric)) > 0 }
		if metric != r.Metric && slices.ContainsFunc(r.Contestants, has) {
			columns = append(columns, metric)
		}
	}
	return columns
}

// bases are the contestants that others are compared with.
func (r result) bases() []string {
	var bases []string
	for _, s := range r.Contestants {
		for _, base := range s.Against {
			if !slices.Contains(bases, base) {
				bases = append(bases, base)
			}
		}
	}
	return bases
}

func (r result) ratios(name, base, metric string) []float64 {
	return report.Ratios(r.side(name).of(metric), r.side(base).of(metric))
}
