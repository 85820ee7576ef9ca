// The client, as an application would write it: the auth server has an origin of its own.
import { createAuthClient } from 'better-auth/react';

export const auth = createAuthClient({ baseURL: 'http://auth.example.com' });
