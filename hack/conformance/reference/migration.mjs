// Says as JSON what the real Better-Auth thinks of a database: the SQL that it would run ("" when it finds nothing to
// do), what it warns of, and what it could not work with. Changes nothing.
import { getMigrations } from 'better-auth/db/migration';
import { optionsFrom } from './options.mjs';

const warnings = [];
const options = optionsFrom({ BASE_URL: 'http://localhost', ...process.env });
options.logger = { level: 'warn', log: (_level, message) => warnings.push(message) };
const { compileMigrations, schemaProblems, unsafeChanges } = await getMigrations(options, { throwOnUnsafe: false });
const sql = (await compileMigrations()).replace(/^;$/, '');
process.stdout.write(JSON.stringify({ sql, warnings, problems: [...schemaProblems, ...unsafeChanges] }) + '\n');
await options.database.end();
