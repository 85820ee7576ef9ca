package resources

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// dnsPorts are those of Services and of pods: policies are about pods, and OpenShift's DNS listens on another port there.
var dnsPorts = []int32{53, 5353}

// NetworkPolicy is about all pods of the instance, whatever their component; nil without the section. Probes need no rule:
// a policy never stops what comes from the node of a pod.
func NetworkPolicy(auth *v1alpha1.AuthService) *networkingv1.NetworkPolicy {
	spec := auth.Spec.NetworkPolicy
	if spec == nil {
		return nil
	}
	pods := metav1.LabelSelector{MatchLabels: instancePods(auth)}
	policy := &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: objectMeta(auth, Name(auth), componentServer),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: pods,
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress: []networkingv1.NetworkPolicyIngressRule{
				{From: spec.From, Ports: ports(corev1.ProtocolTCP, portPublic)},
				{From: spec.MonitoringFrom, Ports: ports(corev1.ProtocolTCP, portOps)},
			},
		},
	}
	public, ops := &policy.Spec.Ingress[0], &policy.Spec.Ingress[1]
	if len(public.From) > 0 {
		// The pods that try a new version are clients of it.
		public.From = append(slices.Clone(public.From), networkingv1.NetworkPolicyPeer{PodSelector: &pods})
	}
	if len(ops.From) == 0 {
		ops.From = []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}}
	}
	if len(spec.Egress) > 0 {
		policy.Spec.PolicyTypes = append(policy.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
		policy.Spec.Egress = append([]networkingv1.NetworkPolicyEgressRule{
			{Ports: slices.Concat(ports(corev1.ProtocolUDP, dnsPorts...), ports(corev1.ProtocolTCP, dnsPorts...))},
			{To: []networkingv1.NetworkPolicyPeer{{PodSelector: &pods}}, Ports: ports(corev1.ProtocolTCP, portPublic)},
		}, withProtocols(spec.Egress)...)
	}
	return policy
}

// instancePods selects the pods of every component.
func instancePods(auth *v1alpha1.AuthService) labels.Set {
	pods := PodSelector(auth)
	delete(pods, LabelComponent)
	return pods
}

func ports(protocol corev1.Protocol, numbers ...int32) []networkingv1.NetworkPolicyPort {
	var all []networkingv1.NetworkPolicyPort
	for _, number := range numbers {
		all = append(all, networkingv1.NetworkPolicyPort{Protocol: ptr.To(protocol), Port: ptr.To(intstr.FromInt32(number))})
	}
	return all
}

// withProtocols sets what the API server defaults within the rules, which server-side apply takes as a whole.
func withProtocols(rules []networkingv1.NetworkPolicyEgressRule) []networkingv1.NetworkPolicyEgressRule {
	all := make([]networkingv1.NetworkPolicyEgressRule, 0, len(rules))
	for _, rule := range rules {
		rule = *rule.DeepCopy()
		for i := range rule.Ports {
			if rule.Ports[i].Protocol == nil {
				rule.Ports[i].Protocol = ptr.To(corev1.ProtocolTCP)
			}
		}
		all = append(all, rule)
	}
	return all
}
