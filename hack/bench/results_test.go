package bench

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strconv"
)

// The metrics of a turn, as tables and results name them.
const (
	throughput  = "requests/s"
	p50         = "p50 ms"
	p99         = "p99 ms"
	serverCPU   = "CPU s/1,000"
	databaseCPU = "PostgreSQL CPU s/1,000"
	peak        = "peak MiB"
	signIns     = "sign-ins/s"
	coldStart   = "start ms"
	idleMemory  = "idle MiB"
	imageSize   = "MB"
)

// metrics is the order of columns.
var metrics = []string{throughput, coldStart, idleMemory, imageSize, p50, p99, signIns, serverCPU, databaseCPU, peak}

// figures are what one turn measured, by metric.
type figures map[string]float64

// MarshalJSON keeps five digits: more say nothing.
func (f figures) MarshalJSON() ([]byte, error) {
	short := make(map[string]json.RawMessage, len(f))
	for metric, value := range f {
		short[metric] = strconv.AppendFloat(nil, value, 'g', 5, 64)
	}
	return json.Marshal(short)
}

// results are all scenarios that were ever measured into one file.
type results struct {
	Scenarios []result `json:"scenarios"`
}

// result is one scenario.
type result struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Note   string `json:"note,omitempty"`
	Metric string `json:"metric"`
	// Machine and Commit are where and what was measured; Seconds is how long each turn was.
	Machine     string `json:"machine"`
	Commit      string `json:"commit"`
	Seconds     int    `json:"seconds"`
	Contestants []side `json:"contestants"`
}

// side is one contestant with its rounds.
type side struct {
	Name    string    `json:"name"`
	Against []string  `json:"against,omitempty"`
	Rounds  []figures `json:"rounds"`
}

// of are the values of one metric, round by round.
func (s side) of(metric string) []float64 {
	var values []float64
	for _, round := range s.Rounds {
		if value, ok := round[metric]; ok {
			values = append(values, value)
		}
	}
	return values
}

// side returns the contestant of a name.
func (r result) side(name string) side {
	i := slices.IndexFunc(r.Contestants, func(s side) bool { return s.Name == name })
	if i < 0 {
		return side{}
	}
	return r.Contestants[i]
}

// scenario returns the result of a name.
func (r results) scenario(name string) result {
	i := slices.IndexFunc(r.Scenarios, func(one result) bool { return one.Name == name })
	if i < 0 {
		return result{}
	}
	return r.Scenarios[i]
}

// readResults returns nothing of a file that is not there.
func readResults(file string) (results, error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return results{}, nil
	}
	if err != nil {
		return results{}, err
	}
	var found results
	return found, json.Unmarshal(content, &found)
}

// with replaces what was measured before of the same scenarios, in the order of all.
func (r results) with(measured []result) results {
	var merged results
	for _, s := range scenarios() {
		for _, from := range [][]result{measured, r.Scenarios} {
			if i := slices.IndexFunc(from, func(one result) bool { return one.Name == s.name }); i >= 0 {
				merged.Scenarios = append(merged.Scenarios, from[i])
				break
			}
		}
	}
	return merged
}

func (r results) write(file string) error {
	content, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(content, '\n'), 0o644)
}
