// Package storage is where the rules keep things when that is not PostgreSQL alone: it joins postgres.Store with Redis, or
// with nothing, into one store. It is the one place that knows what is where, and in which order two stores change.
//
//	Database      all in postgres.Store, which is the store then
//	Redis         sessions and verification values in redisstore.Store, users, accounts and mails in postgres.Store
//	Stateless     sessions in cookies, all else in postgres.Store
//
// # A crash between PostgreSQL and Redis
//
// No transaction spans both. The order of each change is such that a crash, or the loss of one of them, in between leaves
// nothing that is wrong to accept: never a session of a user that does not exist, never one that was revoked.
//
//	sign-up             user, then session        a user without a session, who signs in
//	new password        sessions end, password    everybody is signed out, and the password is the old one
//	deletion            sessions end, user        everybody is signed out, and the user is still there; for a minute
//	                                              nobody can sign in as that user
//	new name            user, then copies         sessions show the user as before, until the next change or sign-in
//	link of a mail      value, then mail          a value that nobody knows, until it expires
//
// What was begun is reported as unavailable, and may be tried again. What Redis itself forgets is another matter: a restart
// of one that keeps nothing, or evicts keys, signs users out; a failover to a replica that lags behind may undo the last
// moment, a revocation too.
//
// # Stateless
//
// The encrypted cookie is the session. Each change and each extension of it asks PostgreSQL for the user, and so does every
// endpoint that does not believe a cookie cache; others see the user as of the last time. That ends a session within
// session.updateAge, and for those endpoints at once, when its user was deleted or got a new password after it began. A
// copy of the cookie outlives sign-out and revocation; they only clear the browser's.
package storage
