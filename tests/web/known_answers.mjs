/** Runs the known answers in wasm: prints a line of JSON, each kernel with what it gave and what it must give. */
import { readFileSync } from "node:fs";
import { Machine } from "../../web/native/machine.js";
import { KNOWN_ANSWERS } from "../../web/native/known_answers.js";

const machine = new Machine(new WebAssembly.Module(readFileSync(process.argv[2])));
const found = {};
for (const [name, { compute, crc32 }] of Object.entries(KNOWN_ANSWERS)) {
  found[name] = [machine.scratch(() => compute(machine)), crc32];
}
console.log(JSON.stringify(found));
