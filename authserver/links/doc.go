// Package links makes the mails that carry a link, and what the server needs to believe the link when it is opened.
//
// It owns the form of the links (that of Better-Auth 1.7.25, so that either server opens the links of the other) and their
// life. It does not own who gets one (packages accounts, users and verifications), the text around it or its delivery
// (package mailer).
//
//	VerifyEmail, ConfirmChange, VerifyNewEmail ──► signed token, nothing stored ──► /verify-email?token=
//	ResetPassword ──► row of "verification" ──► /reset-password/<token>
//	DeleteUser ──► row of "verification" ──► /delete-user/callback?token=
package links
