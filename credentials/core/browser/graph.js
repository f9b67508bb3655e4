// From a document to the statements it makes, leaving none out and guessing at none.
// The counterpart of `screening.py`, `expansion.py` and `quads.py` of `credentials/core`, in one walk.
// Sources: JSON-LD 1.1 Processing Algorithms and API, sections 5.1 (expansion) and 8 (RDF); Data
// Integrity 1.0 section 4.6. What the pinned contexts do not use is not known here, and refused.
import { Unreadable, canonicalJson, isObject, listed } from "./json.js";

const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#";
const MOST_NODES = 1024;
const DEEPEST = 32;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[^\u0000-\u0020\u007f<>"{}|\\^`%]|%[0-9A-Fa-f]{2})*$/u;
const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/;
const UNSAFE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufdd0-\ufdef]|\p{Cs}|[\ufffe\uffff\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{3fffe}\u{3ffff}\u{4fffe}\u{4ffff}\u{5fffe}\u{5ffff}\u{6fffe}\u{6ffff}\u{7fffe}\u{7ffff}\u{8fffe}\u{8ffff}\u{9fffe}\u{9ffff}\u{afffe}\u{affff}\u{bfffe}\u{bffff}\u{cfffe}\u{cffff}\u{dfffe}\u{dffff}\u{efffe}\u{effff}\u{ffffe}\u{fffff}\u{10fffe}\u{10ffff}]/u;
const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

// Return the statements of a document, each once: [subject, predicate, object, graph], as N-Quads
// writes them. Nodes without an id have any label.
export function statements(document, library) {
  const walk = new Walk(library);
  return walk.whole(document);
}

class Walk {
  constructor(library) {
    this.library = library;
    this.found = new Map();
    this.nodes = 0;
    this.root = undefined;
  }

  whole(document) {
    if (!isObject(document) || !("@context" in document)) throw new Unreadable("it has no @context");
    this.root = document.id;
    this.node(document, { active: null, graph: "", depth: 1, isRoot: true });
    if (!this.found.size) throw new Unreadable("it makes no statement");
    return [...this.found.values()];
  }

  add(subject, predicate, object, graph) {
    const statement = [subject, predicate, object, graph];
    this.found.set(statement.join(" "), statement);
  }

  blank() {
    this.nodes += 1;
    if (this.nodes > MOST_NODES) throw new Unreadable("too many of its objects have no id");
    return `_:b${this.nodes}`;
  }

  // Make the statements of an object, and return what stands for it.
  node(value, { active, scoped, graph, depth, isRoot = false }) {
    if (depth >= DEEPEST) throw new Unreadable("it is nested too deep");
    const names = Object.keys(value);
    let meaning = active;
    // What a type made words mean ends where another object begins; a mere reference is none.
    if (meaning?.previous && !(names.length === 1 && meaning.terms[names[0]]?.id === "@id")) meaning = meaning.previous;
    if (scoped) meaning = this.library.apply(meaning, scoped);
    if ("@context" in value) meaning = this.library.start(value["@context"], meaning ?? undefined);
    const outer = meaning;
    meaning = this.typed(value, meaning);
    const idName = names.find((name) => meaning.terms[name]?.id === "@id");
    const subject = this.subject(value, idName, { isRoot, outer });
    for (const name of names) {
      if (name !== "@context") this.member(subject, name, value[name], { meaning, outer, graph, depth });
    }
    return subject;
  }

  // Return what words mean in an object, given its types.
  typed(value, meaning) {
    const types = [];
    for (const name of Object.keys(value)) {
      if (meaning.terms[name]?.id !== "@type") continue;
      if (types.length) throw new Unreadable("it has two types");
      types.push(...listed(value[name]));
    }
    if (!types.every((type) => typeof type === "string")) throw new Unreadable("a type is no text");
    let found = meaning;
    for (const type of [...types].sort()) {
      const context = meaning.terms[type]?.context;
      if (context) found = this.library.apply(found, context, true);
      else if (context === null) throw new Unreadable(`the type ${type} is not known here`);
    }
    return found;
  }

  subject(value, idName, { isRoot }) {
    if (idName === undefined) return this.blank();
    const id = value[idName];
    // A second description of the credential could take over half of the first. That somebody
    // endorses it is all that may be said of it elsewhere.
    if (!isRoot && id === this.root && !onlyEndorsed(value)) {
      throw new Unreadable("the credential is described in two places");
    }
    return this.reference(id);
  }

  member(subject, name, value, { meaning, outer, graph, depth }) {
    screenName(name);
    const term = meaning.terms[name];
    if (!term) throw new Unreadable(`${name.slice(0, 80)} is not defined by its contexts`);
    if (term.id === "@id") return;
    if (Array.isArray(value) && !value.length) throw new Unreadable("an empty array leaves no trace");
    if (term.id === "@type") {
      for (const type of listed(value)) this.add(subject, `<${RDF}type>`, this.type(type, outer), graph);
      return;
    }
    if (!ABSOLUTE.test(term.id) || term.context === null) throw new Unreadable(`${name} is not known here`);
    const place = { term, active: meaning, scoped: term.context, graph, depth: depth + 1 };
    const predicate = `<${term.id}>`;
    if (term.type === "@json") {
      screenJson(value, depth + 1);
      this.add(subject, predicate, literal(canonicalJson(value), `${RDF}JSON`), graph);
    } else if (term.container === "@list") {
      this.add(subject, predicate, this.list(listed(value), place), graph);
    } else {
      for (const item of this.flat(value, depth + 1)) {
        this.add(subject, predicate, this.term(item, place), graph);
      }
    }
  }

  flat(value, depth) {
    if (!Array.isArray(value)) return [value];
    if (depth >= DEEPEST) throw new Unreadable("it is nested too deep");
    if (!value.length) throw new Unreadable("an empty array leaves no trace");
    return value.flatMap((item) => this.flat(item, depth + 1));
  }

  list(items, place) {
    let head = `<${RDF}nil>`;
    for (const item of [...items].reverse()) {
      if (Array.isArray(item)) throw new Unreadable("a list of lists is not known here");
      const cell = this.blank();
      this.add(cell, `<${RDF}first>`, this.term(item, place), place.graph);
      this.add(cell, `<${RDF}rest>`, head, place.graph);
      head = cell;
    }
    return head;
  }

  // Return what stands for one value of a member.
  term(value, place) {
    const { term, active, scoped, graph, depth } = place;
    if (value === null || value === undefined) throw new Unreadable("null leaves no trace");
    if (term.container === "@graph") {
      // A proof has a graph of its own, so that it says nothing about the nodes of the credential.
      if (!isObject(value)) throw new Unreadable("a proof is written in full");
      const name = this.blank();
      const before = this.found.size;
      this.node(value, { active, scoped, graph: name, depth });
      if (this.found.size === before) throw new Unreadable("a proof is written in full");
      return name;
    }
    if (isObject(value)) {
      if ("@value" in value || "@language" in value) return inLanguage(value);
      return this.node(value, { active, scoped, graph, depth });
    }
    if (typeof value === "string" && term.type === "@id") return this.reference(value);
    if (typeof value === "string" && term.type === "@vocab") {
      const meaning = scoped ? this.library.apply(active, scoped) : active;
      const found = meaning.terms[value]?.id;
      if (!found || !ABSOLUTE.test(found)) throw new Unreadable(`${value.slice(0, 80)} is not known here`);
      return `<${found}>`;
    }
    return plain(value, term.type?.startsWith("@") ? undefined : term.type);
  }

  type(type, meaning) {
    screenText(type);
    const found = meaning.terms[type]?.id;
    if (found !== undefined) {
      if (!ABSOLUTE.test(found)) throw new Unreadable(`the type ${type} is a keyword`);
      return `<${found}>`;
    }
    if (this.library.addresses.has(type)) throw new Unreadable("a type is written as a term, not as an address");
    return this.reference(type, meaning);
  }

  reference(id) {
    if (typeof id !== "string") throw new Unreadable("an id is no text");
    screenText(id);
    if (!ABSOLUTE.test(id)) throw new Unreadable(`${id.slice(0, 80)} is no absolute address`);
    // None of the pinned contexts abbreviates addresses; `_:` would name a node without an id.
    if (id.startsWith("_:")) throw new Unreadable("an id is no address");
    return `<${id}>`;
  }
}

function onlyEndorsed(value) {
  const names = Object.keys(value).filter((name) => name !== "id");
  return (
    !names.length ||
    (names.every((name) => ["type", "endorsementComment"].includes(name)) &&
      canonicalJson(listed(value.type)) === '["EndorsementSubject"]')
  );
}

function screenText(text) {
  if (typeof text !== "string" || UNSAFE.test(text)) throw new Unreadable("a text holds what is not written alike everywhere");
}

function screenName(name) {
  screenText(name);
  if (name.startsWith("@") || name.includes(":")) throw new Unreadable(`the member ${name.slice(0, 80)} is not written as a term`);
}

function screenNumber(value) {
  if (value === 0) return;
  if (!(Math.abs(value) >= 1e-6 && Math.abs(value) < 2 ** 53) || Number(value.toExponential(15)) !== value) {
    throw new Unreadable("a number is not written alike everywhere");
  }
}

function screenJson(value, depth) {
  if (depth >= DEEPEST) throw new Unreadable("it is nested too deep");
  if (value === null || (Array.isArray(value) && !value.length)) throw new Unreadable("null leaves no trace");
  if (typeof value === "string") screenText(value);
  else if (typeof value === "number") screenNumber(value);
  else if (Array.isArray(value)) for (const item of value) screenJson(item, depth + 1);
  else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      screenName(name);
      screenJson(value[name], depth + 1);
    }
  }
}

// Write a text, a number or a truth value. Source: JSON-LD 1.1 API section 8.4.2; XML Schema 1.1.
function plain(value, datatype) {
  if (typeof value === "string") {
    screenText(value);
    return literal(value, datatype);
  }
  if (typeof value === "boolean") return literal(String(value), datatype ?? `${XSD}boolean`);
  screenNumber(value);
  if (Number.isInteger(value) && datatype !== `${XSD}double`) {
    return literal(String(Object.is(value, -0) ? 0 : value), datatype ?? `${XSD}integer`);
  }
  return literal(double(value), datatype ?? `${XSD}double`);
}

function double(value) {
  const [digits, exponent] = value.toExponential(15).split("e");
  const short = digits.replace(/0+$/, "");
  return `${short.endsWith(".") ? `${short}0` : short}E${Number(exponent)}`;
}

function inLanguage(value) {
  const text = value["@value"];
  const language = value["@language"];
  if (Object.keys(value).length !== 2 || typeof language !== "string" || !LANGUAGE.test(language)) {
    throw new Unreadable("a text with its language has exactly @value and @language");
  }
  screenText(text);
  return `"${escaped(text)}"@${language.toLowerCase()}`;
}

function literal(text, datatype) {
  const plainly = datatype === undefined || datatype === `${XSD}string`;
  if (!plainly && !ABSOLUTE.test(datatype)) throw new Unreadable("a kind of value is not known here");
  return plainly ? `"${escaped(text)}"` : `"${escaped(text)}"^^<${datatype}>`;
}

function escaped(text) {
  return text.replace(/[\\"\n\r\t]/g, (letter) => ESCAPES[letter]);
}
