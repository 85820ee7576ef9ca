// A page of an application that signs users in with better-auth/react.
import './app.css';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { auth } from './auth.js';

function App() {
  const { data, isPending } = auth.useSession();
  const token = new URLSearchParams(window.location.search).get('token');
  if (isPending) return <p>Loading …</p>;
  if (token) return <ResetPassword token={token} />;
  return data ? <Profile user={data.user} /> : <Visitor />;
}

/** Runs an action and shows what came of it. */
function useAction() {
  const [outcome, setOutcome] = useState(null);
  const run = async (action, done) => {
    setOutcome(null);
    const { error } = await action().catch((problem) => ({ error: { message: `The auth server cannot be reached: ${problem.message}` } }));
    setOutcome(error ? <p role="alert">{error.message || `Refused with ${error.status}`}</p> : done && <p role="status">{done}</p>);
  };
  return [outcome, run];
}

const values = (event) => {
  event.preventDefault();
  return Object.fromEntries(new FormData(event.target));
};

function Field({ label, ...input }) {
  return <label>{label}<input required {...input} /></label>;
}

function Visitor() {
  const [mode, setMode] = useState('sign-in');
  const [outcome, run] = useAction();
  const here = window.location.origin + window.location.pathname;
  const submit = (event) => {
    const form = values(event);
    if (mode === 'sign-up') run(() => auth.signUp.email(form));
    else if (mode === 'sign-in') run(() => auth.signIn.email(form));
    else run(() => auth.requestPasswordReset({ ...form, redirectTo: here }), 'Look into your mail.');
  };
  return (
    <>
      <h1>{{ 'sign-up': 'Create an account', 'sign-in': 'Sign in', forgot: 'Forgot your password?' }[mode]}</h1>
      <form onSubmit={submit} key={mode}>
        {mode === 'sign-up' && <Field label="Name" name="name" />}
        <Field label="E-mail" name="email" type="email" />
        {mode !== 'forgot' && <Field label="Password" name="password" type="password" />}
        {mode === 'sign-up' && <Field label="Tier" name="tier" defaultValue="free" />}
        <button>Continue</button>
      </form>
      {outcome}
      <nav>
        {['sign-in', 'sign-up', 'forgot'].filter((other) => other !== mode).map((other) => (
          <button className="plain" key={other} onClick={() => setMode(other)}>
            {{ 'sign-in': 'Sign in instead', 'sign-up': 'New here?', forgot: 'Forgot your password?' }[other]}
          </button>
        ))}
        <button className="plain" onClick={() => run(() => auth.signIn.social({ provider: 'github', callbackURL: here }))}>Continue with GitHub</button>
      </nav>
    </>
  );
}

function Profile({ user }) {
  const [outcome, run] = useAction();
  return (
    <>
      <h1>Hello, {user.name}</h1>
      <dl>
        <dt>E-mail</dt><dd>{user.email}</dd>
        <dt>Tier</dt><dd>{user.tier ?? 'none'}</dd>
        <dt>Since</dt><dd>{user.createdAt.toISOString().slice(0, 10)}</dd>
      </dl>
      <h2>Change your name</h2>
      <form onSubmit={(event) => { const form = values(event); run(() => auth.updateUser(form), 'Saved.'); }}>
        <Field label="Name" name="name" />
        <button>Save</button>
      </form>
      {outcome}
      <nav><button className="plain" onClick={() => run(() => auth.signOut())}>Sign out</button></nav>
    </>
  );
}

function ResetPassword({ token }) {
  const [outcome, run] = useAction();
  const leave = () => window.location.assign(window.location.pathname);
  return (
    <>
      <h1>Choose a new password</h1>
      <form onSubmit={(event) => { const form = values(event); run(() => auth.resetPassword({ ...form, token }), 'Your password is changed.'); }}>
        <Field label="New password" name="newPassword" type="password" />
        <button>Save</button>
      </form>
      {outcome}
      <nav><button className="plain" onClick={leave}>Sign in</button></nav>
    </>
  );
}

createRoot(document.getElementById('root')).render(<App />);
