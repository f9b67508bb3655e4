// What seals a badge: its signature, the path from its fingerprint to a root, and statements of its
// issuer. The counterpart of `proof.py` and `statements.py` of `credentials/core`, and of `merkle.py`
// and `anchor.py` of `blockchain/core`. Sources: Data Integrity EdDSA Cryptosuites 1.0 section 3.2;
// RFC 6962 and RFC 9162 section 2.1; docs/anchoring.md; docs/keys.md.
import { hex, isSignedBy, joined, sha256, textDigest, unbase58, unhex, utf8 } from "./bytes.js";
import { canonicalText } from "./canonical.js";
import { statements } from "./graph.js";
import { Unreadable, canonicalJson, isObject, listed } from "./json.js";

const SUITE = "eddsa-rdfc-2022";
const MOST_PROOFS = 8;
const PROOF_VALUE = /^z[1-9A-HJ-NP-Za-km-z]{64,88}$/;
const HASH = /^[0-9a-f]{64}$/;
const FORMS = {
  salt: HASH, root: HASH, chain: /^eip155:[1-9][0-9]{0,31}$/, contract: /^0x[0-9a-f]{40}$/,
  submitter: /^0x[0-9a-f]{40}$/, transaction: /^0x[0-9a-f]{64}$/, state: /^(?:confirmed|finalized)$/,
};
const MOST_LEAVES = 65536;
const MOST_STEPS = 16;
export const DOCUMENT_TAG = 0x00;
export const TAGS = { StatusListVersion: 0x02, IssuerKeyHistory: 0x03 };

// A seal does not hold, or is not there: `reason` is a stable code, the same as in the report of ours.
export class Broken extends Error {
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

// -- the signature ---------------------------------------------------------------------------------

// Return the one proof of ours that a document has, checked in form.
export function proofOf(document) {
  const found = document.proof === undefined || document.proof === null ? [] : listed(document.proof);
  if (!found.length) throw new Broken("proof-missing", "the document has no proof");
  if (found.length > MOST_PROOFS) throw new Broken("proof-ambiguous", "too many proofs");
  if (!found.every(isObject)) throw new Broken("proof-malformed", "a proof is an object");
  const ours = found.filter((proof) => proof.cryptosuite === SUITE);
  if (!ours.length) throw new Broken("proof-missing", `no proof of cryptosuite ${SUITE}`);
  if (ours.length > 1) throw new Broken("proof-ambiguous", `several proofs of cryptosuite ${SUITE}`);
  const [proof] = ours;
  const malformed = (what) => new Broken("proof-malformed", `the proof's ${what} is not of its form`);
  if (proof.type !== "DataIntegrityProof") throw malformed("type");
  if (proof.proofPurpose !== "assertionMethod") throw new Broken("proof-purpose", "made for another purpose");
  if (typeof proof.verificationMethod !== "string") throw malformed("verificationMethod");
  if ("previousProof" in proof) throw malformed("previousProof");
  const value = proof.proofValue;
  if (typeof value !== "string" || !PROOF_VALUE.test(value) || unbase58(value.slice(1)).length !== 64) throw malformed("proofValue");
  return proof;
}

// Return the canonical text of a document.
export function canonical(document, library) {
  return canonicalText(statements(document, library));
}

// Return if a document is signed by a key, throw `Broken` otherwise; `Unreadable` where it cannot be told.
export async function verifySignature(document, key, library) {
  const proof = proofOf(document);
  const { proofValue, ...options } = proof;
  const { proof: _proofs, ...unsecured } = document;
  if ("@context" in options && !beginsWith(unsecured["@context"], options["@context"])) {
    throw new Broken("proof-malformed", "the proof's @context is not the beginning of the document's");
  }
  const said = await canonical({ ...options, "@context": unsecured["@context"] }, library);
  const content = await canonical(unsecured, library);
  const message = joined(await sha256(utf8(said)), await sha256(utf8(content)));
  if (!(await isSignedBy(key, unbase58(proofValue.slice(1)), message))) {
    throw new Broken("signature-mismatch", "the signature does not match the document and the key");
  }
}

function beginsWith(context, beginning) {
  const whole = listed(context);
  return listed(beginning).every((each, place) => whole[place] === each);
}

// -- the path --------------------------------------------------------------------------------------

// Read a receipt: exactly its members, each in its one form.
export function readReceipt(value) {
  const bad = (member) => {
    throw new Unreadable(`the receipt's ${member} is not of its form`);
  };
  const exactly = (object, members) => {
    if (!isObject(object)) bad("form");
    const names = Object.keys(object).sort().join(" ");
    if (names !== members) bad("list of members");
  };
  exactly(value, "block chain contract leafIndex path root salt state submitter transaction treeSize type version");
  exactly(value.block, "hash number time");
  if (value.type !== "AnchorReceipt" || value.version !== 1) bad("type");
  for (const [member, form] of Object.entries(FORMS)) {
    if (typeof value[member] !== "string" || !form.test(value[member])) bad(member);
  }
  if (!isCount(value.treeSize, 1, MOST_LEAVES)) bad("treeSize");
  if (!isCount(value.leafIndex, 0, value.treeSize - 1)) bad("leafIndex");
  if (!Array.isArray(value.path) || value.path.length > MOST_STEPS) bad("path");
  if (!value.path.every((step) => typeof step === "string" && HASH.test(step))) bad("path");
  if (!isCount(value.block.number, 0, Number.MAX_SAFE_INTEGER)) bad("block number");
  if (typeof value.block.hash !== "string" || !FORMS.transaction.test(value.block.hash)) bad("block hash");
  const time = instant(value.block.time);
  if (time === null || !/^[0-9T:-]+Z$/.test(value.block.time)) bad("block time");
  return { ...value, time };
}

// Return if salt and path of a receipt lead from a digest to its root, throw otherwise.
export async function verifyPath(digest, receipt, tag = DOCUMENT_TAG) {
  let node = await sha256(joined(Uint8Array.of(tag), unhex(receipt.salt), unhex(digest)));
  let fn = receipt.leafIndex;
  let sn = receipt.treeSize - 1;
  for (const step of receipt.path) {
    if (sn === 0) throw new Broken("wrong_path", "the path is longer than the tree is high");
    const sibling = unhex(step);
    if (fn % 2 === 1 || fn === sn) {
      node = await sha256(joined(sibling, node));
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      node = await sha256(joined(node, sibling));
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) throw new Broken("wrong_path", "the path is shorter than the tree is high");
  if (hex(node) !== receipt.root) throw new Broken("wrong_path", "the path leads to another root");
}

// Return the digest that is anchored of a signed document: it covers the proof as well.
export async function securedDigest(document, library) {
  return textDigest(await canonical(document, library));
}

function isCount(value, least, most) {
  return Number.isInteger(value) && value >= least && value <= most;
}

// -- statements ------------------------------------------------------------------------------------

// Return if a statement is of a kind and an issuer, and its receipt leads from it to a root.
export async function verifyStatement({ statement, receipt }, { type, issuer }) {
  if (!isObject(statement) || statement.type !== type || statement.version !== 1 || statement.issuer !== issuer) {
    throw new Broken("statement", `it is no ${type} of ${issuer}`);
  }
  await verifyPath(await textDigest(canonicalJson(statement)), receipt, TAGS[type]);
}

// Return the DID document that a key history stands for: whoever spoke for the issuer, and who anchored.
export function documentOf(history) {
  const keys = (Array.isArray(history.keys) ? history.keys : []).filter((key) => isObject(key) && typeof key.publicKeyMultibase === "string");
  const submitters = (Array.isArray(history.submitters) ? history.submitters : []).filter(isObject);
  return {
    id: history.issuer,
    verificationMethod: keys.map(({ validFrom, ...key }) => ({ ...key, type: "Multikey", controller: history.issuer })),
    assertionMethod: keys.map((key) => key.id),
    service: [
      {
        id: `${history.issuer}#anchoring`,
        type: "AnchorSubmitters",
        serviceEndpoint: submitters.map((each) => each.account),
      },
    ],
  };
}

// Read an instant with its zone, in milliseconds; null where it is none. Source: RFC 3339.
export function instant(value) {
  const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;
  const found = typeof value === "string" ? form.exec(value) : null;
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute, second, Number(`0.${found[7] ?? 0}`) * 1000);
  const away = found[8] ? (Number(found[9]) * 60 + Number(found[10])) * 60000 : 0;
  return date.getTime() - (found[8] === "-" ? -away : away);
}
