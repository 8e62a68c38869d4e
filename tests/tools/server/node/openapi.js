// openapi.js: reads an OpenAPI document from stdin and says, as JSON, its version and what the schema of that version finds wrong.
const { pathToFileURL } = require('url');

async function check(text) {
  const { Validator } = await import(pathToFileURL(require.resolve('@seriousme/openapi-schema-validator')));
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(text));
  console.log(JSON.stringify({ version: validator.version, errors: valid ? [] : errors }));
}

let text = '';
process.stdin.on('data', (piece) => { text += piece; });
process.stdin.on('end', () => check(text));
