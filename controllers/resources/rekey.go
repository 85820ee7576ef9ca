package resources

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// RekeyJob encrypts anew, with the key that signs, what the database keeps encrypted with others.
func RekeyJob(auth *v1alpha1.AuthService, in Inputs, configMap string) (*batchv1.Job, error) {
	overlay, err := migrationOverlay(auth.Spec.Template)
	if err != nil {
		return nil, err
	}
	base := podTemplate(auth, componentRekey, in, configMap, "rekey")
	base.Labels[LabelRekey] = in.Secrets
	base.Spec.RestartPolicy = corev1.RestartPolicyNever
	base.Spec.Containers[0].EnvFrom = keysOf(auth)
	mountReferences(auth, &base.Spec, Reference.serves)
	template, err := overlaid(&base, overlay)
	if err != nil {
		return nil, err
	}
	return job(auth, LabelRekey, template, batchv1.JobSpec{BackoffLimit: ptr.To[int32](2), ActiveDeadlineSeconds: ptr.To[int64](3600)}), nil
}
