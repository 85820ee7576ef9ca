package controllers

import (
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// readiness is per instance; controller-runtime counts reconciles, errors and durations itself.
var readiness = prometheus.NewGaugeVec(prometheus.GaugeOpts{
	Name: "gatehouse_authservice_ready",
	Help: "1 when the condition Ready of the AuthService is True, else 0.",
}, []string{"namespace", "name"})

func init() { metrics.Registry.MustRegister(readiness) }

func measure(auth *v1alpha1.AuthService, status *v1alpha1.AuthServiceStatus) {
	value := 0.0
	if meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
		value = 1
	}
	readiness.WithLabelValues(auth.Namespace, auth.Name).Set(value)
}

func forget(name types.NamespacedName) { readiness.DeleteLabelValues(name.Namespace, name.Name) }
