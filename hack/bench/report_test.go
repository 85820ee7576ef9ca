package bench

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// measured is a result with two rounds.
func measured(name, commit string, ours ...float64) result {
	r := result{Name: name, Title: "title of " + name, Metric: throughput, Machine: "a machine", Commit: commit, Contestants: []side{
		{Name: betterAuth}, {Name: bare, Against: []string{betterAuth}}, {Name: gatehouse, Against: []string{betterAuth, bare}},
	}}
	for _, value := range ours {
		for i, figure := range []float64{value / 20, value * 2, value} {
			r.Contestants[i].Rounds = append(r.Contestants[i].Rounds, figures{throughput: figure, p99: 5})
		}
	}
	return r
}

func TestMeasuringOneScenarioKeepsTheOthers(t *testing.T) {
	t.Parallel()
	before := results{[]result{measured("jwt", "old", 1), measured("get-session-32", "old", 1), measured("a scenario that is no more", "old", 1)}}
	after := before.with([]result{measured("get-session-32", "new", 2)})
	if want := (results{[]result{measured("get-session-32", "new", 2), measured("jwt", "old", 1)}}); !reflect.DeepEqual(after, want) {
		t.Errorf("there are now %+v, want %+v", after, want)
	}
	text := after.markdown()
	for _, want := range []string{"a machine; commit new (get-session-32)", "a machine; commit old (jwt)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
}

func TestReportSaysWhichTargetsAreReached(t *testing.T) {
	t.Parallel()
	text := results{[]result{measured("get-session-32", "c", 100, 300)}}.markdown()
	for _, want := range []string{
		"| get-session, database, against Better-Auth | at least 20.0 | 20.0 | reached |",
		"| get-session, database, against the bare handler | at least 0.850 | 0.500 | **not reached** |",
		"| mixed, against Better-Auth | at least 10.0 | – |  |",
		"| gatehouse | 200 (100–300) | 20.0 | 0.500 | 5.00 |",
		"| better-auth | 10.0 (5.00–15.0) |  |  | 5.00 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not have the line %s:\n%s", want, text)
		}
	}
}

func TestTargetsNameWhatIsMeasured(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, s := range scenarios() {
		names[s.name] = true
	}
	for _, g := range targets() {
		if !names[g.scenario] {
			t.Errorf("%q is about the scenario %q, which there is not", g.what, g.scenario)
		}
	}
	for _, c := range charted {
		if !names[c.scenario] {
			t.Errorf("the chart is about the scenario %q, which there is not", c.scenario)
		}
	}
}

func TestResultsSurviveTheFile(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/auth.json"
	want := results{[]result{measured("jwt", "c", 12345.678)}}
	if err := want.write(file); err != nil {
		t.Fatal(err)
	}
	got, err := readResults(file)
	if err != nil {
		t.Fatal(err)
	}
	if rounds := got.scenario("jwt").side(gatehouse).of(throughput); len(rounds) != 1 || rounds[0] != 12346 {
		encoded, _ := json.Marshal(got)
		t.Errorf("%v became %s", want, encoded)
	}
	if none, err := readResults(t.TempDir() + "/none"); err != nil || len(none.Scenarios) != 0 {
		t.Errorf("a file that is not there holds %v, %v", none, err)
	}
}
