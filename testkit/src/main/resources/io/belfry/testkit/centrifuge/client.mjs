// An unmodified centrifuge client at a time, driven by lines of JSON: commands on standard input, events on standard output.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import WebSocket from 'ws';

const require = createRequire(import.meta.url);
const say = (event, detail = {}) => process.stdout.write(JSON.stringify({ event, ...detail }) + '\n');

// The last releases of older majors are installed under names of their own.
const sdk = ({ major = 5, protobuf = false }) => {
  const name = major === 5 ? 'centrifuge' : `centrifuge${major}`;
  const library = require(protobuf ? `${name}/build/protobuf` : name);
  return library.Centrifuge ?? library.default;
};

// Older majors give 64-bit numbers of Protobuf as objects.
const number = value => (typeof value?.toNumber === 'function' ? value.toNumber() : value);

const begin = options => {
  const protobuf = options.protobuf ?? false;
  // In Protobuf the data of the application are bytes; here they are always JSON.
  const encode = data => (protobuf && data !== null ? new TextEncoder().encode(JSON.stringify(data)) : data);
  const decode = data => (data instanceof Uint8Array ? (data.length ? JSON.parse(new TextDecoder().decode(data)) : null) : data);
  const decoded = context => ({ ...context, data: decode(context.data) });

  let ended = false;
  const tell = (event, detail) => ended || say(event, detail);
  let token = options.token;
  const Centrifuge = sdk(options);
  const client = new Centrifuge(options.url, {
    websocket: WebSocket,
    token,
    getToken: options.refreshes
      ? async () => {
          tell('tokenWanted');
          return token;
        }
      : null,
    // Older majors want to be told; in this one the class is enough.
    ...(protobuf && options.major ? { protocol: 'protobuf' } : {}),
    data: encode(options.data ?? null),
    timeout: options.timeout ?? 5000,
    minReconnectDelay: options.minReconnectDelay ?? 500,
    maxReconnectDelay: options.maxReconnectDelay ?? 20000,
  });

  client.on('connecting', ({ code, reason }) => tell('connecting', { code, reason }));
  client.on('connected', ({ client: id, transport }) => {
    tell('connected', { client: id, transport });
    // Server-side subscriptions and what they recovered are told right after.
    setImmediate(() => tell('settled'));
  });
  client.on('disconnected', ({ code, reason }) => tell('disconnected', { code, reason }));
  client.on('error', ({ error }) => tell('error', { error: { code: error?.code, message: error?.message } }));
  client.on('subscribing', ({ channel }) => tell('subscribing', { channel }));
  client.on('subscribed', context => tell('subscribed', decoded(context)));
  client.on('unsubscribed', ({ channel }) => tell('unsubscribed', { channel }));
  client.on('publication', ({ channel, data, offset }) => tell('publication', { channel, data: decode(data), offset: number(offset) }));

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
      tell('answer', { ref, data: await asked });
    } catch (error) {
      tell('answer', { ref, error: { code: error.code, message: error.message } });
    }
  };

  return {
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
        tell('channelTokenWanted', { channel });
        return channelTokens.get(channel);
      };
      const subscription = client.newSubscription(channel, {
        joinLeave: true,
        getToken: channelTokens.has(channel) ? getToken : null,
        minResubscribeDelay: options.minReconnectDelay ?? 500,
      });
      subscription.on('join', context => tell('join', { channel, info: info(context.info) }));
      subscription.on('leave', context => tell('leave', { channel, info: info(context.info) }));
      subscription.on('error', ({ error }) => tell('subscriptionError', { channel, error }));
      subscription.on('subscribed', context => tell('clientSubscribed', decoded(context)));
      subscription.on('publication', ({ data, offset }) => tell('publication', { channel, data: decode(data), offset: number(offset) }));
      subscription.on('unsubscribed', ({ code, reason }) => tell('clientUnsubscribed', { channel, code, reason }));
      subscription.subscribe();
    },
    end: () => {
      ended = true;
      client.disconnect();
      say('ended');
    },
  };
};

let commands = {};
createInterface({ input: process.stdin })
  .on('line', line => {
    const command = JSON.parse(line);
    if (command.do === 'begin') {
      commands = begin(command.options);
      say('ready');
    } else {
      commands[command.do](command);
    }
  })
  .on('close', () => process.exit(0));
