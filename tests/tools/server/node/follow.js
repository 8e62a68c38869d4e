// follow.js URL TOKEN: follows /v1/feed from the beginning with `eventsource` and with `ws` and `cloudevents`, and prints the ids that
// each was told until the one that is called `end`.
const { EventSource } = require('eventsource');
const WebSocket = require('ws');
const { CloudEvent } = require('cloudevents');

const [url, token] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}` };

const bySource = new Promise((resolve, reject) => {
  const ids = [];
  const source = new EventSource(`${url}/v1/feed?after=0`, { fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }) });
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    ids.push([message.lastEventId, event.id]);
    if (event.id === 'end') { source.close(); resolve(ids); }
  };
  source.onerror = (error) => reject(error);
});

const bySocket = new Promise((resolve, reject) => {
  const ids = [];
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/feed?after=0`, 'cloudevents.json', { headers });
  socket.on('message', (data) => {
    const event = new CloudEvent(JSON.parse(data));  // throws unless it is a valid CloudEvent
    ids.push([event.type, event.id]);
    if (event.id === 'end') { socket.close(); resolve(ids); }
  });
  socket.on('error', reject);
});

Promise.all([bySource, bySocket]).then(([source, socket]) => {
  console.log(JSON.stringify({ source, socket }));
  process.exit(0);
}, (error) => { console.error(error); process.exit(1); });
