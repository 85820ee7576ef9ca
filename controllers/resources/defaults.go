package resources

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// setAtomicDefaults sets what the API server defaults within values that server-side apply takes as a whole. Left out, they
// would differ from the live object for ever, and each reconcile would apply the template again.
func setAtomicDefaults(spec *corev1.PodSpec) {
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			for j := range containers[i].Env {
				if source := containers[i].Env[j].ValueFrom; source != nil {
					setAPIVersion(source.FieldRef)
				}
			}
		}
	}
	for i := range spec.Volumes {
		if volume := &spec.Volumes[i]; volume.DownwardAPI != nil {
			setItems(volume.DownwardAPI.Items)
		}
		if projected := spec.Volumes[i].Projected; projected != nil {
			for j := range projected.Sources {
				setSource(&projected.Sources[j])
			}
		}
	}
}

func setSource(source *corev1.VolumeProjection) {
	if token := source.ServiceAccountToken; token != nil && token.ExpirationSeconds == nil {
		token.ExpirationSeconds = ptr.To[int64](3600)
	}
	if source.DownwardAPI != nil {
		setItems(source.DownwardAPI.Items)
	}
}

func setItems(items []corev1.DownwardAPIVolumeFile) {
	for i := range items {
		setAPIVersion(items[i].FieldRef)
	}
}

func setAPIVersion(ref *corev1.ObjectFieldSelector) {
	if ref != nil && ref.APIVersion == "" {
		ref.APIVersion = "v1"
	}
}
