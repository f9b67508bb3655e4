// The walk: one document, what was gathered for it, one instant; one line for each check.
// The counterpart of `verification.py`, `authority.py` and `standing.py` of `credentials/core`: the
// same numbers, outcomes and reasons. What is beyond it is *inconclusive*, never passed nor failed.
// Two things it knows besides: what the key history and a status list said when they were last
// anchored, for the day on which the issuer's own addresses answer no more (`isRecord`).
import { gunzip, readMultikey, textDigest, unbase64url } from "./bytes.js";
import { listedKey, submittersOf } from "./issuer.js";
import { Unreadable, canonicalJson, isObject, listed } from "./json.js";
import {
  Broken, documentOf, instant, proofOf, securedDigest, verifyPath, verifySignature, verifyStatement,
} from "./seals.js";

// Address of the registry -> SHA-256 of its code; `blockchain/core/anchor.py` has the addresses.
export const REGISTRIES = {
  "0x7801ebcd88446989d33200ca5562690dd74e10e2": "48da56bb5da6cb87ce61d5d83a037fe28ba7eaac69a36f747884daf94eba0ac7",
};
const CLOCKS_DIFFER = 10 * 60 * 1000;
const LEAST_ENTRIES = 131072;
const MOST_ENTRIES = 8 * 1024 * 1024;
const PURPOSES = { revocation: "revoked", suspension: "suspended" };
const NAMES = ["conforms", "signed", "issuer", "stands", "in_time", "anchored"];

const passed = (reason, detail = {}) => ({ outcome: "passed", reason, detail });
const failed = (reason, detail = {}) => ({ outcome: "failed", reason, detail });
const open = (reason, detail = {}) => ({ outcome: "inconclusive", reason, detail });
const absent = (reason) => ({ outcome: "not_applicable", reason, detail: {} });

// Check a badge.
//   document   as `readJson` returned it
//   material   library of contexts; did: the issuer's DID document, or null; history: its key history
//              as last anchored, or null; lists: Map of status lists by address; versions: likewise, as last anchored;
//              receipt, or null; finding(receipt): what its chain holds, or {unavailable: why}, asked
//              for as it is needed;
//              confirmations: how deep an anchor must be
//   now        milliseconds
export async function judge(document, material, now) {
  const authority = await authorityOf(document, material);
  const anchored = await guarded(() => anchoredCheck(document, material, authority));
  const checks = [
    conforms(document),
    await guarded(() => signed(document, material, authority)),
    await guarded(() => issuer(document, { material, authority, anchored, now })),
    await guarded(() => stands(document, { material, authority, now })),
    inTime(document, now),
    anchored,
  ];
  return NAMES.map((name, place) => ({ number: place + 1, name, ...checks[place] }));
}

// Say what all checks together came to: refuted, inconclusive, recorded (true as far as the record
// goes, which the issuer's addresses no longer confirm), or verified.
export function verdict(checks) {
  const outcomes = checks.map((check) => check.outcome);
  if (outcomes.includes("failed")) return "refuted";
  if (outcomes.includes("inconclusive")) return "inconclusive";
  return checks.some((check) => check.isRecord) ? "recorded" : "verified";
}

async function guarded(check) {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Unreadable) return open("not_readable_here", { message: error.message });
    if (error instanceof Broken) return failed(error.reason, { message: error.message });
    throw error;
  }
}

// Who says which keys are the issuer's: its DID document, else its key history if the chain holds it.
async function authorityOf(document, material) {
  if (material.did) return { document: material.did, isRecord: false };
  const { history } = material;
  if (!history) return { document: null, why: "issuer_unavailable" };
  try {
    const found = documentOf(history.statement);
    await verifyStatement(history, { type: "IssuerKeyHistory", issuer: issuerId(document) });
    const held = await onChain(history.receipt, material, submittersOf(found));
    if (held.outcome !== "passed") return { document: null, why: held.outcome === "failed" ? "history_refused" : "history_unconfirmed" };
    return { document: found, isRecord: true, at: history.receipt.block.time, account: `${history.receipt.chain}:${history.receipt.submitter}` };
  } catch (error) {
    if (error instanceof Broken || error instanceof Unreadable) return { document: null, why: "history_refused" };
    throw error;
  }
}

// -- 1: what Open Badges 3.0 asks of every badge ----------------------------------------------------

function conforms(document) {
  const has = (value, ...types) => types.every((type) => listed(value).includes(type));
  const isText = (value) => typeof value === "string" && value !== "";
  const wrong = [];
  const ask = (pointer, holds) => holds || wrong.push(pointer);
  ask("/id", isText(document.id));
  ask("/type", has(document.type, "VerifiableCredential") && listed(document.type).some((type) => ["OpenBadgeCredential", "AchievementCredential"].includes(type)));
  ask("/issuer", isText(issuerId(document)));
  ask("/validFrom", instant(document.validFrom) !== null);
  const subjects = listed(document.credentialSubject);
  for (const subject of subjects) {
    ask("/credentialSubject", isObject(subject) && has(subject.type, "AchievementSubject"));
    const achievement = isObject(subject) ? subject.achievement : null;
    ask("/credentialSubject/achievement", isObject(achievement) && has(achievement.type, "Achievement") && isText(achievement.id));
    for (const name of ["name", "description"]) ask(`/credentialSubject/achievement/${name}`, isText(achievement?.[name]));
    ask("/credentialSubject/achievement/criteria", isObject(achievement?.criteria));
  }
  return wrong.length ? failed("nonconformant", { pointer: wrong[0] }) : passed("conforms");
}

// -- 2: the signature ------------------------------------------------------------------------------

async function signed(document, material, authority) {
  const unreadable = unreadableProof(document);
  if (unreadable) return unreadable;
  const method = proofOf(document).verificationMethod;
  const key = readMultikey(method.split("#")[1]) ?? (authority.document && listedKey(authority.document, method)?.bytes);
  if (!key) return open("key_unavailable", { method });
  await verifySignature(document, key, material.library);
  return passed("signed", { method });
}

// Return why the proof of a document cannot be read, where it is signed in another way than ours.
function unreadableProof(document) {
  try {
    proofOf(document);
    return null;
  } catch (error) {
    const suites = listed(document.proof ?? []).filter(isObject).map((proof) => proof.cryptosuite ?? proof.type).filter((suite) => typeof suite === "string");
    const isOther = error.reason === "proof-missing" && suites.length > 0;
    return isOther ? open("suite_unknown", { suite: suites.join(", ") }) : failed(error.reason, { message: error.message });
  }
}

// -- 3: whose signature ----------------------------------------------------------------------------

function issuer(document, { material, authority, anchored, now }) {
  const unreadable = unreadableProof(document);
  if (unreadable) return unreadable;
  const named = proofOf(document);
  const method = named.verificationMethod;
  if (method.split("#")[0] !== issuerId(document)) return failed("foreign_key", { method });
  if (!authority.document) return open(authority.why);
  const created = instant(named.created);
  if (created === null) return failed("no_signing_date");
  const listedOne = listedKey(authority.document, method);
  if (!listedOne) return failed("key_not_listed", { method });
  const anchoredAt = anchored.outcome === "passed" && material.receipt ? material.receipt.time : null;
  if (created - now > CLOCKS_DIFFER) return failed("signed_in_future");
  for (const end of ["revoked", "expires"]) {
    if (listedOne[end] !== undefined && created >= listedOne[end]) return failed("key_not_valid", { method });
  }
  if (anchoredAt !== null && created - anchoredAt > CLOCKS_DIFFER) return failed("signed_after_anchor");
  if (listedOne.revoked !== undefined && listedOne.revoked <= now && !(anchoredAt !== null && anchoredAt < listedOne.revoked)) {
    const isOpen = anchored.outcome === "inconclusive" && anchored.reason !== "not_anchored_yet";
    return isOpen ? open("anchor_needed", { method }) : failed("key_compromised", { method });
  }
  if (!authority.isRecord) return passed("issuer", { method });
  return { ...passed("issuer_on_record", { method, when: authority.at, account: authority.account }), isRecord: true };
}

// -- 4: does it stand ------------------------------------------------------------------------------

async function stands(document, { material, authority, now }) {
  const entries = listed(document.credentialStatus ?? []).filter(isObject);
  if (!entries.length) return absent("no_status");
  const results = [];
  for (const entry of entries) results.push(await entryStands(document, entry, { material, authority, now }));
  return (
    results.find((result) => result.outcome === "failed") ??
    results.find((result) => result.outcome === "inconclusive") ??
    results.find((result) => result.isRecord) ??
    results[0]
  );
}

async function entryStands(document, entry, { material, authority, now }) {
  const url = entry.statusListCredential;
  const purpose = entry.statusPurpose;
  const isKnown = typeof url === "string" && typeof entry.statusListIndex === "string" && typeof purpose === "string" && Object.hasOwn(PURPOSES, purpose);
  if (entry.type !== "BitstringStatusListEntry" || !isKnown) return open("status_unsupported");
  const live = material.lists.get(url);
  let answer = open("status_unavailable");
  if (live) answer = await listSays(live, { document, entry, material, authority, at: now });
  if (answer.outcome !== "inconclusive") return answer;
  const version = material.versions.get(url);
  if (!version || !authority.document) return answer;
  try {
    await verifyStatement(version, { type: "StatusListVersion", issuer: issuerId(document) });
  } catch (error) {
    if (error instanceof Broken) return open("status_untrusted", { message: error.message });
    throw error;
  }
  if (version.statement.list !== url || version.statement.listDigest !== (await textDigest(canonicalJson(version.list)))) {
    return open("status_untrusted", { list: url });
  }
  const held = await onChain(version.receipt, material, submittersOf(authority.document));
  if (held.outcome !== "passed") return held.outcome === "failed" ? open("status_untrusted", held.detail) : open("status_unconfirmed");
  // What was published then is judged by the clock of the chain, not by ours.
  const then = await listSays(version.list, { document, entry, material, authority, at: version.receipt.time });
  if (then.outcome === "passed") return { ...passed("stood_on_record", { list: url, when: version.receipt.block.time }), isRecord: true };
  return then.outcome === "failed" ? { ...then, isRecord: true } : then;
}

// Return what a status list says of a credential, if it is the issuer's and its time is not over.
async function listSays(list, { document, entry, material, authority, at }) {
  const refused = (why) => open("status_untrusted", { why });
  if (!authority.document) return refused("nobody says whose key signed it");
  let named;
  try {
    named = proofOf(list);
    const created = instant(named.created);
    const key = listedKey(authority.document, named.verificationMethod);
    if (created === null || !key) return refused("it is signed by a key that the issuer does not list");
    if (key.revoked !== undefined && key.revoked <= at) return open("status_key_compromised");
    if ([key.revoked, key.expires].some((end) => end !== undefined && created >= end)) return refused("its key had ended");
    await verifySignature(list, key.bytes, material.library);
  } catch (error) {
    if (error instanceof Broken || error instanceof Unreadable) return refused(error.message);
    throw error;
  }
  const subject = list.credentialSubject;
  if (issuerId(list) !== issuerId(document) || !isObject(subject)) return refused("another issuer's list");
  if (!listed(subject.statusPurpose).includes(entry.statusPurpose)) return refused("a list for another purpose");
  const until = instant(list.validUntil);
  if (until !== null && until < at) return open("status_stale", { when: list.validUntil });
  const bits = await bitsOf(subject.encodedList);
  const index = /^[0-9]{1,10}$/.test(entry.statusListIndex) ? Number(entry.statusListIndex) : -1;
  if (!bits || index < 0 || index >= bits.length * 8) return failed("status_malformed");
  const isSet = (bits[index >> 3] & (0x80 >> (index & 7))) !== 0;
  const detail = { list: entry.statusListCredential, when: list.validFrom };
  return isSet ? failed(PURPOSES[entry.statusPurpose], detail) : passed("stands", detail);
}

async function bitsOf(encoded) {
  if (typeof encoded !== "string" || !encoded.startsWith("u")) return null;
  const packed = unbase64url(encoded.slice(1));
  const bits = packed && (await gunzip(packed, MOST_ENTRIES / 8));
  return bits && bits.length * 8 >= LEAST_ENTRIES ? bits : null;
}

// -- 5: the dates ----------------------------------------------------------------------------------

function inTime(document, now) {
  const [start, end] = [instant(document.validFrom), instant(document.validUntil)];
  if (start === null || (document.validUntil !== undefined && end === null)) return open("no_validity");
  if (now < start) return failed("not_yet_valid", { when: document.validFrom });
  if (end !== null && end <= now) return failed("expired", { when: document.validUntil });
  return passed("in_time");
}

// -- 6: the record ---------------------------------------------------------------------------------

async function anchoredCheck(document, material, authority) {
  const { receipt } = material;
  if (!receipt) return open("not_anchored_yet");
  await verifyPath(await securedDigest(document, material.library), receipt);
  return onChain(receipt, material, authority.document && submittersOf(authority.document));
}

// Compare a receipt whose path is right with what the chain holds. Without `submitters` nobody knows
// whose account it was, and the record says nothing.
async function onChain(receipt, material, submitters) {
  const finding = await material.finding(receipt);
  const detail = { chain: receipt.chain, when: receipt.block.time, block: String(receipt.block.number), transaction: receipt.transaction };
  if (!finding || finding.unavailable) return open(finding?.unavailable ?? "chain_unavailable", detail);
  if (!submitters) return open("submitter_unknown", detail);
  if (!Object.hasOwn(REGISTRIES, receipt.contract)) return failed("unknown_registry", detail);
  const account = `${receipt.chain}:${receipt.submitter}`;
  if (!submitters.includes(account)) return failed("submitter_not_accepted", { ...detail, account });
  if (finding.anchoredAt === null) return failed("root_not_on_chain", detail);
  const isFrozen = receipt.state === "finalized";
  const sent = finding.transaction;
  if (!sent) return open("transaction_unknown", detail);
  if (sent.from !== receipt.submitter || sent.to !== receipt.contract || sent.input !== `0x${receipt.root}`) return failed("transaction_mismatch", detail);
  const isThere = sent.blockHash === receipt.block.hash && finding.blockHash === receipt.block.hash;
  if (!isThere || finding.blockTime !== receipt.time || finding.anchoredAt !== receipt.time) {
    return isFrozen ? failed("block_mismatch", detail) : open("block_moved", detail);
  }
  if (!finding.isFinal && finding.confirmations < material.confirmations) return open("not_deep_enough", detail);
  return passed(finding.isFinal ? "anchored_final" : "anchored", detail);
}

export function issuerId(document) {
  const { issuer: found } = document;
  const id = isObject(found) ? found.id : found;
  return typeof id === "string" ? id : "";
}
