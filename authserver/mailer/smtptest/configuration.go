package smtptest

import (
	"fmt"
	"net"
	"testing"
)

func (o Options) configuration(t testing.TB, folder, address string) string {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`
spool_directory = %[1]s/spool
log_file_path = %[1]s/log/%%s
pid_file_path = %[1]s/exim.pid
primary_hostname = mail.example.com
local_interfaces = %[2]s
daemon_smtp_ports = %[3]s
daemon_startup_retries = 0
acl_smtp_rcpt = rcpt
acl_smtp_mail = sender
deliver_drop_privilege
host_lookup =
rfc1413_query_timeout = 0s
recipient_unqualified_hosts = *
smtp_accept_max = 100
smtp_accept_queue = 0
smtp_accept_queue_per_connection = 0
`, folder, host, port)
	sender := "accept"
	if o.Certificate != "" {
		text += fmt.Sprintf("tls_certificate = %s\ntls_privatekey = %s\ntls_advertise_hosts = *\nauth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}\n", o.Certificate, o.Key)
		if o.Implicit {
			text += "tls_on_connect_ports = " + port + "\n"
		}
		sender = "accept authenticated = *\ndeny message = sign in first"
	} else {
		text += "tls_advertise_hosts =\n"
	}
	if o.Repeats {
		text += "acl_smtp_auth = repeat\n"
	}
	text += fmt.Sprintf("acl_smtp_data = data\nbegin acl\nrepeat:\ndeny message = you said $smtp_command\ndata:\naccept logwrite = :main: thinking\n       delay = %ds\nsender:\n", int(o.Slow.Seconds())) + sender + `
rcpt:
deny message = 5.1.1 no such user
     local_parts = refused
defer message = 4.2.2 try later
     local_parts = later
defer message = 4.7.1 try later
     local_parts = greylisted
     condition = ${if exists{` + folder + `/seen/once}{no}{yes}}
     set acl_m_seen = ${run{/usr/bin/touch ` + folder + `/seen/once}}
accept
begin routers
all:
  driver = accept
  transport = folder
begin transports
folder:
  driver = appendfile
  maildir_format
  directory = ` + folder + `/mail
  delivery_date_add
  envelope_to_add
  create_directory
  headers_add = Exim-Id: $message_exim_id
begin retry
* * F,1h,1s
begin rewrite
begin authenticators
` + o.authenticator()
	return text
}

func (o Options) authenticator() string {
	name, prompts, username, password := "PLAIN", ":", "$auth2", "$auth3"
	if o.Login {
		name, prompts, username, password = "LOGIN", "<| Username: | Password:", "$auth1", "$auth2"
	}
	return fmt.Sprintf(`sign_in:
  driver = plaintext
  public_name = %s
  server_prompts = %s
  server_set_id = %s
  server_condition = ${if and{{eq{%s}{%s}}{eq{%s}{%s}}}}
`, name, prompts, username, username, o.Username, password, o.Password)
}
