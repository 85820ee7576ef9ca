// Sends what the real Better-Auth asks social providers to a fake one, which has a path for every host.
const hosts = ['github.com', 'api.github.com', 'oauth2.googleapis.com', 'www.googleapis.com'];

export function redirectProviders(fake) {
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!hosts.includes(url.hostname)) return real(input, init);
    return real(`${fake}/${url.hostname}${url.pathname}${url.search}`, init ?? (input instanceof Request ? input : undefined));
  };
}
