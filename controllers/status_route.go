package controllers

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// routeStatus is the part of an HTTPRoute's status that says who takes it.
type routeStatus struct {
	Parents []struct {
		ParentRef  struct{ Name string }
		Conditions []struct {
			Type, Status, Reason, Message string
			ObservedGeneration            int64
		}
	}
}

// refusal is what a Gateway says against the route, as it is now; empty when none does. One that has not answered yet says
// nothing against it.
func refusal(seen *observed, wanted *unstructured.Unstructured) string {
	if wanted == nil {
		return ""
	}
	i := seen.index(wanted)
	if i < 0 {
		return ""
	}
	route := seen.children[i].(*unstructured.Unstructured)
	var status routeStatus
	data, err := json.Marshal(route.Object["status"])
	if err != nil || json.Unmarshal(data, &status) != nil {
		return "" // written by somebody who does not know the Gateway API
	}
	for _, parent := range status.Parents {
		for _, c := range parent.Conditions {
			if c.Status == "False" && (c.Type == "Accepted" || c.Type == "ResolvedRefs") && c.ObservedGeneration >= route.GetGeneration() {
				return resources.OneLine(fmt.Sprintf("Gateway %s does not take the HTTPRoute %s: %s: %s", parent.ParentRef.Name, route.GetName(), c.Reason, c.Message))
			}
		}
	}
	return ""
}
