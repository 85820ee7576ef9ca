package resources

import (
	"cmp"
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

// MigrationJob brings the database to the schema of the spec: by the plan that was approved, where one has to be. It is named
// by its inputs, because a Job cannot be changed.
func MigrationJob(auth *v1alpha1.AuthService, in Inputs, configMap string) (*batchv1.Job, error) {
	args := []string{"migrate"}
	if in.ApprovedPlan != "" {
		args = append(args, "--approved="+in.ApprovedPlan)
	}
	made, err := schemaJob(auth, in, configMap, componentMigration, LabelMigration, args...)
	if err == nil && in.ApprovedPlan != "" {
		made.Annotations[AnnotationApprovedPlan] = in.ApprovedPlan
	}
	return made, err
}

// PlanJob finds out what the migration with the same inputs would do, and changes nothing.
func PlanJob(auth *v1alpha1.AuthService, in Inputs, configMap string) (*batchv1.Job, error) {
	return schemaJob(auth, in, configMap, componentPlan, LabelPlan, "migrate", "--plan")
}

func schemaJob(auth *v1alpha1.AuthService, in Inputs, configMap, component, label string, args ...string) (*batchv1.Job, error) {
	hash, err := MigrationHash(auth, in)
	if err != nil {
		return nil, err
	}
	overlay, err := migrationOverlay(auth.Spec.Template)
	if err != nil {
		return nil, err
	}
	base := podTemplate(auth, component, in, configMap, args...)
	base.Labels[label] = hash
	base.Spec.RestartPolicy = corev1.RestartPolicyNever
	mountReferences(auth, &base.Spec, Reference.migrates)
	template, err := overlaid(&base, overlay)
	if err != nil {
		return nil, err
	}
	// Back-filling a large table takes its time; a hanging one must end, so that its cause is shown.
	return job(auth, label, template, batchv1.JobSpec{BackoffLimit: ptr.To[int32](2), ActiveDeadlineSeconds: ptr.To[int64](3600)}), nil
}

// job is the first attempt at what the pods of the template do. Their label identifies its inputs, and names it. The operator
// makes another one later; the retries of limits are for what passes within seconds.
func job(auth *v1alpha1.AuthService, label string, template *corev1.PodTemplateSpec, limits batchv1.JobSpec) *batchv1.Job {
	hash := template.Labels[label]
	meta := objectMeta(auth, jobName(auth, label, hash), template.Labels[LabelComponent])
	meta.Labels[label] = hash
	meta.Annotations = map[string]string{AnnotationAttempt: "1"}
	limits.Suspend, limits.Template = ptr.To(false), *template
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: meta,
		Spec:       limits,
	}
}

// Attempt is which Job for the same inputs this one is, or of which one the pod is.
func Attempt(object metav1.Object) int {
	attempt, err := strconv.Atoi(cmp.Or(object.GetAnnotations()[AnnotationAttempt], object.GetLabels()[AnnotationAttempt]))
	if err != nil || attempt < 1 {
		return 1
	}
	return attempt
}

// SetAttempt makes a first attempt a later one. From the second on it is in the name, because a failed Job stays until its
// successor has finished.
func SetAttempt(first *batchv1.Job, attempt int) {
	if attempt > 1 {
		first.Annotations[AnnotationAttempt] = strconv.Itoa(attempt)
		first.Spec.Template.Labels[AnnotationAttempt] = strconv.Itoa(attempt)
		first.Name += "-" + strconv.Itoa(attempt)
	}
}
