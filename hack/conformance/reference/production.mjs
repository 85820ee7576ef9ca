// The real Better-Auth as one deploys it, for hack/bench: only what the environment asks for is loaded, the rate limit is on
// with a limit that refuses nobody, and it neither migrates nor says when it is ready.
import http from 'node:http';
import { betterAuth } from 'better-auth';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';

const { BASE_URL, COOKIE_CACHE, DATABASE_URL, JWT, PORT, REDIS_URL } = process.env;
const unlimited = { window: 10, max: 1e9 };

async function redis(url) {
  const { redisStorage } = await import('@better-auth/redis-storage');
  const { Redis } = await import('ioredis');
  return redisStorage({ client: new Redis(url.replace(/^unix:\/\//, '')) });
}

const auth = betterAuth({
  baseURL: BASE_URL,
  database: new pg.Pool({ connectionString: DATABASE_URL, max: 10 }),
  secondaryStorage: REDIS_URL ? await redis(REDIS_URL) : undefined,
  emailAndPassword: { enabled: true },
  session: COOKIE_CACHE ? { cookieCache: { enabled: true, maxAge: 3600 } } : undefined,
  rateLimit: { ...unlimited, enabled: true, storage: 'memory', customRules: { '/**': unlimited } },
  plugins: JWT ? [(await import('better-auth/plugins')).jwt()] : [],
  telemetry: { enabled: false },
});

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
http.createServer(toNodeHandler(auth.handler)).listen(Number(PORT), '127.0.0.1');
