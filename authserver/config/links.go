package config

import "slices"

// validateLinks checks what is about mails with links, and that there is mail where something would never work without.
func (c *Config) validateLinks(found *problems) {
	validateDuration("emailAndPassword.resetPasswordTokenTTL", c.EmailAndPassword.ResetPasswordTokenTTL.Duration, found)
	validateDuration("emailVerification.tokenTTL", c.EmailVerification.TokenTTL.Duration, found)
	validateDuration("user.deleteUser.tokenTTL", c.User.DeleteUser.TokenTTL.Duration, found)
	verified := slices.ContainsFunc(c.SocialProviders, func(p SocialProvider) bool { return p.RequireEmailVerification })
	if c.EmailVerification.SendOnSignIn && !c.EmailAndPassword.RequireEmailVerification && !verified {
		found.add("emailVerification.sendOnSignIn", "needs emailAndPassword.requireEmailVerification: without it no sign-in is refused, and no mail sent")
	}
	if c.Email.Host != "" {
		return
	}
	for _, needy := range []struct {
		key string
		on  bool
	}{
		{"emailAndPassword.requireEmailVerification", c.EmailAndPassword.RequireEmailVerification},
		{"emailVerification.sendOnSignUp", *c.EmailVerification.SendOnSignUp && !c.EmailAndPassword.RequireEmailVerification},
		{"user.changeEmail.confirmCurrent", c.User.ChangeEmail.ConfirmCurrent},
		{"user.deleteUser.sendVerification", c.User.DeleteUser.SendVerification},
	} {
		if needy.on {
			found.add(needy.key, "needs a mail server; set email.host, or leave this off")
		}
	}
}
