// Package tokens signs what clients carry and must not change: cookie values (HMAC-SHA256, Better-Auth's form), links
// in mails about addresses, and the JWTs of GET /jwt (HS256). It encrypts what the database keeps and nobody may read
// (XChaCha20-Poly1305).
//
// It owns the keys, and the keys derived from them: the newest signs and encrypts, every key verifies and decrypts,
// so a rotation logs nobody out.
// It does not own cookies (package httpapi), the cookie cache (package cookiecache) or what a signed token refers to
// (package sessions).
//
//	session token ──► Keyring.Sign ──► cookie ──► Keyring.Verify ──► session token
//	address ──► Keyring.SignVerification ──► link in a mail ──► Keyring.VerifyVerification ──► address
//	secret text ──► Keyring.Encrypt ──► row ──► Keyring.Decrypt ──► secret text (ForPurpose: with keys of their own)
//	user ──► Issuer.Issue ──► JWT
package tokens
