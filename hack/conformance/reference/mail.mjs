// The mail of the real Better-Auth: a link, sent to a real SMTP server.
import { createTransport } from 'nodemailer';

/** @returns the hook of every kind of mail, or undefined when there is no server and so no mail. */
export function mailer(server) {
  if (!server) return undefined;
  const [host, port] = server.split(':');
  const transport = createTransport({ host, port: Number(port), secure: false, ignoreTLS: true });
  return ({ user, url }) => transport.sendMail({ from: 'reference@example.com', to: user.email, subject: 'A link', text: url });
}
