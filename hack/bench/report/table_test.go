package report_test

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	table := report.Table{Header: []string{"who", "requests/s", "p99"}}
	table.Add("a|b", "1,234", "5 ms")
	table.Add("c", "7")
	const want = `| who | requests/s | p99 |
|---|---:|---:|
| a\|b | 1,234 | 5 ms |
| c | 7 |  |
`
	if got := table.Markdown(); got != want {
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}
}
