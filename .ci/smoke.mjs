// Checks a running demo from outside: an event that is answered with 202 shows up in the user's inbox.
// Usage: node smoke.mjs INFO_FILE
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const info = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const [user, other] = info.users;

async function call(path, token, body) {
  const response = await fetch(info.url + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

async function inbox(person) {
  return (await call('/v1/inbox?limit=20', person.token)).items;
}

const marker = `smoke ${Date.now()}`;
const accepted = await call('/v1/events', info.apiKey, {
  type: 'smoke.test', recipients: [user.id], data: { text: marker },
});
if (!accepted.id) throw new Error(`no id in ${JSON.stringify(accepted)}`);

let found = [];
for (const deadline = Date.now() + 10_000; found.length === 0 && Date.now() < deadline; await pause(50)) {
  found = (await inbox(user)).filter((item) => item.data?.text === marker);
}
if (found.length !== 1) throw new Error(`the event is ${found.length} times in the inbox of ${user.id}`);
if ((await inbox(other)).some((item) => item.data?.text === marker)) throw new Error(`${other.id} got it, too`);
console.log(`Smoke test: event ${accepted.id} arrived.`);
