// The canonical text of statements, in which nodes without an id have the same labels everywhere.
// Source: RDF Dataset Canonicalization 1.0 (RDFC-1.0), section 4; the names are the standard's.
import { textDigest } from "./bytes.js";
import { Unreadable } from "./json.js";

// Orders that are tried before the document is left alone: nodes that nothing tells apart are tried
// in every order, and a hostile document could ask for years.
const MOST_ORDERS = 2000;
const LETTER = "sog";

// Hands out labels, and remembers to whom.
class Issuer {
  constructor(prefix, issued = new Map()) {
    this.prefix = prefix;
    this.issued = issued;
  }

  issue(node) {
    if (!this.issued.has(node)) this.issued.set(node, `_:${this.prefix}${this.issued.size}`);
    return this.issued.get(node);
  }

  copy() {
    return new Issuer(this.prefix, new Map(this.issued));
  }
}

// Return the canonical N-Quads of statements: lines in code point order, each ended by a line feed.
export async function canonicalText(statements) {
  const labels = await new Labelling(statements).labels();
  const lines = statements.map((statement) => line(statement.map((part) => labels.get(part) ?? part)));
  return lines.sort(byCodePoint).join("");
}

class Labelling {
  constructor(statements) {
    this.of = new Map();
    this.first = new Map();
    this.canonical = new Issuer("c14n");
    this.orders = 0;
    for (const statement of statements) {
      for (const node of new Set(statement.filter(isBlank))) {
        if (!this.of.has(node)) this.of.set(node, []);
        this.of.get(node).push(statement);
      }
    }
  }

  async labels() {
    const alike = new Map();
    for (const node of this.of.keys()) {
      const hash = await this.firstDegree(node);
      this.first.set(node, hash);
      alike.set(hash, [...(alike.get(hash) ?? []), node]);
    }
    const hashes = [...alike.keys()].sort();
    for (const hash of hashes) {
      if (alike.get(hash).length === 1) this.canonical.issue(alike.get(hash)[0]);
    }
    for (const hash of hashes) {
      if (alike.get(hash).length === 1) continue;
      const found = [];
      for (const node of alike.get(hash)) {
        if (this.canonical.issued.has(node)) continue;
        const issuer = new Issuer("b");
        issuer.issue(node);
        found.push(await this.manyDegrees(node, issuer));
      }
      found.sort((one, other) => byCodePoint(one.hash, other.hash));
      for (const { issuer } of found) {
        for (const node of issuer.issued.keys()) this.canonical.issue(node);
      }
    }
    return this.canonical.issued;
  }

  // Section 4.6: a node as the statements it stands in show it.
  firstDegree(node) {
    const seen = (part) => (isBlank(part) ? (part === node ? "_:a" : "_:z") : part);
    const lines = this.of.get(node).map((statement) => line(statement.map(seen)));
    return textDigest(lines.sort(byCodePoint).join(""));
  }

  // Section 4.7: another node, seen from a statement that both stand in.
  related(other, statement, issuer, position) {
    const label =
      this.canonical.issued.get(other) ?? issuer.issued.get(other) ?? this.first.get(other);
    return textDigest(position + (position === "g" ? "" : statement[1]) + label);
  }

  // Section 4.8: a node as its neighbours show it, in the order that gives the least text.
  async manyDegrees(node, given) {
    let issuer = given;
    const neighbours = new Map();
    for (const statement of this.of.get(node)) {
      for (const [place, part] of [statement[0], statement[2], statement[3]].entries()) {
        if (!isBlank(part) || part === node) continue;
        const hash = await this.related(part, statement, issuer, LETTER[place]);
        neighbours.set(hash, [...(neighbours.get(hash) ?? []), part]);
      }
    }
    let data = "";
    for (const hash of [...neighbours.keys()].sort()) {
      let chosen = null;
      for (const order of orders(neighbours.get(hash))) {
        this.orders += 1;
        if (this.orders > MOST_ORDERS) throw new Unreadable("too much in it is alike");
        const tried = await this.tried(order, issuer, chosen?.path);
        if (tried && (!chosen || byCodePoint(tried.path, chosen.path) < 0)) chosen = tried;
      }
      data += hash + chosen.path;
      issuer = chosen.issuer;
    }
    return { hash: await textDigest(data), issuer };
  }

  // Walk the neighbours in one order; null as soon as another order is known to give less.
  async tried(order, given, least) {
    let issuer = given.copy();
    let path = "";
    const rest = [];
    const isMore = () => least !== undefined && path.length >= least.length && byCodePoint(path, least) > 0;
    for (const other of order) {
      if (this.canonical.issued.has(other)) {
        path += this.canonical.issued.get(other);
      } else {
        if (!issuer.issued.has(other)) rest.push(other);
        path += issuer.issue(other);
      }
      if (isMore()) return null;
    }
    for (const other of rest) {
      const result = await this.manyDegrees(other, issuer);
      path += `${issuer.issue(other)}<${result.hash}>`;
      issuer = result.issuer;
      if (isMore()) return null;
    }
    return { path, issuer };
  }
}

function isBlank(part) {
  return part.startsWith("_:");
}

function line([subject, predicate, object, graph]) {
  return `${subject} ${predicate} ${object}${graph ? ` ${graph}` : ""} .\n`;
}

function* orders(nodes) {
  if (nodes.length < 2) yield nodes;
  else {
    for (const [place, node] of nodes.entries()) {
      for (const rest of orders([...nodes.slice(0, place), ...nodes.slice(place + 1)])) yield [node, ...rest];
    }
  }
}

// Compare by code points, as the standard does. JavaScript compares halves of surrogate pairs, which
// stand before U+E000 to U+FFFF although what they write comes after.
function byCodePoint(one, other) {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const left = one.charCodeAt(at);
    const right = other.charCodeAt(at);
    if (left !== right) {
      const isHalf = (unit) => unit >= 0xd800 && unit <= 0xdfff;
      if (isHalf(left) !== isHalf(right) && left >= 0xd800 && right >= 0xd800) return isHalf(left) ? 1 : -1;
      return left - right;
    }
  }
  return one.length - other.length;
}
