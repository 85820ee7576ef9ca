// The plugins of the real Better-Auth that FEATURES names: our configuration section features, as JSON.
import { bearer, jwt } from 'better-auth/plugins';

// Our durations are texts such as 1h0m0s.
const seconds = (text) => [...(text ?? '').matchAll(/(\d+)([hms])/g)].reduce((sum, [, n, unit]) => sum + n * { h: 3600, m: 60, s: 1 }[unit], 0);

export function pluginsFrom(env) {
  const features = JSON.parse(env.FEATURES || '{}');
  const plugins = [];
  if (features.jwt) {
    const { algorithm, issuer, audience, ttl, rotationInterval, gracePeriod, disableSettingHeader } = features.jwt;
    plugins.push(jwt({
      disableSettingJwtHeader: disableSettingHeader,
      jwks: {
        keyPairConfig: algorithm ? { alg: algorithm } : undefined,
        rotationInterval: seconds(rotationInterval) || undefined,
        gracePeriod: seconds(gracePeriod) || undefined,
      },
      jwt: { issuer, audience, expirationTime: ttl ? `${seconds(ttl)}s` : undefined },
    }));
  }
  if (features.bearer) plugins.push(bearer(features.bearer));
  return plugins;
}
