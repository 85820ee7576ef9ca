package controllers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	rbacv1 "k8s.io/api/rbac/v1"
)

// unseen are the permissions that no spec uses, with the reason for which the operator has them.
var unseen = map[string]string{
	"patch events.k8s.io/events": "an event that is repeated within minutes becomes a series",
}

// asked are the permissions that the operators of all specs made use of, such as "get apps/deployments".
var asked = permissions{used: map[string]bool{}}

type permissions struct {
	mu   sync.Mutex
	used map[string]bool
}

var _ = ReportAfterSuite("every verb of the operator's role is used", func(report Report) {
	config := report.SuiteConfig
	if !report.SuiteSucceeded || len(config.FocusStrings)+len(config.SkipStrings)+len(config.FocusFiles) > 0 || config.LabelFilter != "" {
		return // of a part of the suite, nothing follows
	}
	var idle []string
	for permission := range granted(operatorRole.Rules) {
		if !asked.used[permission] && unseen[permission] == "" {
			idle = append(idle, permission)
		}
	}
	slices.Sort(idle)
	Expect(idle).To(BeEmpty(), "no spec needs these; remove the markers, or name the reason in unseen")
})

func granted(rules []rbacv1.PolicyRule) map[string]bool {
	all := map[string]bool{}
	for _, rule := range rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					all[fmt.Sprintf("%s %s/%s", verb, group, resource)] = true
				}
			}
		}
	}
	return all
}

// record wraps the connection of an operator.
func (p *permissions) record(next http.RoundTripper) http.RoundTripper {
	return observer(func(request *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(request)
		if err != nil {
			return response, err
		}
		resource, named := resourceOf(request.URL.Path)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.used[verbOf(request, named)+" "+resource] = true
		if request.URL.Query().Get("sendInitialEvents") == "true" {
			p.used["list "+resource] = true // which is what an API server gets that cannot stream lists
		}
		if request.Method == http.MethodPatch && response.StatusCode == http.StatusCreated {
			p.used["create "+resource] = true // an apply of what was not there
		}
		return response, err
	})
}

type observer func(*http.Request) (*http.Response, error)

func (o observer) RoundTrip(request *http.Request) (*http.Response, error) { return o(request) }

func verbOf(request *http.Request, named bool) string {
	switch {
	case request.Method != http.MethodGet:
		return map[string]string{
			http.MethodPost: "create", http.MethodPut: "update", http.MethodPatch: "patch", http.MethodDelete: "delete",
		}[request.Method]
	case request.URL.Query().Get("watch") == "true":
		return "watch"
	case named:
		return "get"
	default:
		return "list"
	}
}

// resourceOf is group/resource or group/resource/subresource of a path, as rules name them, and whether an object is named.
func resourceOf(path string) (resource string, named bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	group := ""
	switch {
	case parts[0] == "apis" && len(parts) > 3:
		group, parts = parts[1], parts[3:]
	case parts[0] == "api" && len(parts) > 2:
		parts = parts[2:]
	default:
		return path, false // discovery
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		parts = parts[2:]
	}
	resource = group + "/" + parts[0]
	if len(parts) > 2 {
		resource += "/" + parts[2]
	}
	return resource, len(parts) > 1
}
