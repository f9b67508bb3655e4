// Ask jose what it thinks of tokens, without a network.
//
// Standard input: {now, tokens: {name: {token, jwk?, algorithm}}}; without a jwk, the one in the header is taken.
// Standard output: {name: {verified, code, claims, header}}.

import { readFileSync } from 'node:fs';
import { EmbeddedJWK, importJWK, jwtVerify } from 'jose';

const question = JSON.parse(readFileSync(0, 'utf8'));

async function ask({ token, jwk, algorithm }) {
  const options = { algorithms: [algorithm], currentDate: new Date(question.now) };
  try {
    const key = jwk ? await importJWK(jwk, algorithm) : EmbeddedJWK;
    const { payload, protectedHeader } = await jwtVerify(token, key, options);
    return { verified: true, code: null, claims: payload, header: protectedHeader };
  } catch (error) {
    return { verified: false, code: error.code ?? error.message };
  }
}

const answers = {};
for (const [name, each] of Object.entries(question.tokens)) {
  answers[name] = await ask(each);
}
process.stdout.write(JSON.stringify(answers));
