// The real Better-Auth on a loopback port. Prints one line of JSON with the port when it is ready.
import http from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { redirectProviders } from './fake.mjs';
import { optionsFrom } from './options.mjs';

if (process.env.OAUTH_FAKE) redirectProviders(process.env.OAUTH_FAKE);

const server = http.createServer();
await new Promise((resolve) => server.listen(Number(process.env.PORT || 0), process.env.HOST || '127.0.0.1', resolve));
const { port } = server.address();

const options = optionsFrom({ BASE_URL: `http://localhost:${port}`, ...process.env });
if (options.database && process.env.MIGRATE !== 'off') await (await getMigrations(options)).runMigrations();

const handler = toNodeHandler(betterAuth(options).handler);
server.on('request', (request, response) => {
  if (request.url.startsWith(options.basePath + '/')) return handler(request, response);
  response.writeHead(404).end();
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
process.stdout.write(JSON.stringify({ ready: true, port }) + '\n');
