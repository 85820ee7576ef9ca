package operator

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// request is one that somebody who is measured made of the API server.
type request struct {
	Verb      string
	User      struct{ Username string }
	ObjectRef struct{ Resource, Subresource string }
}

// changes says whether it is one of the writes that count: events tell of something and are not part of what is wanted, and
// reviews change nothing.
func (r request) changes() bool {
	return slices.Contains([]string{"create", "update", "patch", "delete", "deletecollection"}, r.Verb) &&
		!slices.Contains([]string{"events", "leases", "tokenreviews", "subjectaccessreviews"}, r.ObjectRef.Resource)
}

// reads says whether it asks for something once; to watch costs nothing for each AuthService.
func (r request) reads() bool { return r.Verb == "get" || r.Verb == "list" }

func (r request) String() string {
	return r.Verb + " " + strings.TrimSuffix(r.ObjectRef.Resource+"/"+r.ObjectRef.Subresource, "/")
}

// requests are those of a user from the nth on.
func (p *plane) requests(t *testing.T, user string, from int) []request {
	t.Helper()
	file, err := os.Open(p.path("audit.log"))
	must(t, err)
	defer file.Close()
	var all []request
	for reader := bufio.NewReader(file); ; {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			return all[min(from, len(all)):] // the last line may be about to be written
		}
		var r request
		must(t, json.Unmarshal(line, &r))
		if r.User.Username == user {
			all = append(all, r)
		}
	}
}

// tally counts requests by what they are about; for each of so many AuthServices.
func tally(requests []request, each int, counts func(request) bool) map[string]float64 {
	tallied := map[string]float64{}
	for _, r := range requests {
		if counts(r) {
			tallied[r.String()]++
		}
	}
	for key := range tallied {
		tallied[key] /= float64(each)
	}
	return tallied
}

func total(counts map[string]float64) (sum float64) {
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		sum += counts[key]
	}
	return sum
}
