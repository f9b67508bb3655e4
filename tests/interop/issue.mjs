// Let programs of others make badges, without a network: @digitalbazaar/vc signs credentials, jose signs tokens.
//
// Standard input: {contexts: {address: file}, key: {id, controller, publicKeyMultibase, secretKeyMultibase},
//                  credentials: {name: document}, tokens: {name: {claims, header, jwk}}}.
// Standard output: {credentials: {name: document with its proof}, tokens: {name: compact JWS}}.

import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { SignJWT, importJWK } from 'jose';

const question = JSON.parse(readFileSync(0, 'utf8'));
const known = new Map(
  Object.entries(question.contexts).map(([address, file]) => [address, JSON.parse(readFileSync(file, 'utf8'))]),
);

async function documentLoader(address) {
  const document = known.get(address);
  if (document === undefined) throw new Error(`offline: ${address} is not in the question`);
  return { contextUrl: null, documentUrl: address, document };
}

const made = { credentials: {}, tokens: {} };
if (question.key) {
  const key = await Ed25519Multikey.from({ type: 'Multikey', ...question.key });
  for (const [name, credential] of Object.entries(question.credentials)) {
    const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite, date: new Date(question.now) });
    made.credentials[name] = await vc.issue({ credential, suite, documentLoader, now: new Date(question.now) });
  }
}
for (const [name, { claims, header, jwk }] of Object.entries(question.tokens)) {
  made.tokens[name] = await new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(jwk, header.alg));
}
process.stdout.write(JSON.stringify(made));
