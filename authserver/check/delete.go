package check

import "context"

// deleteUser deletes the user that sign-up made, with its password.
func (v *visit) deleteUser(ctx context.Context) (string, error) {
	if v.existed {
		return "", skipped("the user existed before the check, and stays")
	}
	if _, err := v.signIn(ctx); err != nil {
		return "", err
	}
	answer, err := v.browser.Post(ctx, v.plan.BasePath+"/delete-user", map[string]any{"password": v.plan.Password})
	if err != nil {
		return "", err
	}
	var deleted struct{ Success bool }
	if err := v.plan.read(answer, &deleted); err != nil {
		return "", err
	}
	if !deleted.Success || len(v.kept()) > 0 {
		return "", v.strange(answer, "a user who is still signed in, as when a mail asks first")
	}
	return "the user is gone", nil
}
