package plugin

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Ready says whether an AuthService is as its spec of now wants it.
func Ready(auth *v1alpha1.AuthService) bool {
	condition := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReady)
	return condition != nil && condition.Status == metav1.ConditionTrue && condition.ObservedGeneration == auth.Generation
}

// readiness is the state of an AuthService in a few words.
func readiness(auth *v1alpha1.AuthService) string {
	condition := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReady)
	switch {
	case auth.DeletionTimestamp != nil:
		return "being deleted"
	case condition == nil:
		return "not seen by the operator yet"
	case condition.ObservedGeneration != auth.Generation:
		return "changed; the operator has not seen it yet"
	case condition.Status == metav1.ConditionTrue:
		return "Ready"
	}
	return "not Ready: " + condition.Reason
}

// why is the message of the condition Ready, when it is not true.
func why(auth *v1alpha1.AuthService) string {
	if Ready(auth) {
		return ""
	}
	condition := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReady)
	if condition == nil || condition.ObservedGeneration != auth.Generation {
		return readiness(auth) + "; see whether it runs: kubectl get deployments -A -l app.kubernetes.io/name=gatehouse"
	}
	return condition.Reason + ": " + condition.Message
}

// WriteStatus writes an instance for people, in lines of the width where words allow it.
func (i *Instance) WriteStatus(w io.Writer, now time.Time, width int) {
	auth := i.Auth
	facts := &table{header: []string{"AuthService", auth.Namespace + "/" + auth.Name + " is " + readiness(auth)}}
	if auth.Status.URL != "" {
		facts.add("URL", auth.Status.URL)
	}
	facts.add("Replicas", fmt.Sprintf("%d of %d ready", auth.Status.ReadyReplicas, auth.Status.Replicas))
	facts.add("Schema", migrated(auth))
	if auth.Status.Binding != nil {
		facts.add("Binding", "Secret/"+auth.Status.Binding.Name)
	}
	facts.write(w, width)
	for _, section := range []*table{conditions(auth, now), i.tree(now), keys(auth, now)} {
		if len(section.rows) > 0 {
			fmt.Fprintln(w)
			section.write(w, width)
		}
	}
	if len(i.Hidden) > 0 {
		fmt.Fprintln(w)
		for _, line := range Wrap("Not shown, because you may not list it: "+strings.Join(i.Hidden, ", ")+".", width) {
			fmt.Fprintln(w, line)
		}
	}
}

func migrated(auth *v1alpha1.AuthService) string {
	schema := auth.Status.Schema
	words := schema.Hash
	if words == "" {
		words = "not migrated yet"
	}
	if schema.Plan == nil {
		return words
	}
	words += fmt.Sprintf("; plan %s, %s, of %s", schema.Plan.Hash, schema.Plan.State, statements(schema.Plan))
	if schema.Plan.State == v1alpha1.PlanProposed {
		words += ": see kubectl gatehouse plan " + auth.Name
	}
	return words
}

func conditions(auth *v1alpha1.AuthService, now time.Time) *table {
	first := []string{v1alpha1.ConditionReady, v1alpha1.ConditionStalled, v1alpha1.ConditionReconciling}
	rank := func(c metav1.Condition) int {
		if at := slices.Index(first, c.Type); at >= 0 {
			return at
		}
		return len(first)
	}
	sorted := slices.Clone(auth.Status.Conditions)
	slices.SortStableFunc(sorted, func(a, b metav1.Condition) int { return rank(a) - rank(b) })
	result := &table{header: []string{"CONDITION", "STATUS", "SINCE", "REASON"}}
	for _, c := range sorted {
		message := c.Reason
		if c.Message != "" {
			message += ": " + c.Message
		}
		result.add(c.Type, string(c.Status), age(c.LastTransitionTime.Time, now), message)
	}
	return result
}

// Progress is what there is to wait for, in one line.
func Progress(auth *v1alpha1.AuthService) string {
	condition := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReconciling)
	switch {
	case !Ready(auth):
		return why(auth)
	case condition != nil && condition.Status == metav1.ConditionTrue:
		return condition.Reason + ": " + condition.Message
	}
	return readiness(auth)
}
