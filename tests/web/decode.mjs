/**
 * Decodes streams with the page's modules: prints the CRC-32 of each plane of each frame, as JSON, or the
 * error; and the time of the wall and of the processors that it took.
 *
 * node has no decoder of H.264 and AV1; what is in them is refused here, and tested in a browser.
 */
import { readFileSync } from "node:fs";
import { blobSource } from "../../web/container/byte_source.js";
import { crc32 } from "../../web/container/crc32.js";
import { SeekingReader } from "../../web/container/index.js";
import { Machine } from "../../web/native/machine.js";
import { Shipped } from "../../web/networks/shipped.js";
import { bytesOf } from "../../web/tracks/checksums.js";
import { Receiver } from "../../web/tracks/receiver.js";
import { describe } from "../../web/video/description.js";

const built = process.argv[2];
const module = new WebAssembly.Module(readFileSync(`${built}/gvc.wasm`));
const shipped = new Shipped(async (path) => {
  try {
    return readFileSync(`${built}/${path}`);
  } catch {
    return null;
  }
});

/** @param {string} path */
async function decoded(path) {
  const reader = await SeekingReader.open(blobSource(new Blob([readFileSync(path)])));
  const description = describe(reader.header);
  const machine = new Machine(module);
  const receiver = await Receiver.of(machine, description, reader.networks, shipped, true);
  const frames = [], { top } = machine;
  for (const number of reader.segments.keys()) {
    const segment = await reader.read(number);
    await receiver.prepare(segment, (network) => reader.update(number, network));
    for await (const coded of receiver.pictures(segment)) {
      const { luma, chroma, alpha } = description.recoding === null ? coded : description.recoding.restored(coded);
      frames.push([luma, ...(chroma ?? []), ...(alpha ? [alpha] : [])].map((plane) => crc32(bytesOf(plane))));
    }
    if (machine.top !== top) throw new Error("memory of a segment was not given back");
  }
  return { frames };
}

const found = {};
for (const path of readFileSync(0, "utf-8").split("\n").filter(Boolean)) {
  const begin = performance.now(), used = process.cpuUsage();
  try {
    found[path] = await decoded(path);
  } catch (error) {
    found[path] = { error: error.name, message: error.message, stack: error.stack };
  }
  found[path].seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(used);
  found[path].processorSeconds = (user + system) / 1e6;
}
console.log(JSON.stringify(found));
