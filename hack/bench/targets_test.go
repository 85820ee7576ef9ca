package bench

import (
	"runtime"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

// target is what one figure must be.
type target struct {
	what, scenario, of string
	// base is whose figure it is divided by; "" is nobody's.
	base   string
	metric string
	limit  float64
	// most says that the limit is an upper one.
	most bool
}

// The memory that may be taken at rest, and by each hash at a time, in MiB.
const restMiB, hashMiB = 30, 32

func targets() []target {
	return []target{
		{"get-session, database, against Better-Auth", "get-session-32", gatehouse, betterAuth, throughput, 20, false},
		{"get-session, database, against the bare handler", "get-session-32", gatehouse, bare, throughput, 0.85, false},
		{"get-session, cookie cache, against the bare handler", "cookie-cache", gatehouse, bare, throughput, 1.5, false},
		{"sign-in, scrypt, against Better-Auth", "sign-in", gatehouse, betterAuth, throughput, 1.15, false},
		{"sign-in, scrypt, against nothing but hashing", "sign-in", gatehouse, hashLimit, throughput, 0.95, false},
		{"p99 of get-session in a storm of sign-ins, against its quiet one", "storm", gatehouse + ", storm", gatehouse + ", quiet", p99, 5, true},
		{"sign-in, argon2id, against Better-Auth", "sign-in", argon2id, betterAuth, throughput, 3.5, false},
		{"mixed, against Better-Auth", "mixed", gatehouse, betterAuth, throughput, 10, false},
		{"get-session at 3,000,000 sessions, against 1,000", "growth", "gatehouse, 3,000,000", "gatehouse, 1,000", throughput, 0.9, false},
		{"memory at rest, MiB", "start", gatehouse, "", idleMemory, restMiB, true},
		{"memory under sign-ins, MiB", "sign-in-64", gatehouse, "", peak, float64(restMiB + hashMiB*runtime.NumCPU()), true},
		{"cold start, ms", "start", gatehouse, "", coldStart, 60, true},
		{"shared rate limit, 1 address, against one's own", "shared-limits", "Database, 1 address", "Memory, 1 address", throughput, 0.9, false},
		{"shared rate limit, 1,000 addresses, against one's own", "shared-limits", "Database, 1,000 addresses", "Memory, 1,000 addresses", throughput, 0.9, false},
	}
}

// value is the median of the rounds; NaN where it was not measured.
func (g target) value(all results) float64 {
	measured := all.scenario(g.scenario)
	if g.base == "" {
		return report.Median(measured.side(g.of).of(g.metric))
	}
	return report.Median(measured.ratios(g.of, g.base, g.metric))
}

// verdict is empty where nothing was measured.
func (g target) verdict(value float64) string {
	switch {
	case value != value:
		return ""
	case g.most && value <= g.limit, !g.most && value >= g.limit:
		return "reached"
	default:
		return "**not reached**"
	}
}

func (r results) targetTable() *report.Table {
	table := &report.Table{Header: []string{"what", "target", "measured", ""}}
	for _, g := range targets() {
		bound := "at least "
		if g.most {
			bound = "at most "
		}
		value := g.value(r)
		table.Add(g.what, bound+report.Number(g.limit), report.Number(value), g.verdict(value))
	}
	return table
}
