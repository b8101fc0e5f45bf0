// One unmodified centrifuge client, driven by lines of JSON: commands on standard input, events on standard output.
import { createInterface } from 'node:readline';
import { Centrifuge as JsonCentrifuge } from 'centrifuge';
import { Centrifuge as ProtobufCentrifuge } from 'centrifuge/build/protobuf';
import WebSocket from 'ws';

const options = JSON.parse(process.argv[2]);
const protobuf = options.protobuf ?? false;
// In Protobuf the data of the application are bytes; here they are always JSON.
const encode = data => (protobuf && data !== null ? new TextEncoder().encode(JSON.stringify(data)) : data);
const decode = data => (data instanceof Uint8Array ? (data.length ? JSON.parse(new TextDecoder().decode(data)) : null) : data);
const decoded = context => ({ ...context, data: decode(context.data) });
const say = (event, detail = {}) => process.stdout.write(JSON.stringify({ event, ...detail }) + '\n');

let token = options.token;
const client = new (protobuf ? ProtobufCentrifuge : JsonCentrifuge)(options.url, {
  websocket: WebSocket,
  token,
  getToken: options.refreshes
    ? async () => {
        say('tokenWanted');
        return token;
      }
    : null,
  data: encode(options.data ?? null),
  timeout: options.timeout ?? 5000,
  minReconnectDelay: options.minReconnectDelay ?? 500,
  maxReconnectDelay: options.maxReconnectDelay ?? 20000,
});

client.on('connecting', ({ code, reason }) => say('connecting', { code, reason }));
client.on('connected', ({ client: id, transport }) => {
  say('connected', { client: id, transport });
  // Server-side subscriptions and what they recovered are told right after.
  setImmediate(() => say('settled'));
});
client.on('disconnected', ({ code, reason }) => say('disconnected', { code, reason }));
client.on('error', ({ error }) => say('error', { error: { code: error?.code, message: error?.message } }));
client.on('subscribing', ({ channel }) => say('subscribing', { channel }));
client.on('subscribed', context => say('subscribed', decoded(context)));
client.on('unsubscribed', ({ channel }) => say('unsubscribed', { channel }));
client.on('publication', ({ channel, data, offset }) => say('publication', { channel, data: decode(data), offset }));

// What is JSON within information about a client is bytes in Protobuf, too.
const info = ({ user, client: id, connInfo, chanInfo }) => ({
  user,
  client: id,
  connInfo: decode(connInfo ?? null),
  chanInfo: decode(chanInfo ?? null),
});
const channelTokens = new Map();
const answer = async (ref, asked) => {
  try {
    say('answer', { ref, data: await asked });
  } catch (error) {
    say('answer', { ref, error: { code: error.code, message: error.message } });
  }
};

const commands = {
  connect: () => client.connect(),
  disconnect: () => client.disconnect(),
  token: command => {
    token = command.token;
  },
  rpc: ({ ref, method, data }) =>
    answer(
      ref,
      client.rpc(method, encode(data)).then(result => decode(result.data ?? null)),
    ),
  presence: ({ ref, channel }) => answer(ref, client.presence(channel).then(({ clients }) => Object.values(clients).map(info))),
  presenceStats: ({ ref, channel }) => answer(ref, client.presenceStats(channel)),
  channelToken: ({ channel, token: renewed }) => {
    channelTokens.set(channel, renewed);
  },
  unsubscribe: ({ channel }) => client.getSubscription(channel).unsubscribe(),
  subscribe: ({ channel }) => {
    const getToken = async () => {
      say('channelTokenWanted', { channel });
      return channelTokens.get(channel);
    };
    const subscription = client.newSubscription(channel, {
      joinLeave: true,
      getToken: channelTokens.has(channel) ? getToken : null,
      minResubscribeDelay: options.minReconnectDelay ?? 500,
    });
    subscription.on('join', context => say('join', { channel, info: info(context.info) }));
    subscription.on('leave', context => say('leave', { channel, info: info(context.info) }));
    subscription.on('error', ({ error }) => say('subscriptionError', { channel, error }));
    subscription.on('subscribed', context => say('clientSubscribed', decoded(context)));
    subscription.on('publication', ({ data, offset }) => say('publication', { channel, data: decode(data), offset }));
    subscription.on('unsubscribed', ({ code, reason }) => say('clientUnsubscribed', { channel, code, reason }));
    subscription.subscribe();
  },
};

createInterface({ input: process.stdin })
  .on('line', line => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  .on('close', () => process.exit(0));

say('ready');
