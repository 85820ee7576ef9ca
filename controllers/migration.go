package controllers

import (
	"context"
	"slices"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// inputsOf are the inputs of the objects.
func inputsOf(auth *v1alpha1.AuthService, seen *observed, image string) (resources.Inputs, error) {
	inputs := resources.Inputs{
		Image: image, Secrets: seen.secrets, Mounts: seen.mounted, MigrationMounts: seen.migrating,
		Urgent: seen.urgent, Rekey: seen.rekeyAttempt > 0,
	}
	if seen.database == nil || slices.ContainsFunc(seen.missing, func(r resources.Reference) bool { return r.Migrates }) {
		return inputs, nil
	}
	inputs.DatabaseSecret = resources.Fingerprint([]byte(version(seen.database)))
	hash, err := resources.MigrationHash(auth, inputs)
	if err != nil {
		return inputs, err
	}
	seen.migration = work{resources.LabelMigration, hash}
	if auth.Spec.Migration.Policy == v1alpha1.MigrationApprove {
		seen.planning = work{resources.LabelPlan, hash}
		seen.plan, seen.approved = seen.approval(auth)
		inputs.ApprovedPlan = seen.approved
	}
	return inputs, nil
}

// migrate returns nil when the migration is complete.
func (r *Reconciler) migrate(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, objects *resources.Objects) error {
	if objects.Migration == nil {
		return &waitingError{} // for the database secret
	}
	if objects.Plan != nil {
		if err := r.approve(ctx, auth, seen, objects); err != nil {
			return err
		}
	}
	return r.run(ctx, auth, seen, seen.migration, objects.Migration)
}
