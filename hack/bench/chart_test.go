package bench

import (
	"fmt"
	"slices"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

// charted are the scenarios in the chart, and the metric where it is not the one that counts.
var charted = []struct{ scenario, metric, title, unit string }{
	{"get-session-32", throughput, "get-session from the database", "requests/s"},
	{"cookie-cache", throughput, "get-session from the cookie cache", "requests/s"},
	{"redis", throughput, "get-session from Redis", "requests/s"},
	{"mixed", throughput, "mixed: 95 get-session, 3 sign-in, 1 sign-up, 1 update", "requests/s"},
	{"jwt", throughput, "token of the jwt plugin", "requests/s"},
	{"sign-in", throughput, "sign-in", "requests/s"},
	{"sign-up", throughput, "sign-up", "requests/s"},
	{"start", coldStart, "cold start", "ms, less is better"},
	{"start", idleMemory, "memory at rest", "MiB, less is better"},
	{"sign-in-64", peak, "memory under sign-ins", "MiB, less is better"},
}

func (r results) chart() report.Chart {
	chart := report.Chart{Title: "Gatehouse beside Better-Auth and a bare handler"}
	for _, c := range charted {
		measured := r.scenario(c.scenario)
		if measured.Name == "" {
			continue
		}
		chart.Note = measured.Machine
		group := report.Group{Title: c.title, Unit: c.unit}
		for _, s := range measured.Contestants {
			group.Bars = append(group.Bars, measured.bar(s, c.metric))
		}
		chart.Groups = append(chart.Groups, group)
	}
	return chart
}

// bar names how many times as much as Better-Auth it is.
func (r result) bar(s side, metric string) report.Bar {
	value := report.Median(s.of(metric))
	bar := report.Bar{Label: s.Name, Value: value, Ours: s.Name == gatehouse || s.Name == argon2id, Text: report.Number(value)}
	if slices.Contains(s.Against, betterAuth) {
		bar.Text += fmt.Sprintf(" (%s × Better-Auth)", report.Number(report.Median(r.ratios(s.Name, betterAuth, metric))))
	}
	return bar
}
