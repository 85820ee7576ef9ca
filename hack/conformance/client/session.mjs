// Drives the unmodified better-auth/client against TARGET, as a page at ORIGIN in a browser would, and prints every
// request that it made and every result that it returned, as JSON.
import { createAuthClient } from 'better-auth/client';

const { TARGET, ORIGIN } = process.env;
const email = 'client@example.com';
const password = 'Password123!';

// What a browser adds, cookies and the Origin header, and the proxy behind it: the client's address.
const jar = new Map();
let origin = ORIGIN;
let requests = [];
async function browserFetch(input, init = {}) {
  const url = String(input instanceof URL ? input : (input.url ?? input));
  const headers = new Headers(init.headers);
  const sent = Object.fromEntries(headers);
  headers.set('origin', origin);
  headers.set('x-forwarded-for', '203.0.113.9');
  if (jar.size) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
  const response = await fetch(url, { method: init.method, headers, body: init.body, redirect: 'manual' });
  const cookies = response.headers.getSetCookie();
  for (const cookie of cookies) {
    const [, name, value, attributes] = cookie.match(/^([^=]*)=([^;]*)(.*)$/);
    if (/; max-age=0/i.test(attributes)) jar.delete(name);
    else jar.set(name, value);
  }
  requests.push({
    method: init.method, path: url.slice(TARGET.length), headers: sent, credentials: init.credentials, body: init.body ?? null,
    status: response.status, cookies: cookies.map((cookie) => cookie.replace(/=[^;]+/, '=<value>')),
  });
  return response;
}

const client = createAuthClient({ baseURL: TARGET, fetchOptions: { customFetchImpl: browserFetch } });
const steps = [];
async function step(name, action) {
  requests = [];
  const result = await action().catch((error) => ({ thrown: String(error) }));
  const user = result?.data?.user;
  steps.push({ name, requests, result, ...(user ? { createdAtIsDate: user.createdAt instanceof Date } : {}) });
}

const fields = { role: 'admin', tier: 'gold', age: 31, flag: true, tags: ['a', 'b'], birthday: new Date('2001-02-03T04:05:06.789Z') };
await step('getSession before anything', () => client.getSession());
await step('signUp.email without a required field', () => client.signUp.email({ name: 'Client', email, password }));
await step('signUp.email', () => client.signUp.email({ name: 'Client', email, password, ...fields }));
await step('getSession', () => client.getSession());
await step('getSession with a query', () => client.getSession({ query: { disableCookieCache: true } }));
await step('signUp.email again', () => client.signUp.email({ name: 'Client', email, password, ...fields }));
await step('signUp.email with a short password', () => client.signUp.email({ name: 'Client', email, password: 'short', ...fields }));
await step('signOut', () => client.signOut());
await step('getSession signed out', () => client.getSession());
await step('signOut again', () => client.signOut());
await step('signIn.email with a wrong password', () => client.signIn.email({ email, password: 'wrong-password' }));
await step('signIn.email of nobody', () => client.signIn.email({ email: 'nobody@example.com', password }));
await step('signIn.email', () => client.signIn.email({ email, password }));
await step('signIn.email with a callback', () => client.signIn.email({ email, password, callbackURL: '/dashboard' }));
await step('signIn.email not remembered', () => client.signIn.email({ email, password, rememberMe: false }));
await step('getSession not remembered', () => client.getSession());
await step('updateUser', () => client.updateUser({ name: 'Updated', image: 'https://example.com/i.png', age: 32 }));
await step('updateUser with an address', () => client.updateUser({ email: 'other@example.com' }));
await step('updateUser with nothing', () => client.updateUser({}));
await step('listSessions', () => client.listSessions());
await step('listAccounts', () => client.listAccounts());
await step('revokeSession of nobody', () => client.revokeSession({ token: 'unknown' }));
await step('revokeOtherSessions', () => client.revokeOtherSessions());
await step('listSessions with one', () => client.listSessions());
await step('changePassword with a wrong one', () => client.changePassword({ currentPassword: 'wrong-password', newPassword: password }));
await step('changePassword', () => client.changePassword({ currentPassword: password, newPassword: password, revokeOtherSessions: true }));
await step('deleteUser with a wrong password', () => client.deleteUser({ password: 'wrong-password' }));
await step('$fetch /ok', () => client.$fetch('/ok'));
await step('$fetch of an unknown path', () => client.$fetch('/unknown'));
origin = 'https://evil.example.net';
await step('signOut from another origin', () => client.signOut());
await step('signIn.email from another origin', () => client.signIn.email({ email, password }));
origin = ORIGIN;
await step('getSession in the end', () => client.getSession());
await step('deleteUser', () => client.deleteUser({ password }));
await step('getSession deleted', () => client.getSession());
await step('revokeSessions signed out', () => client.revokeSessions());
process.stdout.write(JSON.stringify(steps) + '\n', () => process.exit(0));
