// The JSON-LD contexts of our documents: given with the badge, believed by their SHA-256 alone.
// What a word means is decided here; any other context, or another order, cannot be checked.
// Source: JSON-LD 1.1 section 4.1, of which exactly the features that these contexts use are known.
import { textDigest } from "./bytes.js";
import { Unreadable, isObject, readJson } from "./json.js";

const CREDENTIALS = "https://www.w3.org/ns/credentials/v2";
const BADGES_2 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json";
const BADGES_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
const EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
const INTEGRITY = "https://w3id.org/security/data-integrity/v2";

// Address -> SHA-256 of the file. The table of `credentials/core/contexts.py`, as far as it is used.
const PINNED = {
  [CREDENTIALS]: "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
  [BADGES_2]: "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
  [BADGES_3]: "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
  [EXTENSIONS]: "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
  [INTEGRITY]: "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
};
const SEQUENCES = new Set(
  [
    [CREDENTIALS],
    [CREDENTIALS, INTEGRITY],
    ...[BADGES_2, BADGES_3].flatMap((badges) => [
      [CREDENTIALS, badges],
      [CREDENTIALS, badges, EXTENSIONS],
      [CREDENTIALS, badges, INTEGRITY],
    ]),
  ].map((sequence) => sequence.join(" ")),
);
const KNOWN = new Set(["@id", "@type", "@container", "@context", "@protected"]);

// What words mean at one place of a document: `terms`, and what they meant before a type changed them.
class Active {
  constructor(terms, previous) {
    this.terms = terms;
    this.previous = previous;
  }
}

const NOTHING = new Active(Object.create(null), null);

// The contexts that came with a badge, each exactly the one that was reviewed.
export class Library {
  constructor(definitions) {
    this.definitions = definitions;
    this.applied = new Map();
    this.addresses = new Set();
    for (const each of definitions.values()) collect(each, this.addresses);
  }

  // Return the meaning at the top of a document, or inside one that has contexts of its own.
  start(context, active = NOTHING) {
    const sequence = typeof context === "string" ? [context] : context;
    if (!Array.isArray(sequence) || !sequence.every((each) => typeof each === "string") || !SEQUENCES.has(sequence.join(" "))) {
      throw new Unreadable("its contexts are not those of our documents");
    }
    let found = active;
    for (const address of sequence) {
      const definition = this.definitions.get(address);
      if (!definition) throw new Unreadable(`the context ${address} did not come with it`);
      found = this.apply(found, definition);
    }
    return found;
  }

  // Return what words mean once a context is applied. For a type it holds for one object only.
  apply(active, context, isForType = false) {
    // A pinned context is applied to the same few others again and again.
    const known = this.applied.get(context) ?? new Map();
    this.applied.set(context, known);
    const key = known.get(active)?.[isForType ? 1 : 0];
    if (key) return key;
    const terms = Object.assign(Object.create(null), active.terms);
    for (const name of Object.keys(context)) {
      if (name !== "@protected") terms[name] = term(name, context, terms);
    }
    const previous = isForType ? (active.previous ?? active) : active.previous;
    const result = new Active(terms, previous);
    const pair = known.get(active) ?? [];
    pair[isForType ? 1 : 0] = result;
    known.set(active, pair);
    return result;
  }
}

// Take the contexts that came with a badge: texts by their addresses. One that is another is left out.
export async function library(texts) {
  const definitions = new Map();
  for (const address of Object.keys(PINNED)) {
    const text = texts[address];
    if (typeof text === "string" && (await textDigest(text)) === PINNED[address]) {
      definitions.set(address, readJson(text)["@context"]);
    }
  }
  return new Library(definitions);
}

function term(name, context, terms) {
  const said = context[name];
  const definition = typeof said === "string" ? { "@id": said } : said;
  if (!isObject(definition) || name.startsWith("@")) throw new Unreadable(`${name} is defined in a way that is not known`);
  const strange = Object.keys(definition).find((member) => !KNOWN.has(member));
  if (strange) throw new Unreadable(`${name} is defined by ${strange}, which is not known`);
  const type = definition["@type"];
  return {
    id: address(definition["@id"], context, terms),
    type: type === undefined || type.startsWith("@") ? type : address(type, context, terms),
    container: definition["@container"],
    context: definition["@context"],
  };
}

// Return what the value of a definition stands for: a keyword, an address, or another word's meaning.
function address(value, context, terms) {
  if (typeof value !== "string") throw new Unreadable("a word is defined in a way that is not known");
  if (value.startsWith("@")) return value;
  const prefix = value.split(":", 1)[0];
  if (prefix !== value) {
    if (prefix in context || prefix in terms) throw new Unreadable(`${value} is abbreviated`);
    return value;
  }
  const other = context[value] ?? terms[value];
  if (other === undefined) throw new Unreadable(`${value} stands for nothing`);
  return typeof other === "string" ? other : (other["@id"] ?? other.id);
}

function collect(definition, addresses) {
  for (const value of Object.values(definition)) {
    if (typeof value === "string" && value.includes(":")) addresses.add(value);
    else if (isObject(value)) collect(value, addresses);
  }
}
