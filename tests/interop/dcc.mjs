// Ask the verifier core of the Digital Credentials Consortium what it thinks of credentials, without a network.
//
// Standard input: {now, contexts: {address: file}, documents: {address: document}, credentials: {name: credential}}.
// Standard output: {name: {log: {id: valid}, errors, asked}}.

import { readFileSync } from 'node:fs';

const question = JSON.parse(readFileSync(0, 'utf8'));
const contexts = Object.fromEntries(
  Object.entries(question.contexts).map(([address, file]) => [address, JSON.parse(readFileSync(file, 'utf8'))]),
);
let asked = new Set();

// It has no hook for documents: its fetch is ours, before it is imported, and knows what the question holds.
globalThis.fetch = async (resource) => {
  const address = String(resource.url ?? resource);
  asked.add(address);
  const document = { ...contexts, ...question.documents }[address];
  if (document === undefined) throw new TypeError(`offline: ${address} is not in the question`);
  return new Response(JSON.stringify(document), { headers: { 'content-type': 'application/json' } });
};
// It reads the clock by itself, so the clock stands still.
const clock = new Date(question.now).getTime();
globalThis.Date = class extends Date {
  constructor(...instant) {
    super(...(instant.length ? instant : [clock]));
  }
  static now() {
    return clock;
  }
};
console.log = console.warn = () => {};

const { verifyCredential } = await import('@digitalcredentials/verifier-core');
const answers = {};
for (const [name, credential] of Object.entries(question.credentials)) {
  asked = new Set();
  const answer = await verifyCredential({ credential, knownDIDRegistries: [] });
  answers[name] = { ...answer, credential: undefined, asked: [...asked] };
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
