// The page, and the evidence file: run the checks, and write each one beside what was there before.
// Every word comes with the page, in its language; every text is set as text, never as markup.
import { nodesIn } from "./chain.js";
import { check } from "./gather.js";
import { Unreadable, isObject, readJson } from "./json.js";
import { issuerId } from "./walk.js";

const MOST_PAGE_LETTERS = 8 * 1024 * 1024;

function given(id) {
  return readJson(document.getElementById(id).textContent, MOST_PAGE_LETTERS);
}

// Fill the places of a sentence: %(issuer)s, %(network)s, %(when)s and so on.
function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (_place, name) => values[name] ?? "?").replace(/%%/g, "%");
}

class Page {
  constructor(root) {
    this.root = root;
    this.words = given("words");
    this.dossier = given("dossier");
    this.form = root.querySelector("form");
    this.nodes = root.querySelector("textarea");
    this.said = root.querySelector("[data-said]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run(nodesIn(this.nodes.value));
    });
    for (const hidden of root.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
  }

  // Check with these nodes; with null nobody is asked, and what the badge proves by itself is told.
  async run(nodes) {
    const button = this.form.querySelector("button");
    button.disabled = true;
    this.said.textContent = this.words.titles.running;
    try {
      this.show(await check(this.dossier, nodes, Date.now()), nodes);
    } catch (error) {
      // Whatever went wrong, nothing was found out: that is told, and is neither good nor bad.
      if (!(error instanceof Unreadable)) console.error(error);
      this.root.dataset.verdict = "unreadable";
      this.tone("inconclusive");
      this.said.textContent = this.words.titles.unreadable;
    } finally {
      button.disabled = false;
    }
  }

  show(found, nodes) {
    const isLocal = nodes === null && found.verdict !== "refuted";
    this.tone(isLocal ? "inconclusive" : found.verdict);
    this.root.dataset.verdict = isLocal ? "local" : found.verdict;
    const values = this.values(found);
    this.said.textContent = filled(this.words.titles[isLocal ? "local" : found.verdict], values);
    for (const each of found.checks) this.line(each, values);
    const list = this.root.querySelector("[data-nodes]");
    const words = new Map();
    for (const { node, trouble } of found.nodes) words.set(node, words.get(node) || trouble);
    list.replaceChildren(
      ...[...words].map(([node, trouble]) => {
        const item = document.createElement("li");
        item.textContent = filled(this.words.titles[trouble ? "node_failed" : "node_answered"], { node: new URL(node).host, trouble });
        return item;
      }),
    );
  }

  tone(verdict) {
    // What rests on the record alone is not shown as what the issuer itself confirms.
    const tones = { verified: "good", recorded: "open", refuted: "bad", inconclusive: "open" };
    this.root.querySelector("[data-tone]").className = `verdict verdict--${tones[verdict]}`;
    for (const icon of this.root.querySelectorAll("[data-icon]")) icon.hidden = icon.dataset.icon !== tones[verdict];
  }

  values(found) {
    const { issuer } = found.document;
    const chain = found.receipt?.chain ?? "";
    return {
      issuer: isObject(issuer) && typeof issuer.name === "string" ? issuer.name : issuerId(found.document),
      network: this.words.networks[chain] ?? chain,
    };
  }

  line(found, values) {
    const place = this.root.querySelector(`[data-check="${found.name}"]`);
    const { sentences, outcomes, fallbacks } = this.words;
    const isTrial = found.name === "anchored" && found.outcome === "passed" && this.words.development.includes(found.detail.chain);
    const sentence = sentences[isTrial ? "anchored/development" : `${found.name}/${found.reason}`] ?? sentences[`/${found.reason}`] ?? fallbacks[found.outcome];
    place.className = `step step--${found.outcome}`;
    place.dataset.outcome = found.outcome;
    place.dataset.reason = found.reason;
    for (const mark of place.querySelectorAll("[data-mark]")) mark.hidden = mark.dataset.mark !== found.outcome;
    place.querySelector("[data-outcome-words]").textContent = outcomes[found.outcome];
    place.querySelector("[data-sentence]").textContent = filled(sentence, { ...values, ...found.detail, when: this.day(found.detail.when), suite: found.detail.suite });
    const ours = place.querySelector("[data-ours]");
    if (ours) {
      const differs = ours.dataset.ours !== found.outcome && found.outcome !== "inconclusive";
      ours.classList.toggle("proof__differs", differs);
      ours.querySelector("[data-differs]").hidden = !differs;
    }
    const facts = Object.entries(found.detail).map(([name, value]) => {
      const row = document.createElement("div");
      const label = document.createElement("dt");
      const content = document.createElement("dd");
      label.textContent = this.words.facts[name] ?? name;
      content.textContent = value;
      content.className = "code";
      row.append(label, content);
      return row;
    });
    place.querySelector("[data-facts]").replaceChildren(...facts);
    place.querySelector("details").hidden = !facts.length;
  }

  day(when) {
    if (when === undefined) return undefined;
    // English days are written as on the rest of the page: 2 March 2026.
    const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
    return new Date(when).toLocaleDateString(language, { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" });
  }
}

new Page(document.querySelector("[data-proof]")).run(null);
