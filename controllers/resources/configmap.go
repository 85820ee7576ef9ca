package resources

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// ConfigMap holds the configuration of the auth server. It is immutable and named by its content, so that pods keep the
// configuration they were started with until the Deployment replaces them.
func ConfigMap(auth *v1alpha1.AuthService) (*corev1.ConfigMap, error) {
	// Through JSON: the keys come out sorted, so that equal specs make equal names.
	data, err := yaml.Marshal(serverConfig(auth))
	if err != nil {
		return nil, err
	}
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: objectMeta(auth, configMapName(auth, digest(data)[:8]), componentServer),
		Immutable:  ptr.To(true),
		Data:       map[string]string{configKey: string(data)},
	}, nil
}

// ConfigMapOf is the name of the ConfigMap that a pod of ours mounts.
func ConfigMapOf(pod *corev1.PodSpec) string {
	for _, volume := range pod.Volumes {
		if volume.Name == configVolume && volume.ConfigMap != nil {
			return volume.ConfigMap.Name
		}
	}
	return ""
}
