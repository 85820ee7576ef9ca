package resources

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// canarySeconds are enough for an image to be pulled, a node to be added and a server to start.
const canarySeconds = 300

var canaryLimits = batchv1.JobSpec{BackoffLimit: ptr.To[int32](1), ActiveDeadlineSeconds: ptr.To[int64](canarySeconds)}

// Canaries sign a reserved user up, in and out in the version of the Deployment: in a pod of its own, and through the Service
// and the public URL, if there is one. Each is named by what it tries out, so that a version is tried once.
func Canaries(auth *v1alpha1.AuthService, in Inputs, configMap string, deployment *appsv1.Deployment) (before, after *batchv1.Job, err error) {
	version := deployment.Annotations[AnnotationVersion]
	own, err := canaryTemplate(auth, in, configMap, fmt.Sprintf("--base-url=http://localhost:%d", portPublic))
	if err != nil {
		return nil, nil, err
	}
	own.Labels[LabelCanary] = version
	own.Spec.InitContainers = []corev1.Container{sidecar(&deployment.Spec.Template.Spec)}

	urls := []string{"--base-url=http://" + Name(auth) + "." + auth.Namespace + ".svc"}
	if Exposed(auth) {
		urls = append(urls, "--public-url="+URL(auth))
	}
	service, err := canaryTemplate(auth, in, configMap, urls...)
	if err != nil {
		return nil, nil, err
	}
	service.Labels[LabelProbe], err = hash8(version, urls)
	return job(auth, LabelCanary, own, canaryLimits), job(auth, LabelProbe, service, canaryLimits), err
}

// Exposed says whether clients come through an ingress or a route.
func Exposed(auth *v1alpha1.AuthService) bool {
	return auth.Spec.Ingress != nil || auth.Spec.HTTPRoute != nil
}

// canaryTemplate has what a server has, its keys too, but not its labels: the Service must not send it requests.
func canaryTemplate(auth *v1alpha1.AuthService, in Inputs, configMap string, urls ...string) (*corev1.PodTemplateSpec, error) {
	overlay, err := migrationOverlay(auth.Spec.Template)
	if err != nil {
		return nil, err
	}
	base := podTemplate(auth, componentCanary, in, configMap, append([]string{"canary"}, urls...)...)
	base.Spec.RestartPolicy = corev1.RestartPolicyNever
	base.Spec.TerminationGracePeriodSeconds = ptr.To[int64](15) // the canary takes up to 10 s to delete its user
	base.Spec.Containers[0].EnvFrom = keysOf(auth)
	mountReferences(auth, &base.Spec, Reference.serves)
	template, err := overlaid(&base, overlay)
	if err != nil {
		return nil, err
	}
	template.Spec.Containers[0].Name = CanaryContainer
	return template, nil
}

// sidecar is the server as the Deployment would run it, beside the canary, which starts when the server is ready.
func sidecar(pod *corev1.PodSpec) corev1.Container {
	i := slices.IndexFunc(pod.Containers, func(c corev1.Container) bool { return c.Name == ContainerName })
	server := *pod.Containers[i].DeepCopy()
	server.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
	server.StartupProbe = probe("/readyz", 1, canarySeconds)
	server.ReadinessProbe, server.LivenessProbe, server.Lifecycle = nil, nil, nil
	return server
}
