// Checks the index of the vectors against its own schema, and a JSON Schema of the request files against the vectors.
//
//     npm install ajv && node vecteurs/verifier.mjs [SCHEMA.json]
//
// ajv is looked for in the current folder. Without SCHEMA.json: the schema of this source tree. Exit 0 when all agree.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const Ajv2020 = createRequire(join(process.cwd(), "x.js"))("ajv/dist/2020.js");
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const compile = (schema) => new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);

const index = readJson(join(here, "index.json"));
const validIndex = compile(readJson(join(here, "index.schema.json")));
if (!validIndex(index)) {
  console.error("index.json does not follow index.schema.json:", validIndex.errors);
  process.exit(1);
}

const schemaPath = process.argv[2] ?? join(here, "../segur_pha/vagues/va1/PHA-LGO-Va1.schema.json");
const valid = new Ajv2020({ strict: true }).compile(readJson(schemaPath));

// TextDecoder takes a byte order mark away and, when fatal, refuses what is not UTF-8.
const answer = (bytes) => {
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return "sans-objet";
  }
  return valid(value) ? "accepte" : "refuse";
};

const judged = index.vecteurs.filter((vector) => vector.genre === "demandes");
const wrong = judged.flatMap(({ id, fichier, schema }) => {
  // muet: a fault that no schema can say.
  const expected = schema === "muet" ? "accepte" : schema;
  const got = answer(readFileSync(join(here, fichier)));
  return got === expected ? [] : [`${id}: expected ${expected}, got ${got}`];
});
wrong.forEach((line) => console.error(line));
const silent = judged.filter((vector) => vector.schema === "muet").length;
console.log(`${judged.length - wrong.length} of ${judged.length} vectors agree; ${silent} show what a schema cannot say.`);
process.exit(wrong.length ? 1 : 0);
