// Walks through the page in a real Chromium as a user would, and prints each step that it took as a line of JSON.
// PAGE is the page, FOREIGN the same page on an origin that the auth server does not allow, MAILBOX?to=… answers the
// link of the newest mail, SCREENSHOTS is a folder, HOSTS says where host names really are.
import path from 'node:path';
import { chromium } from 'playwright-core';

const { PAGE, FOREIGN, MAILBOX, SCREENSHOTS, CHROMIUM, HOSTS } = process.env;
const email = 'visitor@example.com';
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-features=HttpsUpgrades', `--host-resolver-rules=${HOSTS}`,
  ],
});
const context = await browser.newContext({ viewport: { width: 720, height: 640 } });
context.setDefaultTimeout(30_000);
const page = await context.newPage();
const complaints = [];
page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
page.on('pageerror', (error) => complaints.push(String(error)));

async function step(name, action) {
  await action();
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name.replaceAll(' ', '-')}.png`) });
  process.stdout.write(JSON.stringify({ step: name }) + '\n');
}
const heading = (name, on = page) => on.getByRole('heading', { name, exact: true }).waitFor();
const fill = async (fields, on = page) => {
  for (const [label, value] of Object.entries(fields)) await on.getByLabel(label, { exact: true }).fill(value);
};
const press = (name, on = page) => on.getByRole('button', { name, exact: true }).click();
const alert = (text, on = page) => on.getByRole('alert').filter({ hasText: text }).waitFor();

try {
  await step('signed out', async () => { await page.goto(PAGE); await heading('Sign in'); });
  await step('sign up', async () => {
    await press('New here?');
    await fill({ Name: 'Visitor', 'E-mail': email, Password: 'Password123!', Tier: 'gold' });
    await press('Continue');
    await heading('Hello, Visitor');
    await page.getByText('gold').waitFor();
  });
  await step('useSession renders a change', async () => {
    await page.evaluate(() => { window.sameDocument = true; });
    await fill({ Name: 'Renamed' });
    await press('Save');
    await heading('Hello, Renamed');
    if (!await page.evaluate(() => window.sameDocument)) throw new Error('the page was loaded again');
  });
  await step('the session survives a reload', async () => { await page.reload(); await heading('Hello, Renamed'); });
  await step('sign out in one tab signs out the other', async () => {
    const other = await context.newPage();
    await other.goto(PAGE);
    await heading('Hello, Renamed', other);
    await press('Sign out');
    await heading('Sign in');
    await heading('Sign in', other);
    await other.close();
  });
  await step('a wrong password is refused', async () => {
    await fill({ 'E-mail': email, Password: 'wrong password' });
    await press('Continue');
    await alert('Invalid email or password');
  });
  await step('ask for a reset by mail', async () => {
    await press('Forgot your password?');
    await fill({ 'E-mail': email });
    await press('Continue');
    await page.getByText('Look into your mail.').waitFor();
  });
  await step('choose a new password', async () => {
    const answer = await fetch(`${MAILBOX}?to=${encodeURIComponent(email)}`);
    if (!answer.ok) throw new Error(await answer.text());
    await page.goto(await answer.text());
    await heading('Choose a new password');
    await fill({ 'New password': 'another Password123!' });
    await press('Save');
    await page.getByText('Your password is changed.').waitFor();
    await press('Sign in');
  });
  await step('sign in with the new password', async () => {
    await heading('Sign in');
    await fill({ 'E-mail': email, Password: 'another Password123!' });
    await press('Continue');
    await heading('Hello, Renamed');
    await press('Sign out');
    await heading('Sign in');
  });
  await step('sign in with a social provider', async () => {
    await press('Continue with GitHub');
    await heading('Hello, Social Visitor');
  });
  if (complaints.some((text) => !/ (400|401) /.test(text))) throw new Error(`the page complains: ${complaints.join('\n')}`);
  await step('an origin that is not allowed is refused', async () => {
    await page.goto(FOREIGN);
    await heading('Sign in');
    await fill({ 'E-mail': email, Password: 'another Password123!' });
    await press('Continue');
    await alert('The auth server cannot be reached');
  });
} finally {
  await browser.close();
}
