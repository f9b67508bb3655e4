// Ask the verifier of Blockcerts, unmodified, what it thinks of credentials; the chain is a node on loopback.
//
// Standard input: {now, chain: address of the node, contexts: {address: file}, documents: {address: document},
// credentials: {name: {credential, documents?}}}. What stands beside a credential replaces what stands in the question,
// for that credential only.
// Standard output: {name: {verified, failed, message, errors, asked}}; `failed` is the step that refused.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const question = JSON.parse(readFileSync(0, 'utf8'));
const RESOLVER = 'https://resolver.example/1.0/identifiers';
const RPC = 'https://rpc.example/';
const contexts = Object.fromEntries(
  Object.entries(question.contexts).map(([address, file]) => [address, JSON.parse(readFileSync(file, 'utf8'))]),
);
let now = question;
let asked = new Set();
let errors = [];

// The verifier has no hook for documents and turns http into https; so its fetch is ours, and knows nothing else.
const network = globalThis.fetch;
globalThis.fetch = async (resource, options) => {
  const address = String(resource.url ?? resource);
  asked.add(address);
  if (address === RPC) return network(question.chain, options);
  const documents = { ...contexts, ...question.documents, ...now.documents };
  const document = address.startsWith(RESOLVER)
    ? { didDocument: documents[address.slice(RESOLVER.length + 1)] }
    : documents[address.split('?')[0]];
  if (document === undefined) throw new Error(`offline: ${address} is not in the question`);
  return new Response(JSON.stringify(document), { headers: { 'content-type': 'application/ld+json' } });
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
globalThis.self = globalThis;
console.log = console.warn = () => {};
console.error = (...said) => errors.push(said.map((each) => each?.message ?? String(each)).join(' '));

const require = createRequire(import.meta.url);
const { Certificate } = require('@blockcerts/cert-verifier-js/dist/verifier-node/index.js');
const options = {
  didResolverUrl: RESOLVER,
  // Both spellings: its documentation says serviceURL, its code for nodes reads serviceUrl.
  explorerAPIs: [{ serviceURL: RPC, serviceUrl: RPC, priority: 0, apiType: 'rpc', chainType: 'evm' }],
};

async function ask({ credential }) {
  let failed = null;
  try {
    const certificate = new Certificate(JSON.stringify(credential), options);
    await certificate.init();
    const { status, message } = await certificate.verify(({ code, status: step }) => {
      if (step === 'failure') failed ??= code;
    });
    return { verified: status === 'success', failed, message: message?.description ?? message?.label ?? message };
  } catch (error) {
    return { verified: false, failed: failed ?? 'exception', message: error.message };
  }
}

const answers = {};
for (const [name, each] of Object.entries(question.credentials)) {
  [now, asked, errors] = [each, new Set(), []];
  answers[name] = { ...(await ask(each)), errors, asked: [...asked] };
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
