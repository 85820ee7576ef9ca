package plugin

import (
	"fmt"
	"io"
	"time"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// WriteList writes one row for each AuthService, with its namespace when they are of all.
func WriteList(w io.Writer, items []v1alpha1.AuthService, everywhere bool, now time.Time, width int) {
	result := &table{header: []string{"NAME", "READY", "REPLICAS", "SCHEMA", "AGE", "URL, AND WHY NOT READY"}}
	for i := range items {
		auth := &items[i]
		name := auth.Name
		if everywhere {
			name = auth.Namespace + "/" + name
		}
		readiness := "no"
		if Ready(auth) {
			readiness = "yes"
		}
		result.add(name, readiness, fmt.Sprintf("%d/%d", auth.Status.ReadyReplicas, auth.Status.Replicas),
			orDash(auth.Status.Schema.Hash), age(auth.CreationTimestamp.Time, now), orDash(auth.Status.URL+" "+why(auth)))
	}
	result.write(w, width)
}
