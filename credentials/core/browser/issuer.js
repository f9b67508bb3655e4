// Who speaks for an issuer, by its DID document: keys with their ends, and accounts that anchor.
// The counterpart of `issuers/core/did.py` and `issuers/core/naming.py`.
// Sources: Decentralized Identifiers 1.0; Controlled Identifiers 1.0; did:web Method Specification.
import { readMultikey } from "./bytes.js";
import { isObject, listed } from "./json.js";
import { instant } from "./seals.js";

const MOST_METHODS = 2048;
const ACCOUNT = /^eip155:[1-9][0-9]{0,31}:0x[0-9a-fA-F]{40}$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SEGMENT = /^[A-Za-z0-9._-]+$/;

// Return where the document of a did:web is; null for any other name.
export function didAddress(did) {
  const [scheme, method, authority, ...segments] = String(did).split(":");
  if (scheme !== "did" || method !== "web" || did.length > 2000) return null;
  const [host, port, more] = authority.toLowerCase().split("%3a");
  const labels = host.split(".");
  if (more !== undefined || !labels.every((label) => LABEL.test(label))) return null;
  if (/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1))) return null;
  if (port !== undefined && !(/^[1-9][0-9]{0,4}$/.test(port) && Number(port) < 65536)) return null;
  if (!segments.every((segment) => SEGMENT.test(segment) && !/^\.+$/.test(segment))) return null;
  const path = segments.length ? segments.join("/") : ".well-known";
  // A name of this machine alone: a development server has no certificate.
  const protocol = labels.at(-1) === "localhost" ? "http" : "https";
  return `${protocol}://${host}${port === undefined ? "" : `:${port}`}/${path}/did.json`;
}

// Return the key that a verification method names, with its ends in milliseconds, if the document
// lists it for assertions; null otherwise.
export function listedKey(document, method) {
  const [did, fragment] = method.split("#", 2);
  const relation = document.assertionMethod;
  const methods = document.verificationMethod ?? [];
  if (document.id !== did || !fragment || !isList(relation) || !isList(methods)) return null;
  const absolute = (id) => (typeof id === "string" && id.startsWith("#") ? did + id : id);
  const embedded = relation.filter(isObject);
  const found = [...methods, ...embedded].filter((each) => isObject(each) && absolute(each.id) === method);
  if (found.length !== 1 || found[0].controller !== did || found[0].type !== "Multikey") return null;
  const isNamed = embedded.includes(found[0]) || relation.some((each) => absolute(each) === method);
  const bytes = readMultikey(found[0].publicKeyMultibase);
  const ends = ["revoked", "expires"].map((end) => (end in found[0] ? instant(found[0][end]) : undefined));
  if (!isNamed || bytes === null || ends.includes(null)) return null;
  return { bytes, revoked: ends[0], expires: ends[1] };
}

// Return the accounts that may anchor for the issuer, in small letters; null where it cannot be told.
export function submittersOf(document) {
  const services = document.service ?? [];
  if (!isList(services)) return null;
  const ours = services.filter((each) => isObject(each) && isOnly(each.type, "AnchorSubmitters"));
  if (!ours.length) return [];
  if (ours.length > 1 || ours[0].id !== `${document.id}#anchoring`) return null;
  const accounts = listed(ours[0].serviceEndpoint);
  if (accounts.length > 64 || !accounts.every((each) => typeof each === "string" && ACCOUNT.test(each))) return null;
  return accounts.map((account) => account.toLowerCase());
}

function isOnly(value, word) {
  const words = listed(value);
  return words.length === 1 && words[0] === word;
}

function isList(value) {
  return Array.isArray(value) && value.length <= MOST_METHODS;
}
