package controllers

import (
	"fmt"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// sectional are the conditions that are there only while the spec has the section that they are about.
var sectional = []string{v1alpha1.ConditionExposed}

// dropSectional removes the conditions that no verdict is about any more.
func dropSectional(status *v1alpha1.AuthServiceStatus, verdicts []verdict) {
	decided := map[string]bool{}
	for _, v := range verdicts {
		decided[v.kind] = true
	}
	for _, kind := range sectional {
		if !decided[kind] {
			meta.RemoveStatusCondition(&status.Conditions, kind)
		}
	}
}

// exposed says whether the objects of ingress and httpRoute are there; nothing without these sections.
func exposed(auth *v1alpha1.AuthService, seen *observed) []verdict {
	if auth.Spec.Ingress == nil {
		return nil
	}
	v := verdict{v1alpha1.ConditionExposed, metav1.ConditionUnknown, v1alpha1.ReasonPending, "The Ingress is not there yet"}
	if len(childrenOf[*networkingv1.Ingress](seen)) == 0 {
		return []verdict{v}
	}
	v.status, v.reason = metav1.ConditionTrue, v1alpha1.ReasonExposed
	v.message = fmt.Sprintf("An Ingress leads %s to the service", resources.IngressHost(auth))
	if url := resources.URL(auth); !strings.Contains(url+":", "//"+resources.IngressHost(auth)+":") {
		v.message += "; clients are told " + url
	}
	return []verdict{v}
}
