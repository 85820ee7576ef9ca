package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// request is one that the operator made of the API server.
type request struct {
	Verb      string
	User      struct{ Username string }
	ObjectRef struct{ Resource, Subresource, Namespace, Name string }
	// RequestReceivedTimestamp is in UTC.
	RequestReceivedTimestamp time.Time
}

// writes says whether the request changes an object. A leader renews its lease all the time; reviews change nothing.
func (r request) writes() bool {
	return slices.Contains([]string{"create", "update", "patch", "delete", "deletecollection"}, r.Verb) &&
		!slices.Contains([]string{"leases", "tokenreviews", "subjectaccessreviews"}, r.ObjectRef.Resource)
}

func (r request) String() string {
	return fmt.Sprintf("%s %s %s/%s", r.Verb, strings.TrimSuffix(r.ObjectRef.Resource+"/"+r.ObjectRef.Subresource, "/"),
		r.ObjectRef.Namespace, r.ObjectRef.Name)
}

// requestsSince are those of the operator from a moment on, in the order in which they came.
func (d *demo) requestsSince(t *testing.T, since time.Time) []request {
	t.Helper()
	file, err := os.Open(d.cluster.AuditLog())
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []request
	for reader := bufio.NewReader(file); ; {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			return all // the last line may be about to be written
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if r.User.Username == "system:serviceaccount:"+system+":"+operator && !r.RequestReceivedTimestamp.Before(since) {
			all = append(all, r)
		}
	}
}

// writesSince are those among them that change something.
func (d *demo) writesSince(t *testing.T, since time.Time) []request {
	t.Helper()
	return slices.DeleteFunc(d.requestsSince(t, since), func(r request) bool { return !r.writes() })
}

// byVerb counts requests, the most frequent first.
func byVerb(requests []request) string {
	counts := map[string]int{}
	for _, r := range requests {
		counts[r.Verb]++
	}
	verbs := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return counts[b] - counts[a] })
	var parts []string
	for _, verb := range verbs {
		parts = append(parts, fmt.Sprintf("%d %s", counts[verb], verb))
	}
	return strings.Join(parts, ", ")
}
