// client.mjs signs a user up and in with the unmodified better-auth/client, and prints what it did.
//   --base-url URL   of the auth server
//   --origin ORIGIN  that the requests claim to come from, as a browser would
//   --result FILE    where to write what came back, as JSON
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createAuthClient } from "better-auth/client";
import { inferAdditionalFields } from "better-auth/client/plugins";

const { values: options } = parseArgs({
  options: { "base-url": { type: "string" }, origin: { type: "string" }, result: { type: "string" } },
});

// A browser keeps cookies and names the origin; Node does neither.
const cookies = new Map();
async function browserFetch(input, init = {}) {
  const headers = new Headers(init.headers);
  headers.set("origin", options.origin);
  if (cookies.size > 0) headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
  const response = await fetch(input, { ...init, headers });
  for (const line of response.headers.getSetCookie()) {
    const [name, value] = line.split(";", 1)[0].split(/=(.*)/s);
    if (/;\s*max-age=0(;|$)/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
  return response;
}

const client = createAuthClient({
  baseURL: options["base-url"],
  fetchOptions: { customFetchImpl: browserFetch },
  plugins: [inferAdditionalFields({ user: { tier: { type: "string" } } })],
});

function show(step, text) {
  console.log(`  ${step.padEnd(10)} ${text}`);
}

// The client reports errors as values; a demo stops at the first.
function ok(step, { data, error }) {
  if (!error) return data;
  console.error(`${step} failed: ${error.status} ${error.code ?? ""} ${error.message ?? ""}`);
  if (error.status === 429) console.error("The rate limit of sign-ups and sign-ins is reached: try again in a few minutes.");
  process.exit(1);
}

const email = `ada-${randomUUID().slice(0, 8)}@example.com`;
const password = "correct horse battery staple";
console.log(`better-auth/client, unmodified, at ${options["base-url"]}`);

const signedUp = ok("sign up", await client.signUp.email({ email, password, name: "Ada Lovelace", tier: "pro" }));
show("signed up", `${signedUp.user.email}, id ${signedUp.user.id}, tier ${signedUp.user.tier}`);
ok("sign out", await client.signOut());
const anonymous = ok("session", await client.getSession());
if (anonymous !== null) throw new Error("a session is left after signing out");
show("signed out", "no session");
const signedIn = ok("sign in", await client.signIn.email({ email, password }));
show("signed in", signedIn.user.email);
const session = ok("session", await client.getSession());
show("session", `of ${session.user.email}, until ${new Date(session.session.expiresAt).toISOString()}`);
const jwt = ok("jwt", await client.$fetch("/jwt"));
const claims = JSON.parse(Buffer.from(jwt.token.split(".")[1], "base64url"));
show("jwt", `for other back ends: sub ${claims.sub}, iss ${claims.iss}`);

if (options.result) {
  const result = { email, password, user: session.user, session: session.session, jwt: claims, cookies: Object.fromEntries(cookies) };
  await writeFile(options.result, JSON.stringify(result, null, 2), { mode: 0o600 });
}
