package resources

import (
	"strconv"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// MigrationHash identifies the inputs of a migration: image, the part of the configuration that the schema depends on, the
// versions of the database secret and of what else a migration connects with, and what the template says about pods. A rotated
// database secret thus runs a migration that has nothing to do, which proves that the new credentials work before any pod gets
// them.
func MigrationHash(auth *v1alpha1.AuthService, in Inputs) (string, error) {
	return hash8(image(auth, in), schemaConfig(auth), auth.Spec.Database.SecretRef.Name, in.DatabaseSecret, migratingWith(auth), in.MigrationMounts,
		auth.Spec.Template)
}

// migratingWith are the names of what a migration connects with besides the database secret.
func migratingWith(auth *v1alpha1.AuthService) []string {
	var names []string
	for _, reference := range References(auth) {
		if reference.Migrates {
			names = append(names, reference.Kind+"/"+reference.Name)
		}
	}
	return names
}

// MigrationJob brings the database to the schema of the spec. It is named by its inputs, because a Job cannot be changed.
func MigrationJob(auth *v1alpha1.AuthService, in Inputs, configMap string) (*batchv1.Job, error) {
	hash, err := MigrationHash(auth, in)
	if err != nil {
		return nil, err
	}
	overlay, err := migrationOverlay(auth.Spec.Template)
	if err != nil {
		return nil, err
	}
	base := podTemplate(auth, componentMigration, in, configMap, "migrate")
	base.Labels[LabelMigration] = hash
	base.Spec.RestartPolicy = corev1.RestartPolicyNever
	mountReferences(auth, &base.Spec, Reference.migrates)
	template, err := overlaid(&base, overlay)
	if err != nil {
		return nil, err
	}

	attempt := max(in.Attempt, 1)
	meta := objectMeta(auth, jobName(auth, hash, attempt), componentMigration)
	meta.Labels[LabelMigration] = hash
	meta.Annotations = map[string]string{AnnotationAttempt: strconv.Itoa(attempt)}
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: meta,
		Spec: batchv1.JobSpec{
			Suspend: ptr.To(false),
			// The operator makes another Job later; these retries are for what passes within seconds.
			BackoffLimit: ptr.To[int32](2),
			// Back-filling a large table takes its time; a hanging one must end, so that its cause is shown.
			ActiveDeadlineSeconds: ptr.To[int64](3600),
			Template:              *template,
		},
	}, nil
}

// Attempt is which Job for the same inputs this one is.
func Attempt(job *batchv1.Job) int {
	attempt, err := strconv.Atoi(job.Annotations[AnnotationAttempt])
	if err != nil || attempt < 1 {
		return 1
	}
	return attempt
}
