// verify.js SECRET: reads {"headers": ..., "body": ...} from stdin and verifies it with `standardwebhooks` and `cloudevents`.
const { Webhook } = require('standardwebhooks');
const { HTTP } = require('cloudevents');

let text = '';
process.stdin.on('data', (piece) => { text += piece; });
process.stdin.on('end', () => {
  const { headers, body } = JSON.parse(text);
  new Webhook(process.argv[2]).verify(body, headers);
  const event = HTTP.toEvent({ headers, body });
  event.validate();
  console.log(event.id);
});
