// Judges documents with ajv in strict mode: a schema and a list of JSON texts come in, a list of verdicts goes out.
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";

const { schema, documents } = JSON.parse(readFileSync(0, "utf8"));
const validate = new Ajv2020({ strict: true }).compile(schema);
process.stdout.write(JSON.stringify(documents.map((text) => validate(JSON.parse(text)))));
