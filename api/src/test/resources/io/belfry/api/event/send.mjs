// Sends a CloudEvent with the official SDK, and prints what it was answered.
//
//   node send.mjs '{"url", "key", "mode": "binary" | "structured" | "batch", "events": [attributes and data]}'
import { CloudEvent, HTTP, Mode, emitterFor, httpTransport } from 'cloudevents';

const { url, key, mode, events } = JSON.parse(process.argv[2]);
const authorization = `Bearer ${key}`;
const made = events.map((event) => new CloudEvent(event));

async function post(headers, body) {
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, authorization }, body });
  return { status: answer.status, body: await answer.json() };
}

async function send() {
  if (mode === 'emitter') {
    // As the SDK's own documentation has it, over its own transport.
    const emit = emitterFor(httpTransport(url), { mode: Mode.BINARY });
    const answer = await emit(made[0], { headers: { authorization } });
    return { status: 0, body: JSON.parse(answer.body) };
  }
  if (mode === 'batch') {
    // The SDK reads batches and has no call that makes one: they are its structured events in an array.
    const array = made.map((event) => JSON.parse(HTTP.structured(event).body));
    return post({ 'content-type': 'application/cloudevents-batch+json' }, JSON.stringify(array));
  }
  const message = mode === 'binary' ? HTTP.binary(made[0]) : HTTP.structured(made[0]);
  return post(message.headers, message.body);
}

console.log(JSON.stringify(await send()));
