// JSON in and out, as strictly as `credentials/core/canonical.py`: what two readers could understand
// differently is refused. Sources: RFC 8259; RFC 7493 (I-JSON); RFC 8785 (JCS).

// What cannot be read, or not without doubt. It says nothing about what was read: neither true nor false.
export class Unreadable extends Error {}

const MAX_LETTERS = 256 * 1024;
const MAX_NESTING = 32;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS = { true: true, false: false, null: null };
const HALF_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

// Return what a JSON text says. No member twice, no number that is not below 2^53, nothing too deep.
export function readJson(text, most = MAX_LETTERS) {
  if (typeof text !== "string" || text.length > most) throw new Unreadable("the text is too long");
  let at = 0;
  const stop = (why) => {
    throw new Unreadable(`not JSON that everybody reads alike: ${why}, at ${at}`);
  };
  const skip = () => {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
  };
  const string = () => {
    TEXT.lastIndex = at;
    const found = TEXT.exec(text);
    if (!found) stop("no text");
    at = TEXT.lastIndex;
    const value = JSON.parse(found[0]);
    if (HALF_PAIR.test(value)) stop("half a character");
    return value;
  };
  const number = () => {
    NUMBER.lastIndex = at;
    const found = NUMBER.exec(text);
    if (!found || found[0].length > 32) stop("no number");
    at = NUMBER.lastIndex;
    const value = Number(found[0]);
    if (!(Math.abs(value) < 2 ** 53)) stop("a number that is too large");
    return value;
  };
  const value = (depth) => {
    skip();
    const mark = text[at];
    if (mark === "{" || mark === "[") {
      if (depth >= MAX_NESTING) stop("too deep");
      at += 1;
      return mark === "{" ? object(depth + 1) : list(depth + 1);
    }
    if (mark === '"') return string();
    for (const word of Object.keys(WORDS)) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return WORDS[word];
      }
    }
    return number();
  };
  const ended = (end) => {
    skip();
    if (text[at] === end) {
      at += 1;
      return true;
    }
    return false;
  };
  const list = (depth) => {
    const items = [];
    if (ended("]")) return items;
    for (;;) {
      items.push(value(depth));
      if (ended("]")) return items;
      if (text[at] !== ",") stop("no comma");
      at += 1;
    }
  };
  const object = (depth) => {
    // Without a prototype no member of a stranger is taken for one of the language.
    const members = Object.create(null);
    if (ended("}")) return members;
    for (;;) {
      skip();
      const name = string();
      if (name in members) stop(`the member ${name.slice(0, 80)} twice`);
      skip();
      if (text[at] !== ":") stop("no colon");
      at += 1;
      members[name] = value(depth);
      if (ended("}")) return members;
      if (text[at] !== ",") stop("no comma");
      at += 1;
    }
  };
  const read = value(0);
  skip();
  if (at !== text.length) stop("something after the end");
  return read;
}

// Say whether a value is a JSON object.
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Return a value as a list: itself, or a list of it alone.
export function listed(value) {
  return Array.isArray(value) ? value : [value];
}

// Write canonical JSON. Source: RFC 8785; JavaScript sorts and writes numbers as it wants.
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`).join(",")}}`;
}
