package resources

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Ports of the auth server, as its configuration has them by default, and of the Service.
const (
	portPublic  = 3001
	portOps     = 9090
	portService = 80
)

// Deployment runs the replicas. A rollout takes none of them away before its successor is ready. Their number is left out
// when it is the autoscaler's.
func Deployment(auth *v1alpha1.AuthService, in Inputs, configMap string) (*appsv1.Deployment, error) {
	template, err := overlaid(serverTemplate(auth, in, configMap), auth.Spec.Template)
	if err != nil {
		return nil, err
	}
	version, err := hash8(template)
	if err != nil {
		return nil, err
	}
	meta := objectMeta(auth, Name(auth), componentServer)
	meta.Annotations = map[string]string{AnnotationVersion: version}
	if ref := auth.Spec.Secrets.SecretRef; ref != nil {
		meta.Annotations[annotationOwnKeys] = ref.Name
	}
	var replicas *int32
	if !Autoscaled(auth) {
		replicas = ptr.To(Replicas(auth))
	}
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: meta,
		Spec: appsv1.DeploymentSpec{
			Replicas:                replicas,
			Selector:                &metav1.LabelSelector{MatchLabels: PodSelector(auth)},
			Template:                *template,
			RevisionHistoryLimit:    ptr.To[int32](3),
			ProgressDeadlineSeconds: ptr.To[int32](300),
			Strategy:                strategy(in.Urgent),
		},
	}, nil
}

// strategy takes no replica away before its successor is ready, unless that is urgent: then all go at once, whether or not
// their successors can start, because a leaked key lets others in as long as one of them runs.
func strategy(urgent bool) appsv1.DeploymentStrategy {
	unavailable, surge := intstr.FromInt32(0), intstr.FromString("25%")
	if urgent {
		unavailable, surge = intstr.FromString("100%"), intstr.FromString("100%")
	}
	return appsv1.DeploymentStrategy{
		Type:          appsv1.RollingUpdateDeploymentStrategyType,
		RollingUpdate: &appsv1.RollingUpdateDeployment{MaxUnavailable: &unavailable, MaxSurge: &surge},
	}
}

func serverTemplate(auth *v1alpha1.AuthService, in Inputs, configMap string) *corev1.PodTemplateSpec {
	template := podTemplate(auth, componentServer, in, configMap, "serve")
	template.Annotations[annotationSecrets] = in.Secrets
	if in.Mounts != "" {
		template.Annotations[annotationMounts] = in.Mounts
	}
	mountReferences(auth, &template.Spec, Reference.serves)
	// The server stops being ready first and then drains; this is how long it may take.
	template.Spec.TerminationGracePeriodSeconds = ptr.To[int64](45)
	template.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
		MaxSkew:           1,
		TopologyKey:       corev1.LabelTopologyZone,
		WhenUnsatisfiable: corev1.ScheduleAnyway,
		LabelSelector:     &metav1.LabelSelector{MatchLabels: PodSelector(auth)},
	}}
	template.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{{
			Weight: 100,
			PodAffinityTerm: corev1.PodAffinityTerm{
				TopologyKey:   corev1.LabelHostname,
				LabelSelector: &metav1.LabelSelector{MatchLabels: PodSelector(auth)},
			},
		}},
	}}

	container := &template.Spec.Containers[0]
	container.Ports = []corev1.ContainerPort{
		{Name: PortPublic, ContainerPort: portPublic, Protocol: corev1.ProtocolTCP},
		{Name: PortOps, ContainerPort: portOps, Protocol: corev1.ProtocolTCP},
	}
	container.EnvFrom = keysOf(auth)
	container.StartupProbe = probe("/livez", 1, 60)
	container.ReadinessProbe = probe("/readyz", 5, 2)
	container.LivenessProbe = probe("/livez", 10, 3)
	return &template
}

func probe(path string, period, failures int32) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
			Path: path,
			Port: intstr.FromString(PortOps),
		}},
		PeriodSeconds:    period,
		TimeoutSeconds:   3,
		FailureThreshold: failures,
	}
}
