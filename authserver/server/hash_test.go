package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// hashOfPassword123 is a hash of Better-Auth's.
const hashOfPassword123 = "601ffa82220d24aadc1b7b706ca4ab5e:" +
	"e09c8a871a614ba608407b3ca2323063bf8c8caa2316fd340d9285cbaed1fb20394e5e797ca8ec2b3c209d010111c9edfe242614684039e417b44d713766ced6"

func TestPasswordsAreHashedAsConfigured(t *testing.T) {
	t.Parallel()
	for configured, begins := range map[string]string{config.HashScrypt: "", config.HashArgon2id: "$argon2id$v=19$m=19456,t=2,p=1$"} {
		r := start(t, true, func(o *server.Options) { o.Config.EmailAndPassword.Hash = configured })
		r.eventually(r.ops+"/readyz", http.StatusOK)
		r.expect("/sign-up/email", signUp)
		r.hashed(begins)
		// What was there before a change of the form is hashed anew.
		r.exec(`update account set password = '` + hashOfPassword123 + `'`)
		r.expect("/sign-in/email", `{"email":"a@b.co","password":"Password123!"}`)
		r.hashed(begins)
	}
}

func (r *running) expect(path, body string) {
	r.t.Helper()
	if status, text := r.do(http.MethodPost, r.public+"/api/auth"+path, body); status != http.StatusOK {
		r.t.Errorf("%s: %d %s", path, status, text)
	}
}

func (r *running) hashed(begins string) {
	r.t.Helper()
	conn := r.connect()
	defer conn.Close(r.t.Context())
	var hash string
	if err := conn.QueryRow(r.t.Context(), `select password from account`).Scan(&hash); err != nil {
		r.t.Fatal(err)
	}
	if !strings.HasPrefix(hash, begins) || strings.Contains(hash, ":") != (begins == "") {
		r.t.Errorf("the stored hash is %s", hash)
	}
}
