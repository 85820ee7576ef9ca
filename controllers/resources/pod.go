package resources

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// podTemplate is what the pods that serve and those that migrate have in common: image, configuration, database secret and
// authority, and Pod Security "restricted". The user comes from the image, so that clusters which assign one may.
func podTemplate(auth *v1alpha1.AuthService, component string, in Inputs, configMap string, args ...string) corev1.PodTemplateSpec {
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{
			Labels:      componentLabels(auth, component),
			Annotations: map[string]string{annotationDatabaseSecret: in.DatabaseSecret},
		},
		Spec: corev1.PodSpec{
			ServiceAccountName:           Name(auth),
			AutomountServiceAccountToken: ptr.To(false),
			EnableServiceLinks:           ptr.To(false),
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot:   ptr.To(true),
				SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []corev1.Container{{
				Name:            ContainerName,
				Image:           image(auth, in),
				Args:            append(args, "--config="+configDirectory+"/"+configKey),
				Resources:       defaultResources(),
				SecurityContext: restricted(),
				VolumeMounts: []corev1.VolumeMount{
					{Name: configVolume, MountPath: configDirectory, ReadOnly: true},
					{Name: databaseVolume, MountPath: databaseDirectory, ReadOnly: true},
				},
			}},
			Volumes: []corev1.Volume{
				{Name: configVolume, VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
					LocalObjectReference: corev1.LocalObjectReference{Name: configMap},
				}}},
				{Name: databaseVolume, VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
					SecretName: auth.Spec.Database.SecretRef.Name,
				}}},
			},
		},
	}
	mountReferences(auth, &template.Spec, Reference.everywhere)
	return template
}

func image(auth *v1alpha1.AuthService, in Inputs) string {
	if auth.Spec.Image != "" {
		return auth.Spec.Image
	}
	return in.Image
}

func restricted() *corev1.SecurityContext {
	return &corev1.SecurityContext{
		AllowPrivilegeEscalation: ptr.To(false),
		ReadOnlyRootFilesystem:   ptr.To(true),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
}

func defaultResources() corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{
			corev1.ResourceCPU:    resource.MustParse("50m"),
			corev1.ResourceMemory: resource.MustParse("64Mi"),
		},
		Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")},
	}
}
