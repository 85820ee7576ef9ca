package bench

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

var (
	full    = flag.Bool("full", false, "measure at length, and write the results; else one short round shows that the benchmark works")
	chosen  = flag.String("scenarios", "", "a regular expression of the names of the scenarios to measure")
	rounds  = flag.Int("rounds", 5, "how often each contestant has its turn, with -full")
	seconds = flag.Int("seconds", 3, "how long a turn is, with -full")
)

func TestBench(t *testing.T) {
	w := newWorld(t)
	plan := effort{scenarios: regexp.MustCompile(*chosen), rounds: *rounds, seconds: *seconds, all: *full || *chosen != ""}
	if !*full {
		plan.rounds, plan.seconds, plan.brief = 1, 1, true
	}
	for _, s := range scenarios() {
		if plan.includes(s) {
			t.Run(s.name, func(t *testing.T) {
				measured := plan.run(t, w, s)
				if *full && !t.Failed() {
					publish(t, measured)
				}
			})
		}
	}
}

// effort is how much is measured.
type effort struct {
	scenarios       *regexp.Regexp
	rounds, seconds int
	// all scenarios, not just those that make test runs; brief turns are all of the same length.
	all, brief bool
}

func (e effort) includes(s scenario) bool {
	return (s.short || e.all) && e.scenarios.MatchString(s.name)
}

// run lets the contestants take turns.
func (e effort) run(t *testing.T, w *world, s scenario) result {
	t.Helper()
	contestants := s.contestants(t, w)
	seconds, rounds := e.seconds, e.rounds
	if s.longer > 1 && !e.brief {
		seconds *= s.longer
	}
	if s.once {
		rounds = 1
	}
	r := result{Name: s.name, Title: s.title, Note: s.note, Metric: s.metric, Machine: w.machine(t), Commit: commit(t), Seconds: seconds}
	for _, c := range contestants {
		r.Contestants = append(r.Contestants, side{Name: c.name, Against: c.against})
	}
	for range rounds {
		for i, c := range contestants {
			r.Contestants[i].Rounds = append(r.Contestants[i].Rounds, c.turn(t, seconds))
		}
	}
	t.Logf("%s\n%s", s.title, r.table().Markdown())
	r.complete(t)
	return r
}

// complete checks that nothing is missing of what was measured.
func (r result) complete(t *testing.T) {
	t.Helper()
	for _, s := range r.Contestants {
		for _, value := range s.of(r.Metric) {
			if value <= 0 {
				t.Errorf("%s, %s: %v is no %s", r.Name, s.Name, value, r.Metric)
			}
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(r.table().Markdown()), "\n") {
		if want := len(r.columns()) + len(r.bases()) + 3; strings.Count(line, "|") != want {
			t.Errorf("%s: %q has not %d columns", r.Name, line, want-1)
		}
	}
}

// publish writes what was measured beside what was measured before.
func publish(t *testing.T, measured result) {
	t.Helper()
	if err := os.MkdirAll("results", 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("results", "auth.json")
	before, err := readResults(file)
	if err != nil {
		t.Fatal(err)
	}
	now := before.with([]result{measured})
	if err := now.write(file); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"auth.md": now.markdown(), "auth.svg": now.chart().SVG()} {
		if err := os.WriteFile(filepath.Join("results", name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) machine(t *testing.T) string {
	t.Helper()
	machine, err := report.ThisMachine()
	if err != nil {
		t.Fatal(err)
	}
	return machine.Line(w.versions...)
}

// commit is what is measured; -dirty says that there is more to it.
func commit(t *testing.T) string {
	t.Helper()
	output, err := exec.Command("git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=10").Output()
	if err != nil {
		t.Logf("git describe: %v", err)
		return "unknown"
	}
	return strings.TrimSpace(string(output))
}
