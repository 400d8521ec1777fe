// Bundles the editor into one small script: `node build.mjs OUT`. The licences of what is in it stand at its head.

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const [out] = process.argv.slice(2);
if (!out) throw new Error("say where the script should go: node build.mjs OUT");

const { metafile, outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
});

/** The packages that something of is in the script. */
const packages = new Set(
  Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1])
    .filter(Boolean),
);

/** The packages by the words of their licence: most share them. */
const licences = new Map();
for (const name of [...packages].sort()) {
  const words = (await readFile(join(here, "node_modules", name, "LICENSE"), "utf8")).trim();
  licences.set(words, [...(licences.get(words) ?? []), name]);
}
const notice = [...licences].map(([words, names]) => `${names.join(", ")}:\n\n${words}`).join("\n\n");
if (notice.includes("*/")) throw new Error("a licence cannot stand in a comment");
await writeFile(out, `/*! Contains\n${notice}\n*/\n${outputFiles[0].text}`);
