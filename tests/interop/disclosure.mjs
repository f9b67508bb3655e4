// Ask the stack of Digital Bazaar about badges that are shown in part, without a network.
//
// Standard input: {contexts: {address: file}, documents: {address: document},
//                  tasks: {name: {verify: document} | {derive: document, pointers: [pointer]}}}.
// Standard output: {name: {verified, errors} | {derived, errors}}, in the same order.

import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import {
  createDiscloseCryptosuite,
  createVerifyCryptosuite,
} from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';

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

function messages(error) {
  if (!error) return [];
  return error.errors?.flatMap(messages) ?? [error.cause?.message ?? error.message ?? String(error)];
}

async function verify(credential) {
  const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
  const result = await vc
    .verifyCredential({
      credential,
      suite,
      documentLoader,
      now: new Date(question.now),
      checkStatus: async () => ({ verified: true }),
    })
    .catch((error) => ({ verified: false, error }));
  return { verified: result.verified === true, errors: messages(result.error) };
}

async function derive(verifiableCredential, selectivePointers) {
  const suite = new DataIntegrityProof({
    cryptosuite: createDiscloseCryptosuite({ selectivePointers }),
  });
  try {
    return { derived: await vc.derive({ verifiableCredential, suite, documentLoader }), errors: [] };
  } catch (error) {
    return { derived: null, errors: messages(error) };
  }
}

const answers = {};
for (const [name, task] of Object.entries(question.tasks)) {
  answers[name] = task.derive ? await derive(task.derive, task.pointers) : await verify(task.verify);
}
process.stdout.write(JSON.stringify(answers));
