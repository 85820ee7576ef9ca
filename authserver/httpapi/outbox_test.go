package httpapi_test

import (
	"encoding/json"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/authserver/server"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// unsent is a mail server that nobody answers for, so that mails stay in the outbox.
const unsent = "email: {host: 127.0.0.1, port: 1, tls: None, from: no-reply@example.com}\n"

// outboxMail is a mail in our outbox.
type outboxMail struct{ ID, Kind, To, URL string }

// outbox are the mails that wait.
func (h *harness) outbox() (mails []outboxMail) {
	h.t.Helper()
	if h.server.Config.Email.Host == "" {
		return nil
	}
	const query = `select coalesce(json_agg(json_build_object('id', id, 'kind', kind, 'to', recipient, 'url', url) order by "createdAt"), '[]') from gatehouse_outbox`
	var data []byte
	if err := h.db.QueryRow(h.t.Context(), query).Scan(&data); err != nil {
		h.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &mails); err != nil {
		h.t.Fatal(err)
	}
	var o tokens.KeyringOptions
	for _, key := range h.server.Secrets.Keys {
		o.Secrets = append(o.Secrets, tokens.Secret{Value: key.Value.Reveal(), Version: key.Version, Versioned: key.Versioned})
	}
	keys, err := tokens.OpenKeyring(o)
	if err != nil {
		h.t.Fatal(err)
	}
	for i, mail := range mails {
		if mails[i].URL, err = keys.ForPurpose(server.MailLinks).Decrypt(mail.URL); err != nil {
			h.t.Fatal(err)
		}
	}
	return mails
}

// newMails are the mails that were queued since the last call.
func (h *harness) newMails() (mails []outboxMail) {
	h.t.Helper()
	for _, mail := range h.outbox() {
		if !h.mailed[mail.ID] {
			h.mailed[mail.ID] = true
			mails = append(mails, mail)
		}
	}
	return mails
}

// newLink is the path and query of the link in the only new mail, which must be of a kind.
func (h *harness) newLink(kind string) string {
	h.t.Helper()
	mails := h.newMails()
	if len(mails) != 1 || mails[0].Kind != kind {
		h.t.Fatalf("the new mails are not one %s: %+v", kind, mails)
	}
	link, err := url.Parse(mails[0].URL)
	if err != nil {
		h.t.Fatal(err)
	}
	return link.RequestURI()
}

// refuseMails lets the outbox take no mail any more.
func (h *harness) refuseMails() {
	h.t.Helper()
	h.exec(`create function refuse() returns trigger language plpgsql as 'begin raise exception ''no mails today''; end'`)
	h.exec(`create trigger refuse before insert on gatehouse_outbox execute function refuse()`)
}
