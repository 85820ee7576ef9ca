package resources

import (
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// childCase is an AuthService with sections that have children of their own, and which kinds show them.
type childCase struct {
	build func() *v1alpha1.AuthService
	kinds string
}

var childCases = map[string]childCase{
	"autoscaled": {autoscaled, "deployment horizontalpodautoscaler poddisruptionbudget"},
	"autoscaled-memory": {func() *v1alpha1.AuthService {
		auth := autoscaled()
		auth.Spec.Autoscaling = &v1alpha1.AutoscalingSpec{
			MinReplicas: ptr.To[int32](3), MaxReplicas: 30, TargetCPUUtilization: ptr.To[int32](60), TargetMemoryUtilization: ptr.To[int32](70),
		}
		auth.Spec.PodDisruptionBudget = &v1alpha1.PodDisruptionBudgetSpec{MinAvailable: ptr.To(intstr.FromString("50%"))}
		return auth
	}, "horizontalpodautoscaler poddisruptionbudget"},
	"ingress": {func() *v1alpha1.AuthService {
		auth := minimal()
		auth.Spec.Ingress = &v1alpha1.IngressSpec{Host: "auth.example.com"}
		return auth
	}, "ingress configmap"},
	"ingress-tls": {func() *v1alpha1.AuthService {
		auth := minimal()
		auth.Spec.BaseURL = "https://auth.example.com:8443"
		auth.Spec.Ingress = &v1alpha1.IngressSpec{
			ClassName: ptr.To("nginx"), TLSSecretName: "auth-tls", Annotations: map[string]string{"cert-manager.io/cluster-issuer": "letsencrypt"},
		}
		return auth
	}, "ingress"},
	"policy": {func() *v1alpha1.AuthService {
		auth := minimal()
		auth.Spec.NetworkPolicy = &v1alpha1.NetworkPolicySpec{}
		return auth
	}, "networkpolicy"},
	"policy-strict": {strictPolicy, "networkpolicy"},
	"route": {func() *v1alpha1.AuthService {
		auth := minimal()
		auth.Spec.BaseURL = "https://auth.example.com"
		auth.Spec.HTTPRoute = &v1alpha1.HTTPRouteSpec{ParentRefs: []v1alpha1.ParentReference{{Name: "public"}}}
		return auth
	}, "httproute"},
	"route-listener": {func() *v1alpha1.AuthService {
		auth := minimal()
		auth.Spec.HTTPRoute = &v1alpha1.HTTPRouteSpec{
			ParentRefs:  []v1alpha1.ParentReference{{Name: "public", Namespace: "infra", SectionName: "https", Port: 443}},
			Hostnames:   []string{"auth.example.com", "*.auth.example.com"},
			Annotations: map[string]string{"team": "identity"},
		}
		return auth
	}, "httproute"},
	"monitored": {monitored, "servicemonitor prometheusrule service configmap"},
}

func strictPolicy() *v1alpha1.AuthService {
	auth := minimal()
	namespace := func(name string) []networkingv1.NetworkPolicyPeer {
		return []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: name}}}}
	}
	auth.Spec.NetworkPolicy = &v1alpha1.NetworkPolicySpec{
		From: namespace("ingress-nginx"), MonitoringFrom: namespace("monitoring"),
		Egress: []networkingv1.NetworkPolicyEgressRule{
			{To: namespace("databases"), Ports: []networkingv1.NetworkPolicyPort{{Port: ptr.To(intstr.FromInt32(5432))}}},
			{To: []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: []string{"10.0.0.0/8"}}}}},
		},
	}
	return auth
}

func autoscaled() *v1alpha1.AuthService {
	auth := minimal()
	auth.Spec.Autoscaling = &v1alpha1.AutoscalingSpec{MaxReplicas: 10}
	return auth
}

func TestGoldensOfChildren(t *testing.T) {
	t.Parallel()
	for name, test := range childCases {
		objects := kinds(t, test.build())
		for kind := range strings.FieldsSeq(test.kinds) {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				if len(objects[kind]) == 0 {
					t.Fatalf("no %s", kind)
				}
				for i, object := range objects[kind] {
					file := name
					if i > 0 {
						file += "-" + object.GetName()
					}
					compareGolden(t, filepath.Join("testdata", kind, file+".yaml"), object)
				}
			})
		}
	}
}

// kinds are the objects of an AuthService by their kind in lower case.
func kinds(t *testing.T, auth *v1alpha1.AuthService) map[string][]Object {
	t.Helper()
	built, err := Build(auth, inputs)
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string][]Object{}
	for _, object := range append(built.Foundation, built.Rollout...) {
		kind := strings.ToLower(object.GetObjectKind().GroupVersionKind().Kind)
		objects[kind] = append(objects[kind], object)
	}
	return objects
}

func TestReplicasAreOfTheSpecOrOfTheAutoscaler(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change                      func(*v1alpha1.AuthServiceSpec)
		autoscaler, budget, counted bool
	}{
		"two replicas": {func(s *v1alpha1.AuthServiceSpec) { s.Autoscaling = nil }, false, true, true},
		"autoscaled":   {func(*v1alpha1.AuthServiceSpec) {}, true, true, false},
		"from one on":  {func(s *v1alpha1.AuthServiceSpec) { s.Autoscaling.MinReplicas = ptr.To[int32](1) }, true, false, false},
		"stopped":      {func(s *v1alpha1.AuthServiceSpec) { s.Replicas = ptr.To[int32](0) }, false, false, true},
		"no budget": {func(s *v1alpha1.AuthServiceSpec) {
			s.PodDisruptionBudget = &v1alpha1.PodDisruptionBudgetSpec{Enabled: ptr.To(false)}
		}, true, false, false},
	} {
		auth := autoscaled()
		test.change(&auth.Spec)
		deployment, err := Deployment(auth, inputs, "config")
		if err != nil {
			t.Fatal(err)
		}
		if got := HorizontalPodAutoscaler(auth) != nil; got != test.autoscaler {
			t.Errorf("%s: autoscaler %v", name, got)
		}
		if got := PodDisruptionBudget(auth) != nil; got != test.budget {
			t.Errorf("%s: budget %v", name, got)
		}
		if got := deployment.Spec.Replicas != nil; got != test.counted {
			t.Errorf("%s: replicas in the Deployment %v", name, got)
		}
	}
}

func TestWithinLimits(t *testing.T) {
	t.Parallel()
	for given, want := range map[int32]int32{0: 2, 1: 2, 2: 2, 7: 7, 10: 10, 11: 10} {
		if got := WithinLimits(autoscaled(), given); got != want {
			t.Errorf("%d: got %d, want %d", given, got, want)
		}
	}
}

// Every pod that the operator makes is under the policy.
func TestNetworkPolicySelectsEveryPod(t *testing.T) {
	t.Parallel()
	auth := strictPolicy()
	selector, err := metav1.LabelSelectorAsSelector(&NetworkPolicy(auth).Spec.PodSelector)
	if err != nil {
		t.Fatal(err)
	}
	for _, component := range []string{componentServer, componentMigration, "canary"} {
		if !selector.Matches(componentLabels(auth, component)) {
			t.Errorf("%s pods are not selected", component)
		}
	}
	other := auth.DeepCopy()
	other.Name = "another"
	if selector.Matches(componentLabels(other, componentServer)) {
		t.Error("the pods of another instance are selected")
	}
	if given := auth.Spec.NetworkPolicy.Egress[0].Ports[0].Protocol; given != nil {
		t.Error("the spec was changed")
	}
}
