// The options of the real Better-Auth, read from the environment (../README.md lists the names).
// BETTER_AUTH_SECRET, BETTER_AUTH_SECRETS and BETTER_AUTH_TRUSTED_ORIGINS are read by the library itself.
import { redisStorage } from '@better-auth/redis-storage';
import { Redis } from 'ioredis';
import pg from 'pg';
import { pluginsFrom } from './plugins.mjs';
import { mailer } from './mail.mjs';

const list = (text) => (text ?? '').split(',').map((part) => part.trim()).filter(Boolean);
const flag = (text) => (text === undefined || text === '' ? undefined : /^(1|on|true|yes)$/i.test(text));
const number = (text) => (text === undefined || text === '' ? undefined : Number(text));
const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

// Nothing is connected before it is used, so that a program which never asks Redis ends by itself.
const redis = (url) => new Redis(url.replace(/^unix:\/\//, ''), { lazyConnect: true });
const providers = (names) => Object.fromEntries(names.map((name) => [name, { clientId: `${name}-client-id`, clientSecret: `${name}-client-secret` }]));

export function optionsFrom(env) {
  const mail = mailer(env.SMTP);
  return {
    appName: 'Reference',
    baseURL: env.BASE_URL,
    basePath: env.BASE_PATH || '/api/auth',
    database: env.DATABASE_URL ? new pg.Pool({ connectionString: env.DATABASE_URL, max: 5 }) : undefined,
    secondaryStorage: env.REDIS_URL ? redisStorage({ client: redis(env.REDIS_URL) }) : undefined,
    trustedOrigins: list(env.TRUSTED_ORIGINS),
    plugins: pluginsFrom(env),
    telemetry: { enabled: false },
    logger: { level: env.LOG_LEVEL || 'error' },
    emailAndPassword: defined({
      enabled: flag(env.EMAIL_PASSWORD) ?? true,
      disableSignUp: flag(env.DISABLE_SIGN_UP),
      autoSignIn: flag(env.AUTO_SIGN_IN),
      minPasswordLength: number(env.MIN_PASSWORD),
      maxPasswordLength: number(env.MAX_PASSWORD),
      requireEmailVerification: flag(env.REQUIRE_EMAIL_VERIFICATION),
      revokeSessionsOnPasswordReset: flag(env.REVOKE_ON_RESET),
      sendResetPassword: mail,
    }),
    emailVerification: defined({
      sendVerificationEmail: mail,
      sendOnSignUp: flag(env.SEND_ON_SIGN_UP),
      sendOnSignIn: flag(env.SEND_ON_SIGN_IN),
      autoSignInAfterVerification: flag(env.AUTO_SIGN_IN_AFTER_VERIFICATION),
    }),
    user: {
      additionalFields: JSON.parse(env.FIELDS || '{}'),
      changeEmail: defined({
        enabled: flag(env.CHANGE_EMAIL),
        updateEmailWithoutVerification: flag(env.CHANGE_EMAIL_UNVERIFIED),
        sendChangeEmailConfirmation: flag(env.CHANGE_EMAIL_CONFIRM) ? mail : undefined,
      }),
      deleteUser: defined({
        enabled: flag(env.DELETE_USER),
        sendDeleteAccountVerification: flag(env.DELETE_VERIFY) ? mail : undefined,
      }),
    },
    session: defined({
      expiresIn: number(env.SESSION_EXPIRES_IN),
      updateAge: number(env.SESSION_UPDATE_AGE),
      additionalFields: JSON.parse(env.SESSION_FIELDS || '{}'),
      cookieCache: env.COOKIE_CACHE ? { enabled: true, strategy: env.COOKIE_CACHE } : undefined,
    }),
    socialProviders: providers(list(env.SOCIAL)),
    account: { encryptOAuthTokens: flag(env.ENCRYPT_TOKENS) ?? false },
    onAPIError: defined({ errorURL: env.ERROR_URL || undefined }),
    advanced: defined({
      useSecureCookies: flag(env.SECURE_COOKIES),
      cookiePrefix: env.COOKIE_PREFIX || undefined,
      crossSubDomainCookies: env.COOKIE_DOMAIN ? { enabled: true, domain: env.COOKIE_DOMAIN } : undefined,
    }),
    rateLimit: defined({ enabled: flag(env.RATE_LIMIT) ?? false, storage: env.RATE_LIMIT_STORAGE || undefined }),
  };
}
