// Run the script of the readers on many badges: a question on the input, the answer on the output.
import { readFileSync } from "node:fs";

const folder = new URL("../../../credentials/core/browser/", import.meta.url);
const load = (name) => import(new URL(name, folder));
const [{ readJson, canonicalJson }, { library }, seals, { judge, verdict }] = await Promise.all(
  ["json.js", "contexts.js", "seals.js", "walk.js"].map(load),
);

const tried = async (act) => {
  try {
    return { is: await act() };
  } catch (error) {
    return { refused: error.constructor.name, why: error.message };
  }
};

const { contexts, cases } = JSON.parse(readFileSync(0, "utf8"));
const known = await library(contexts);
const answers = [];
for (const { document, material, now, wants } of cases) {
  if (wants === "canonical") {
    answers.push(await tried(() => seals.canonical(readJson(document), known)));
  } else if (wants === "json") {
    answers.push(await tried(() => canonicalJson(readJson(document))));
  } else {
    answers.push(
      await tried(async () => {
        const read = (text) => (text === null ? null : readJson(text));
        const lists = new Map(Object.entries(material.lists).map(([url, text]) => [url, readJson(text)]));
        const finding = material.finding;
        const checks = await judge(readJson(document), {
          library: known,
          did: read(material.did),
          history: null,
          lists,
          versions: new Map(),
          receipt: material.receipt === null ? null : seals.readReceipt(readJson(material.receipt)),
          finding: () => finding,
          confirmations: material.confirmations,
        }, now);
        return { checks, verdict: verdict(checks) };
      }),
    );
  }
}
process.stdout.write(JSON.stringify(answers));
