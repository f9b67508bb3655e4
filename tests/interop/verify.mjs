// Ask the stack of Digital Bazaar what it thinks of credentials, without a network.
//
// Standard input: {now, contexts: {address: file}, documents: {address: document}, credentials: {name: document}}.
// Standard output: {name: {verified, revoked, errors, canonical}}, in the same order.
//
// `verified` is the signature and the validity. `revoked` is apart on purpose: checkStatus of this stack says
// verified:true of a revoked credential too; the truth is in results[].status. It is null where there was no answer.

import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import jsonld from 'jsonld';

const question = JSON.parse(readFileSync(0, 'utf8'));
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const known = new Map([
  ...Object.entries(question.contexts).map(([address, file]) => [address, read(file)]),
  ...Object.entries(question.documents),
]);

// The only source of documents: what the question holds. A key is a part of its DID document.
async function documentLoader(address) {
  const document = known.get(address) ?? keyIn(known.get(address.split('#')[0]), address);
  if (document === undefined) throw new Error(`offline: ${address} is not in the question`);
  return { contextUrl: null, documentUrl: address, document };
}

function keyIn(controller, address) {
  const method = controller?.verificationMethod?.find(({ id }) => id === address);
  return method && { '@context': 'https://w3id.org/security/multikey/v1', ...method };
}

// Of the list it asks the clock by itself, so the clock stands still.
const clock = new Date(question.now).getTime();
globalThis.Date = class extends Date {
  constructor(...instant) {
    super(...(instant.length ? instant : [clock]));
  }
  static now() {
    return clock;
  }
};

const suite = () => new DataIntegrityProof({ cryptosuite });
const now = new Date(question.now);

function messages(error) {
  if (!error) return [];
  return error.errors?.flatMap(messages) ?? [error.cause?.message ?? error.message ?? String(error)];
}

async function ask(credential) {
  const result = await vc
    .verifyCredential({
      credential,
      suite: suite(),
      documentLoader,
      now,
      checkStatus: (options) =>
        checkStatus({
          ...options,
          documentLoader,
          suite: suite(),
          verifyBitstringStatusListCredential: true,
        }),
    })
    .catch((error) => ({ verified: false, error }));
  const statuses = (result.statusResult?.results ?? []).map(({ status }) => status);
  const { proof: _, ...unsecured } = credential;
  const canonical = await jsonld
    .canonize(unsecured, {
      algorithm: 'RDFC-1.0',
      format: 'application/n-quads',
      documentLoader,
      safe: true,
      base: null,
    })
    .catch(() => null);
  return {
    verified: result.verified === true,
    revoked: statuses.length ? statuses.some(Boolean) : null,
    errors: messages(result.error),
    canonical,
  };
}

const answers = {};
for (const [name, credential] of Object.entries(question.credentials)) {
  answers[name] = await ask(credential);
}
process.stdout.write(JSON.stringify(answers));
