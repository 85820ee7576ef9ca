// Package verifications has the rules of what a link in a mail proves: that an address is the user's, that a user may get
// another address, and that somebody who forgot a password may choose a new one.
//
// It owns the order of the checks, what a link is good for and when it is used up, and that neither answers nor their time
// tell strangers whether an address is known. It does not own the form of links (package links), deletion by mail (package
// users), or verification at sign-up and sign-in (package accounts).
//
//	Send ──► Store.QueueMails ──► mail ──► Open ──► Link ──► Follow ──► Store.VerifyEmail, Store.ChangeEmail
//	ChangeEmail ──► at once, or by one link, or by a link to the old address and then one to the new
//	RequestReset ──► Verifications.CreateVerification ──► mail ──► CheckReset ──► Reset ──► Verifications.ResetPassword
package verifications
