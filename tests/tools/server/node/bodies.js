// bodies.js: reads {document, bodies: [{schema, body}]} from stdin, and says, as JSON, what an OpenAPI 3.1 document's schema of that name finds
// wrong in each body: null for nothing.
const Ajv = require('ajv/dist/2020');

let text = '';
process.stdin.on('data', (piece) => { text += piece; });
process.stdin.on('end', () => {
  const { document, bodies } = JSON.parse(text);
  const ajv = new Ajv({ strict: false, allErrors: true });
  require('ajv-formats')(ajv);
  ajv.addSchema(document, 'document');
  console.log(JSON.stringify(bodies.map(({ schema, body }) => {
    const validate = ajv.getSchema(`document#/components/schemas/${schema}`);
    return validate(body) ? null : validate.errors;
  })));
});
