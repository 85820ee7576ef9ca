package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// podSelector selects the pods that serve, or those of migrations.
func podSelector(auth *v1alpha1.AuthService, migration bool) labels.Selector {
	if migration {
		return resources.MigrationPods(auth)
	}
	return resources.PodSelector(auth).AsSelector()
}

func (c *Cluster) pods(ctx context.Context, auth *v1alpha1.AuthService, selector labels.Selector) ([]corev1.Pod, string, error) {
	list := &corev1.PodList{}
	err := c.Client.List(ctx, list, client.InNamespace(auth.Namespace), client.MatchingLabelsSelector{Selector: selector})
	slices.SortFunc(list.Items, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return list.Items, list.ResourceVersion, err
}

// ReadyPod is a pod that takes requests, and its public port.
func (c *Cluster) ReadyPod(ctx context.Context, auth *v1alpha1.AuthService) (string, int32, error) {
	pods, _, err := c.pods(ctx, auth, podSelector(auth, false))
	if err != nil {
		return "", 0, err
	}
	for i := range pods {
		if pod := &pods[i]; ready(pod) && pod.DeletionTimestamp == nil {
			port, err := publicPort(pod)
			return pod.Name, port, err
		}
	}
	return "", 0, fmt.Errorf("none of the %d pods of %s is ready; see kubectl gatehouse status %s", len(pods), auth.Name, auth.Name)
}

func publicPort(pod *corev1.Pod) (int32, error) {
	for _, container := range pod.Spec.Containers {
		for _, port := range container.Ports {
			if container.Name == resources.ContainerName && port.Name == resources.PortPublic {
				return port.ContainerPort, nil
			}
		}
	}
	return 0, fmt.Errorf("pod %s has no port %s; see kubectl describe pod %s", pod.Name, resources.PortPublic, pod.Name)
}
