// Gather what the checks need: from the file that came with the badge what proves itself, from the
// issuer's own addresses what only the issuer can say, from nodes of the reader's choice what the
// chain holds. Keys and accounts are never taken from the page or the file: they come from the
// issuer's DID document, or from its key history once the chain has borne that out.
import { ask } from "./chain.js";
import { library } from "./contexts.js";
import { didAddress } from "./issuer.js";
import { Unreadable, isObject, listed, readJson } from "./json.js";
import { readReceipt } from "./seals.js";
import { issuerId, judge, verdict } from "./walk.js";

const MOST_LETTERS = 3 * 1024 * 1024;
const PATIENCE_OF_READERS = 10000;
const MOST_LISTS = 2;

// Check the badge of a dossier.
//   dossier  what `credentials/selectors/dossiers.py` writes
//   nodes    addresses that the reader chose; null to ask nobody at all
//   now      milliseconds
// Returns checks, verdict, document, receipt, and what each node did.
export async function check(dossier, nodes, now) {
  if (!isObject(dossier) || dossier.type !== "AcquisDossier" || dossier.version !== 1) {
    throw new Unreadable("this is no dossier that is known here");
  }
  const document = readJson(dossier.document);
  const material = {
    library: await library(isObject(dossier.contexts) ? dossier.contexts : {}),
    did: null,
    history: part(dossier.history),
    lists: new Map(),
    versions: new Map(listed(dossier.versions ?? []).filter(isObject).map((each) => [each.address, part(each)])),
    receipt: null,
  };
  const receipts = listed(dossier.receipts ?? []).map((text) => readReceipt(readJson(text)));
  const findings = new Map();
  material.finding = async (receipt) => {
    if (!findings.has(receipt)) {
      findings.set(receipt, nodes === null ? { unavailable: "not_asked" } : await ask(nodes, receipt));
    }
    return findings.get(receipt);
  };
  if (nodes !== null) await fromIssuer(document, material);
  // The best receipt first; the next one where the chain of that one does not answer.
  for (const receipt of receipts) {
    const isSilent = (await material.finding(receipt)).unavailable;
    if (!material.receipt || !isSilent) material.receipt = receipt;
    if (!isSilent) break;
  }
  material.confirmations = depth(dossier, material.receipt);
  const checks = await judge(document, material, now);
  const answered = [...findings.values()].flatMap((finding) => finding.nodes ?? []);
  return { checks, verdict: verdict(checks), document, receipt: material.receipt, nodes: answered };
}

// Read a statement with its receipt, and the list that it is about; null where there is none.
function part(given) {
  if (!isObject(given)) return null;
  return {
    statement: readJson(given.statement),
    receipt: readReceipt(readJson(given.receipt)),
    list: given.list === undefined ? null : readJson(given.list),
  };
}

// Two blocks at least, whatever the dossier says; it may ask for more.
function depth(dossier, receipt) {
  const wanted = dossier.confirmations?.[receipt?.chain];
  return Number.isSafeInteger(wanted) && wanted > 2 ? wanted : 2;
}

// Ask the issuer's own addresses: which keys are its own, and what its status lists say today.
async function fromIssuer(document, material) {
  const address = didAddress(issuerId(document));
  const entries = listed(document.credentialStatus ?? []).filter(isObject).slice(0, MOST_LISTS);
  const addresses = entries.map((entry) => entry.statusListCredential).filter((each) => typeof each === "string" && /^https?:\/\//.test(each));
  const [did, ...lists] = await Promise.all([address, ...addresses].map(fetched));
  material.did = did;
  for (const [place, list] of lists.entries()) if (list) material.lists.set(addresses[place], list);
}

async function fetched(address) {
  if (!address) return null;
  try {
    const answer = await fetch(address, {
      headers: { Accept: "application/json" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_OF_READERS),
    });
    const read = answer.ok ? readJson(await answer.text(), MOST_LETTERS) : null;
    return isObject(read) ? read : null;
  } catch {
    return null;
  }
}
