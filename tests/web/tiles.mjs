/**
 * Layers 3x3 of random sizes, computed by tiles of each kind and without tiles: prints, as JSON, how many were computed by
 * each kind, and those that differ.
 *
 * Inputs and weights are often the largest ones that a kind takes, and of one sign, where sums in it are largest.
 */
import { readFileSync } from "node:fs";
import { Convolutions, Padded, TILE_KINDS } from "../../web/native/convolution.js";
import { Machine } from "../../web/native/machine.js";
import { numbers } from "../../web/native/made_up.js";

const CASES = 400, SUM_LIMIT = 2 ** 23;
const machine = new Machine(new WebAssembly.Module(readFileSync(process.argv[2])));

/** Random whole numbers, one after the other. */
function* drawn() {
  for (let seed = 1000; ; seed++) yield* numbers(1000, 0, 2 ** 30, seed);
}
const source = drawn();

/** @param {number} low @param {number} high */
function between(low, high) {
  return low + (source.next().value % (high - low + 1));
}

/** Values of any size; or the largest ones, of the signs of a pattern. @param {number} count @param {number} low @param {number} high */
function values(count, low, high) {
  const seed = between(0, 1e6);
  const any = numbers(count, low, high, seed), period = between(1, 40);
  const style = between(0, 3);
  if (style === 0) return any;
  return any.map((value, k) => (style === 1 ? high : style === 2 ? low : (k / period) & 1 ? low : high));
}

/** @param {Convolutions} network @param {Int32Array[]} parts @param {number[]} channels @param {number[]} size @param {number} outputs */
function computed(network, parts, channels, [height, width], outputs) {
  const pictures = parts.map((part, k) => {
    const picture = new Padded(machine, height, width, channels[k], network.margin);
    for (let pixel = 0; pixel < height * width; pixel++) {
      const row = Math.floor(pixel / width), column = pixel % width;
      const place = picture.first + 2 * (row * picture.rowStride + column * picture.channels);
      machine.i16(place, channels[k]).set(part.subarray(pixel * channels[k], (pixel + 1) * channels[k]));
    }
    return picture;
  });
  const results = new Padded(machine, height, width, outputs, 1);
  network.run(pictures, results);
  return machine.i16(results.first - 2 * (results.rowStride + results.channels), (height + 2) * results.rowStride).slice();
}

const counts = /** @type {Record<string, number>} */ ({}), wrong = [];
for (let number = 0; number < CASES; number++) {
  const kind = TILE_KINDS[between(0, TILE_KINDS.length - 1)];
  const size = [between(1, 14), between(1, 45)];
  const channels = Array.from({ length: between(1, 2) }, () => between(1, 34));
  const hasSign = channels.map(() => between(0, 1) === 1), outputs = between(1, 20);
  const limit = machine.call("gvc_tile_input_max", "ii", kind, between(0, 1));
  const sum = channels.reduce((a, b) => a + b, 0);
  const weight = Math.max(1, Math.min(Math.floor(SUM_LIMIT / (9 * sum * limit)), 600));
  const most = Math.min(limit, Math.floor(SUM_LIMIT / (9 * sum * weight)));
  const minimum = -between(0, 32767), maximum = between(0, 32767);
  const layer = {
    shape: [3, 3, sum, outputs], kernel: values(9 * sum * outputs, -weight, weight),
    bias: values(outputs, -(2 ** 22), 2 ** 22), shift: between(0, 13), minimum, maximum,
  };
  const parts = channels.map((count, k) => values(size[0] * size[1] * count, hasSign[k] ? -most : 0, most));
  machine.scratch(() => {
    const inputs = { channels, hasSign, most };
    const tiles = new Convolutions(machine, [layer], inputs, [kind]), plain = new Convolutions(machine, [layer], inputs, []);
    const used = tiles.layers[0].kind;
    counts[String(used)] = (counts[String(used)] ?? 0) + 1;
    const found = computed(tiles, parts, channels, size, outputs);
    const expected = computed(plain, parts, channels, size, outputs);
    if (found.some((value, k) => value !== expected[k])) wrong.push({ number, used, size, channels, hasSign, most, weight });
  });
}
console.log(JSON.stringify({ counts, wrong }));
