/** Reads streams with the page's parser, front to back and by the index: prints what it says of each, as JSON. */
import { readFileSync } from "node:fs";
import { blobSource } from "../../web/container/byte_source.js";
import { SeekingReader } from "../../web/container/index.js";
import { StreamReader } from "../../web/container/reader.js";
import { describe } from "../../web/video/description.js";

/** @param {() => Promise<any>} action */
async function verdict(action) {
  try {
    return { found: await action() };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

/** @param {Blob} file */
async function inOrder(file) {
  const reader = await StreamReader.open(blobSource(file));
  let segments = 0;
  for await (const { record } of reader.records()) segments += record === "SegmentRecord" ? 1 : 0;
  return { segments, frames: reader.numFrames, end: reader.end };
}

/** @param {Blob} file */
async function byIndex(file) {
  const reader = await SeekingReader.open(blobSource(file));
  const crcs = [], updates = [];
  for (const number of reader.segments.keys()) {
    const { lumaCrc32, network } = await reader.read(number);
    crcs.push(lumaCrc32);
    if (network) updates.push((await reader.update(number, network)).network.tensors.length);
  }
  return { frames: reader.numFrames, crcs, networks: reader.networks.length, hasIndex: reader.hasIndex, updates };
}

/** @param {Blob} file */
async function described(file) {
  const { width, height, format, codedFormat } = describe((await StreamReader.open(blobSource(file))).header);
  return { width, height, depth: format.depth, codedDepth: codedFormat.depth };
}

const verdicts = {};
for (const path of readFileSync(0, "utf-8").split("\n").filter(Boolean)) {
  const file = new Blob([readFileSync(path)]);
  verdicts[path] = {
    inOrder: await verdict(() => inOrder(file)), byIndex: await verdict(() => byIndex(file)),
    described: await verdict(() => described(file)),
  };
}
console.log(JSON.stringify(verdicts));
