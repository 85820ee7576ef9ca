// Package mailer sends the mails of the outbox.
//
// A mail is put into the outbox by the transaction of the change that causes it (package postgres). The Sender claims what is
// due for the length of a lease, renders it and hands it to the SMTP server, then deletes it: replicas share the work, a
// crash loses nothing, and nobody sends a mail again before its lease ends. Only a crash between the server's answer and the
// deletion sends it twice, with the same Message-ID. What cannot be sent is tried again, later each time, until its link
// expires; what the server refuses for good is dropped, and so is after 20 minutes a link that none of the secrets decrypts.
//
//	outbox ── claim ──► Templates ──► SMTP ──┬─ accepted ──► delete
//	                                         ├─ refused for good ──► delete, counted
//	                                         └─ anything else ──► due again later
//
// Addresses, names, links and the words of the mail server reach no log.
package mailer
