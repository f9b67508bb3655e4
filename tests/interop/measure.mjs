// Say what issuing and verifying take @digitalbazaar/vc: the peer of `make bench` (benchmarks/peers.py).  Standard
// input, a line each: first {contexts: {address: file}, documents: {address: document}, now, key: {id, controller,
// publicKeyMultibase, secretKeyMultibase}}; then as often as wanted {issue: [document]} or {verify: [document]},
// or {prove: [document]} for the proof alone, whatever the document says. Each of those is answered by a line:
// {cpu, wall, memory, answers}, in microseconds of processor time (all threads, its collector's too), microseconds
// of the clock, and bytes.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import jsigs from 'jsonld-signatures';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => {
  const { value, done } = await lines.next();
  return done ? null : JSON.parse(value);
};

const said = await next();
const known = new Map([
  ...Object.entries(said.contexts).map(([address, file]) => [address, JSON.parse(readFileSync(file, 'utf8'))]),
  ...Object.entries(said.documents),
]);

async function documentLoader(address) {
  const document = known.get(address) ?? keyIn(known.get(address.split('#')[0]), address);
  if (document === undefined) throw new Error(`offline: ${address} is not known here`);
  return { contextUrl: null, documentUrl: address, document };
}

function keyIn(controller, address) {
  const method = controller?.verificationMethod?.find(({ id }) => id === address);
  return method && { '@context': 'https://w3id.org/security/multikey/v1', ...method };
}

const now = new Date(said.now);
const key = await Ed25519Multikey.from({ type: 'Multikey', ...said.key });

async function issue(credential) {
  const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite, date: now });
  return vc.issue({ credential, suite, documentLoader, now });
}

async function verify(credential) {
  const result = await vc.verifyCredential({
    credential,
    suite: new DataIntegrityProof({ cryptosuite }),
    documentLoader,
    now,
    // Of the list it is asked elsewhere; what is measured here is the proof.
    checkStatus: async () => ({ verified: true }),
  });
  return result.verified === true;
}

async function prove(credential) {
  const suite = new DataIntegrityProof({ cryptosuite });
  const purpose = new jsigs.purposes.AssertionProofPurpose({ date: now, maxTimestampDelta: Infinity });
  const result = await jsigs.verify(credential, { suite, purpose, documentLoader });
  return result.verified === true;
}

for (let asked = await next(); asked !== null; asked = await next()) {
  const [[name, documents]] = Object.entries(asked);
  const act = { issue, verify, prove }[name];
  const answers = [];
  const [cpu, wall] = [process.cpuUsage(), process.hrtime.bigint()];
  for (const each of documents) answers.push(await act(each));
  const spent = process.cpuUsage(cpu);
  const taken = Number(process.hrtime.bigint() - wall) / 1e3;
  const answer = { cpu: spent.user + spent.system, wall: taken, memory: process.memoryUsage().rss, answers };
  process.stdout.write(JSON.stringify(answer) + '\n');
}
