// A whole life of a user with the unmodified better-auth/client, whose requests go to the TARGETS in turn: two servers on
// one database. Prints each step and what the client returned, as lines of JSON; a step that fails ends the run.
// MAILBOX?to=… answers the link of the newest mail, FAKE is the fake social provider. OLD is the JSON of a user from before: email, password, cookie.
import { createAuthClient } from 'better-auth/client';

const { ORIGIN, MAILBOX, FAKE, OLD, FIRST = '0' } = process.env;
const targets = process.env.TARGETS.split(',');
const email = 'life@example.com';

// What a browser adds: cookies, the Origin header, and that redirects are followed by it and not by the client.
const jar = new Map();
let turn = Number(FIRST);
let requests = [];
async function alternate(input, init = {}) {
  const target = targets[turn++ % targets.length];
  const url = String(input instanceof URL ? input : (input.url ?? input)).replace(ORIGIN, target);
  const headers = new Headers(init.headers);
  headers.set('origin', ORIGIN);
  headers.set('x-forwarded-for', '203.0.113.9');
  if (jar.size) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
  const response = await fetch(url, { method: init.method, headers, body: init.body, redirect: 'manual' });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value, attributes] = cookie.match(/^([^=]*)=([^;]*)(.*)$/);
    if (/; max-age=0/i.test(attributes)) jar.delete(name);
    else jar.set(name, value);
  }
  requests.push(`${init.method ?? 'GET'} ${url} ${response.status}`);
  return response;
}

const client = createAuthClient({ baseURL: ORIGIN, fetchOptions: { customFetchImpl: alternate } });

function expect(condition, ...what) {
  if (!condition) throw new Error(what.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
}
async function step(name, action) {
  requests = [];
  try {
    await action();
  } catch (error) {
    throw new Error(`${name}: ${error.message}\n${requests.join('\n')}`);
  }
  process.stdout.write(JSON.stringify({ step: name }) + '\n');
}
/** Calls the client once for each server. */
const both = async (action) => { for (const _ of targets) await action(); };
const done = async (promise) => {
  const { data, error } = await promise;
  expect(!error, 'refused:', error);
  return data;
};
const user = async () => (await done(client.getSession()))?.user;
const refused = async (promise, code) => {
  const { error } = await promise;
  expect(error?.code === code, `expected ${code}, got`, error);
};
/** Opens the link of the newest mail, and answers where it leads. */
async function open(to) {
  const answer = await fetch(`${MAILBOX}?to=${encodeURIComponent(to)}`);
  expect(answer.ok, await answer.clone().text());
  const response = await alternate(await answer.text());
  expect(response.status === 302, 'the link answers', response.status, await response.clone().text());
  return new URL(response.headers.get('location'), ORIGIN);
}

if (OLD) {
  const old = JSON.parse(OLD);
  await step('an old session goes on', async () => {
    jar.set('better-auth.session_token', old.cookie);
    await both(async () => { expect((await user())?.email === old.email, 'another user'); });
  });
  await step('an old password signs in', () => both(async () => {
    jar.clear();
    expect((await done(client.signIn.email({ email: old.email, password: old.password }))).user.email === old.email);
  }));
  await step('an old password is changed', async () => {
    await done(client.changePassword({ currentPassword: old.password, newPassword: `new ${old.password}` }));
    await both(() => done(client.signIn.email({ email: old.email, password: `new ${old.password}` })));
  });
  await step('an old user is deleted', async () => {
    await done(client.deleteUser({ password: `new ${old.password}` }));
    await both(() => refused(client.signIn.email({ email: old.email, password: `new ${old.password}` }), 'INVALID_EMAIL_OR_PASSWORD'));
    jar.clear();
  });
}

await step('sign up', async () => {
  await done(client.signUp.email({ name: 'Life', email, password: 'first Password1', role: 'user', tier: 'gold' }));
  await both(async () => { const found = await user(); expect(found?.email === email && found.tier === 'gold', found); });
});
await step('update', async () => {
  await both(async () => {
    const name = `Life ${turn}`;
    await done(client.updateUser({ name, image: 'https://example.com/i.png' }));
    await both(async () => { expect((await user()).name === name); });
  });
});
await step('verify the address', async () => {
  await done(client.sendVerificationEmail({ email, callbackURL: '/verified' }));
  expect((await open(email)).pathname === '/verified');
  await both(async () => { expect((await user()).emailVerified === true, 'not verified'); });
});
await step('sign out and in', () => both(async () => {
  await done(client.signOut());
  await both(async () => { expect(!(await user()), 'still signed in'); });
  await done(client.signIn.email({ email, password: 'first Password1' }));
  await both(async () => { expect((await user()).email === email); });
}));
await step('reset the password', async () => {
  let current = 'first Password1';
  await both(async () => {
    const next = `reset Password${turn}`;
    await done(client.requestPasswordReset({ email, redirectTo: '/reset' }));
    const page = await open(email);
    expect(page.pathname === '/reset', page);
    await done(client.resetPassword({ newPassword: next, token: page.searchParams.get('token') }));
    await refused(client.resetPassword({ newPassword: next, token: page.searchParams.get('token') }), 'INVALID_TOKEN');
    await both(() => refused(client.signIn.email({ email, password: current }), 'INVALID_EMAIL_OR_PASSWORD'));
    current = next;
    await both(() => done(client.signIn.email({ email, password: current })));
  });
  await done(client.changePassword({ currentPassword: current, newPassword: 'second Password1', revokeOtherSessions: true }));
  await both(async () => { expect((await done(client.listSessions())).length === 1, 'other sessions are left'); });
});
await step('link an account', async () => {
  const { url } = await done(client.linkSocial({ provider: 'github', callbackURL: '/linked', disableRedirect: true }));
  const provider = await fetch(url.replace('https://github.com', `${FAKE}/github.com`), { redirect: 'manual' });
  expect(provider.status === 302, 'the provider answers', provider.status, await provider.clone().text());
  const callback = await alternate(provider.headers.get('location'));
  expect(callback.headers.get('location') === '/linked', 'the callback leads to', callback.headers.get('location'));
  await both(async () => {
    const accounts = await done(client.listAccounts());
    expect(accounts.map((account) => account.providerId).sort().join() === 'credential,github', accounts);
  });
});
await step('use the linked account', () => both(async () => {
  const github = (await done(client.listAccounts())).find((account) => account.providerId === 'github');
  expect((await done(client.getAccessToken({ accountId: github.id }))).accessToken, 'no access token');
  const info = await done(client.accountInfo({ query: { accountId: github.id } }));
  expect(info.account.accountId === github.accountId, info);
}));
await step('unlink it', async () => {
  const github = (await done(client.listAccounts())).find((account) => account.providerId === 'github');
  await done(client.unlinkAccount({ accountId: github.id }));
  await both(async () => { expect((await done(client.listAccounts())).length === 1); });
});
await step('change the address', () => both(async () => {
  const next = `life.${turn}@example.com`;
  await done(client.changeEmail({ newEmail: next, callbackURL: '/changed' }));
  expect((await open(next)).pathname === '/changed');
  await both(async () => { expect((await user()).email === next, 'the address is not changed'); });
  await both(() => done(client.signIn.email({ email: next, password: 'second Password1' })));
}));
await step('delete', async () => {
  const { email: last } = await user();
  await done(client.deleteUser({ password: 'second Password1' }));
  await both(async () => { expect(!(await user()), 'still signed in'); });
  await both(() => refused(client.signIn.email({ email: last, password: 'second Password1' }), 'INVALID_EMAIL_OR_PASSWORD'));
});
