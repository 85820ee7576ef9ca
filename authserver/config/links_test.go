package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// withMail is what a configuration with mail needs besides.
const withMail = "email: {host: smtp.example.com, from: no-reply@example.com}\n"

func TestWhatNeedsMailSaysSo(t *testing.T) {
	for file, want := range map[string]string{
		`emailAndPassword: {requireEmailVerification: true}`: "emailAndPassword.requireEmailVerification: needs a mail server; set email.host, or leave this off",
		`emailVerification: {sendOnSignUp: true}`:            "emailVerification.sendOnSignUp: needs a mail server; set email.host, or leave this off",
		`user: {changeEmail: {confirmCurrent: true}}`:        "user.changeEmail.confirmCurrent: needs a mail server; set email.host, or leave this off",
		`user: {deleteUser: {sendVerification: true}}`:       "user.deleteUser.sendVerification: needs a mail server; set email.host, or leave this off",
		`emailVerification: {sendOnSignIn: true}`:            "emailVerification.sendOnSignIn: needs emailAndPassword.requireEmailVerification: without it no sign-in is refused, and no mail sent",
		`emailVerification: {tokenTTL: 10ms}`:                "emailVerification.tokenTTL: 10ms must be from 1s to 87600h",
		`emailAndPassword: {resetPasswordTokenTTL: -1h}`:     "emailAndPassword.resetPasswordTokenTTL: -1h0m0s must be from 1s to 87600h",
		`user: {deleteUser: {tokenTTL: 90000h}}`:             "user.deleteUser.tokenTTL: 90000h0m0s must be from 1s to 87600h",
	} {
		_, err := config.Load(write(t, file), environment{}.get)
		if err == nil {
			t.Errorf("%s is accepted", file)
		} else if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func TestLinksWithMail(t *testing.T) {
	cfg, err := config.Load(write(t, withMail+`
emailAndPassword: {requireEmailVerification: true, resetPasswordTokenTTL: 10m, revokeSessionsOnPasswordReset: true}
emailVerification: {sendOnSignIn: true, autoSignInAfterVerification: true, tokenTTL: 30m}
user: {changeEmail: {enabled: true, confirmCurrent: true, updateWithoutVerification: true}, deleteUser: {enabled: true, sendVerification: true, tokenTTL: 1h}}
`), environment{}.get)
	if err != nil {
		t.Fatal(err)
	}
	want := config.EmailVerification{
		SendOnSignUp: new(true), SendOnSignIn: true, AutoSignInAfterVerification: true, TokenTTL: config.Duration{Duration: 30 * time.Minute},
	}
	if diff := cmp.Diff(want, cfg.EmailVerification); diff != "" {
		t.Error(diff)
	}
	cfg, err = config.Load(write(t, withMail+"emailAndPassword: {requireEmailVerification: true}\nemailVerification: {sendOnSignUp: false}"), environment{}.get)
	if err != nil || *cfg.EmailVerification.SendOnSignUp {
		t.Errorf("no mail at sign-up is not what it says: %v", err)
	}
}
