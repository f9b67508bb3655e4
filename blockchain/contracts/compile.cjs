// Compile AnchorRegistry.sol into AnchorRegistry.json, the file that is committed and deployed.
//
//     npm ci && npm run compile      write the artefact
//     npm ci && npm run check        exit 1 if the committed artefact is not what the source compiles to
//
// The registry's address on every chain is a function of these bytes. The metadata hash is therefore left out, the
// compiler is pinned by the lock file, and the EVM version is old enough (paris) to run wherever an EVM runs.

const fs = require("node:fs");
const path = require("node:path");
const solc = require("solc");

const SOURCE = "AnchorRegistry.sol";
const ARTEFACT = path.join(__dirname, "AnchorRegistry.json");
const settings = {
  evmVersion: "paris",
  optimizer: { enabled: true, runs: 1000000 },
  metadata: { bytecodeHash: "none", appendCBOR: false },
};

const output = JSON.parse(
  solc.compile(
    JSON.stringify({
      language: "Solidity",
      sources: { [SOURCE]: { content: fs.readFileSync(path.join(__dirname, SOURCE), "utf8") } },
      settings: {
        ...settings,
        outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
      },
    }),
  ),
);
const errors = (output.errors ?? []).filter((error) => error.severity !== "info");
if (errors.length > 0) {
  console.error(errors.map((error) => error.formattedMessage).join("\n"));
  process.exit(1);
}

const { AnchorRegistry, IAnchorRegistry } = output.contracts[SOURCE];
const text =
  JSON.stringify(
    {
      contract: "AnchorRegistry",
      source: SOURCE,
      solc: solc.version(),
      settings,
      abi: IAnchorRegistry.abi,
      bytecode: "0x" + AnchorRegistry.evm.bytecode.object,
      runtime: "0x" + AnchorRegistry.evm.deployedBytecode.object,
    },
    null,
    2,
  ) + "\n";

if (process.argv.includes("--check")) {
  if (fs.readFileSync(ARTEFACT, "utf8") !== text) {
    console.error(`${path.basename(ARTEFACT)} is not what ${SOURCE} compiles to.`);
    process.exit(1);
  }
} else {
  fs.writeFileSync(ARTEFACT, text);
  console.log(`${AnchorRegistry.evm.deployedBytecode.object.length / 2} bytes, solc ${solc.version()}`);
}
