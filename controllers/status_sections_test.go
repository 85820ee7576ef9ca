package controllers

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

func TestRefusal(t *testing.T) {
	t.Parallel()
	const told = "Gateway public does not take the HTTPRoute login: NoMatchingParent: no listener https"
	for status, want := range map[string]string{
		``: "",
		`{parents: [{parentRef: {name: public}, conditions: [{type: Accepted, status: "False", reason: NoMatchingParent, message: no listener https, observedGeneration: 3}]}]}`:        told,
		`{parents: [{parentRef: {name: public}, conditions: [{type: ResolvedRefs, status: "False", reason: NoMatchingParent, message: "no listener\nhttps", observedGeneration: 4}]}]}`: told,
		`{parents: [{parentRef: {name: public}, conditions: [{type: Accepted, status: "False", reason: NoMatchingParent, observedGeneration: 2}]}]}`:                                    "",
		`{parents: [{parentRef: {name: public}, conditions: [{type: Accepted, status: "True", reason: Accepted, observedGeneration: 3}]}]}`:                                             "",
		`{parents: [{parentRef: {name: public}, conditions: [{type: Programmed, status: "False", reason: Pending, observedGeneration: 3}]}]}`:                                           "",
		`{parents: none}`: "",
	} {
		route := resources.KindHTTPRoute.Empty()
		route.SetName("login")
		route.SetGeneration(3)
		if status != "" {
			var content any
			if err := yaml.Unmarshal([]byte(status), &content); err != nil {
				t.Fatal(err)
			}
			route.Object["status"] = content
		}
		seen := &observed{children: []client.Object{route}}
		if got := refusal(seen, route); got != want {
			t.Errorf("%s: got %q, want %q", status, got, want)
		}
	}
	if got := refusal(&observed{}, resources.KindHTTPRoute.Empty()); got != "" {
		t.Errorf("without a route: %q", got)
	}
	if got := refusal(&observed{}, (*unstructured.Unstructured)(nil)); got != "" {
		t.Errorf("without the section: %q", got)
	}
}
