package controllers

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// sectional are the conditions that are there only while the spec has the section that they are about.
var sectional = []string{v1alpha1.ConditionExposed, v1alpha1.ConditionMonitored, v1alpha1.ConditionBrowserTopology}

// dropSectional removes the conditions that no verdict is about any more.
func dropSectional(status *v1alpha1.AuthServiceStatus, verdicts []verdict) {
	for _, kind := range sectional {
		if !slices.ContainsFunc(verdicts, func(v verdict) bool { return v.kind == kind }) {
			meta.RemoveStatusCondition(&status.Conditions, kind)
		}
	}
}

// exposed says whether the objects of ingress and httpRoute are there; nothing without these sections.
func exposed(auth *v1alpha1.AuthService, seen *observed) []verdict {
	var wanted []client.Object
	var hosts []string
	if ingress := resources.Ingress(auth); ingress != nil {
		wanted, hosts = append(wanted, ingress), append(hosts, resources.IngressHost(auth))
	}
	route := resources.HTTPRoute(auth)
	if route != nil {
		wanted, hosts = append(wanted, route), append(hosts, resources.RouteHosts(auth)...)
	}
	if len(wanted) == 0 {
		return nil
	}
	v := made(seen, v1alpha1.ConditionExposed, wanted)
	if v.status != metav1.ConditionTrue {
		return []verdict{v}
	}
	slices.Sort(hosts)
	v.reason, v.message = v1alpha1.ReasonExposed, strings.Join(slices.Compact(hosts), ", ")+" leads to the service"
	if url := resources.URL(auth); !slices.ContainsFunc(hosts, func(host string) bool { return strings.Contains(url+":", "//"+host+":") }) {
		v.message += "; clients are told " + url
	}
	if refused := refusal(seen, route); refused != "" {
		v.status, v.reason, v.message = metav1.ConditionFalse, v1alpha1.ReasonRouteRefused, refused
	}
	return []verdict{v}
}

// monitored says whether the objects of monitoring are there; nothing without the section.
func monitored(auth *v1alpha1.AuthService, seen *observed) []verdict {
	var wanted []client.Object
	for _, object := range []*unstructured.Unstructured{resources.ServiceMonitor(auth), resources.PrometheusRule(auth)} {
		if object != nil {
			wanted = append(wanted, object)
		}
	}
	if dashboard := resources.Dashboard(auth); dashboard != nil {
		wanted = append(wanted, dashboard)
	}
	if len(wanted) == 0 {
		return nil
	}
	v := made(seen, v1alpha1.ConditionMonitored, wanted)
	if v.status == metav1.ConditionTrue {
		v.reason, v.message = v1alpha1.ReasonMonitored, "The objects of monitoring exist"
	}
	return []verdict{v}
}

// made says whether all objects are there, and whether they can be.
func made(seen *observed, condition string, wanted []client.Object) verdict {
	for _, object := range wanted {
		kind := object.GetObjectKind().GroupVersionKind()
		for _, unserved := range seen.unserved {
			if unserved.GroupVersionKind == kind {
				return verdict{condition, metav1.ConditionFalse, v1alpha1.ReasonCRDNotFound, fmt.Sprintf(
					"The cluster does not know the kind %s of %s. Install %s, or remove the section; it is made as soon as the kind is known",
					kind.Kind, kind.GroupVersion(), unserved.Product)}
			}
		}
	}
	for _, object := range wanted {
		if seen.index(object) < 0 {
			return verdict{condition, metav1.ConditionUnknown, v1alpha1.ReasonPending,
				"The " + object.GetObjectKind().GroupVersionKind().Kind + " is not there yet"}
		}
	}
	return verdict{kind: condition, status: metav1.ConditionTrue}
}
