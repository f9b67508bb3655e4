// Ask nodes of a chain about a receipt. A node may lie, so at least two of different hosts must
// answer, and all that answer must say the same. The counterpart of `blockchain/services/finding.py`.
// Sources: Ethereum JSON-RPC; docs/anchoring.md.
import { hex, sha256, unhex } from "./bytes.js";
import { REGISTRIES } from "./walk.js";

const LEAST_NODES = 2;
// Chains of one machine, for trials: nobody else has a node of them, and they prove nothing to others.
const TRIALS = ["eip155:31337", "eip155:131277322940537"];
const MOST_NODES_ASKED = 6;
const PATIENCE = 10000;
const ANCHOR_OF = "0xecbe7ca5";

// Return the addresses of nodes in a text of the reader, one for each host.
export function nodesIn(text) {
  const found = new Map();
  for (const word of text.split(/[\s,]+/)) {
    let url;
    try {
      url = new URL(word);
    } catch {
      continue;
    }
    const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
    if (url.protocol === "https:" || (url.protocol === "http:" && isHere)) found.set(url.host, found.get(url.host) ?? url.href);
  }
  return [...found.values()].slice(0, MOST_NODES_ASKED);
}

// Ask all nodes about a receipt, and return what they agree on, or {unavailable: why}.
export async function ask(nodes, receipt) {
  const answers = await Promise.all(nodes.map((node) => one(node, receipt)));
  const told = answers.filter((answer) => !answer.trouble);
  const nodesSay = answers.map(({ node, trouble }) => ({ node, trouble: trouble ?? "" }));
  const isTrial = TRIALS.includes(receipt.chain);
  if (told.length < (isTrial ? 1 : LEAST_NODES)) {
    return { unavailable: told.length ? "too_few_nodes" : "chain_unavailable", nodes: nodesSay };
  }
  const facts = new Set(told.map(({ anchoredAt, transaction, blockHash, blockTime }) => JSON.stringify([anchoredAt, transaction, blockHash, blockTime])));
  if (facts.size > 1) return { unavailable: "nodes_disagree", nodes: nodesSay };
  return {
    ...told[0],
    isFinal: told.every((answer) => answer.isFinal),
    confirmations: Math.min(...told.map((answer) => answer.confirmations)),
    nodes: nodesSay,
  };
}

async function one(node, receipt) {
  try {
    return { node, ...(await find(node, receipt)) };
  } catch (error) {
    return { node, trouble: String(error.message || error) };
  }
}

async function find(node, receipt) {
  const call = (method, ...params) => rpc(node, method, params);
  const chain = await call("eth_chainId");
  if (typeof chain !== "string" || BigInt(chain) !== BigInt(receipt.chain.slice(7))) throw new Error("it is of another chain");
  const number = `0x${receipt.block.number.toString(16)}`;
  const question = { to: receipt.contract, data: `${ANCHOR_OF}${"0".repeat(24)}${receipt.submitter.slice(2)}${receipt.root}` };
  const isKnown = Object.hasOwn(REGISTRIES, receipt.contract);
  const [head, block, sent, code, latest, final] = await Promise.all([
    call("eth_blockNumber"),
    call("eth_getBlockByNumber", number, false),
    call("eth_getTransactionByHash", receipt.transaction),
    call("eth_getCode", receipt.contract, "latest"),
    isKnown ? call("eth_call", question, "latest") : "0x",
    // A chain without a last final block yet says so by an error.
    isKnown ? call("eth_call", question, "finalized").catch(() => "0x") : "0x",
  ]);
  const height = whole(head);
  if (height < receipt.block.number) throw new Error("it has not come as far as the block");
  if (isKnown && hex(await sha256(unhex(text(code).slice(2)))) !== REGISTRIES[receipt.contract]) {
    if (text(code) !== "0x") throw new Error("it shows another registry");
  }
  const anchored = entry(latest);
  const finalEntry = entry(final);
  return {
    anchoredAt: anchored && anchored.time,
    isFinal: anchored !== null && finalEntry !== null && anchored.time === finalEntry.time && anchored.block === finalEntry.block,
    confirmations: block ? height - receipt.block.number + 1 : 0,
    transaction: sent && {
      from: text(sent.from).toLowerCase(),
      to: sent.to === null ? "" : text(sent.to).toLowerCase(),
      input: text(sent.input).toLowerCase(),
      blockHash: sent.blockHash,
    },
    blockHash: block && block.hash,
    blockTime: block && whole(block.timestamp) * 1000,
  };
}

// Read what the registry answers: two words, both zero where it holds nothing.
function entry(answer) {
  const found = /^0x([0-9a-f]{64})([0-9a-f]{64})$/.exec(text(answer));
  if (!found) {
    if (answer === "0x") return null;
    throw new Error("its registry answers something else");
  }
  const [time, block] = [BigInt(`0x${found[1]}`), BigInt(`0x${found[2]}`)];
  return time === 0n ? null : { time: Number(time) * 1000, block: Number(block) };
}

async function rpc(node, method, params) {
  const answer = await fetch(node, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    credentials: "omit",
    referrerPolicy: "no-referrer",
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
  const members = await answer.json();
  if (typeof members !== "object" || members === null || members.error || members.result === undefined) {
    throw new Error("it refuses the question");
  }
  return members.result;
}

function text(value) {
  if (typeof value !== "string") throw new Error("it answers something else");
  return value;
}

function whole(value) {
  const number = Number(BigInt(text(value)));
  if (!Number.isSafeInteger(number) || number < 0) throw new Error("it answers something else");
  return number;
}
