// Bytes: hexadecimal, base58, SHA-256, gzip, and the signature of Ed25519, by what every browser has.
// Sources: FIPS 180-4; RFC 8032; Controlled Identifiers 1.0 (Multikey); RFC 1952.
import { Unreadable } from "./json.js";

const DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const MULTIKEY = /^z[1-9A-HJ-NP-Za-km-z]{47}$/;
// Keys of small order: one signature under them verifies for many messages (the list of libsodium).
const SMALL_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

export function utf8(text) {
  return new TextEncoder().encode(text);
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// Return the SHA-256 of a text in hexadecimal.
export async function textDigest(text) {
  return hex(await sha256(utf8(text)));
}

// Read base58-btc; the caller bounds the length, because the time grows with its square.
export function unbase58(text) {
  let number = 0n;
  for (const digit of text) number = number * 58n + BigInt(DIGITS.indexOf(digit));
  const written = number ? number.toString(16) : "";
  const zeros = text.length - text.replace(/^1+/, "").length;
  return joined(new Uint8Array(zeros), unhex(written.length % 2 ? `0${written}` : written));
}

// Return the 32 bytes of an Ed25519 key as Multikey; null where the text is none, or of small order.
export function readMultikey(text) {
  if (typeof text !== "string" || !MULTIKEY.test(text)) return null;
  const bytes = unbase58(text.slice(1));
  if (bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) return null;
  const key = bytes.slice(2);
  const unsigned = Uint8Array.from(key);
  unsigned[31] &= 0x7f;
  return SMALL_ORDER.includes(hex(unsigned)) ? null : key;
}

// Say whether a signature is a key's over a message.
export async function isSignedBy(key, signature, message) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    // Browsers before 2025 have no Ed25519; a key that is no point of the curve is told apart below.
    if (error.name === "NotSupportedError") throw new Unreadable("this browser knows no Ed25519");
    return false;
  }
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

// Unpack gzip, up to so many bytes. Returns null where it is no gzip, or more.
export async function gunzip(bytes, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return joined(...parts);
      size += value.length;
      if (size > most) {
        await reader.cancel();
        return null;
      }
      parts.push(value);
    }
  } catch {
    return null;
  }
}

// Read base64url without padding; null where it is not.
export function unbase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}
