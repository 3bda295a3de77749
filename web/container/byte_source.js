/** Bytes of a file that was dropped, or of one that a server gives in ranges. */
import { TruncatedError } from "./errors.js";

/**
 * Something to read from at any place.
 * @typedef {object} ByteSource
 * @property {number} size in bytes
 * @property {(start: number, stop: number) => Promise<Uint8Array>} read gives fewer bytes where the file ends
 */

/**
 * @param {Blob} blob
 * @returns {ByteSource}
 */
export function blobSource(blob) {
  return {
    size: blob.size,
    read: async (start, stop) => new Uint8Array(await blob.slice(start, stop).arrayBuffer()),
  };
}

/**
 * A file behind an address of this page's own server. It is read in ranges; of a server that gives none, whole.
 * @param {string} address
 * @returns {Promise<ByteSource>}
 * @throws {TruncatedError} the server does not give it
 */
export async function urlSource(address) {
  const answer = await fetch(address, { headers: { Range: "bytes=0-0" }, cache: "no-store" });
  if (!answer.ok) throw new TruncatedError(`expected a file at ${address}. Received: HTTP status ${answer.status}`);
  const total = /\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "");
  if (answer.status !== 206 || !total) return blobSource(await answer.blob());
  await answer.arrayBuffer();
  return { size: Number(total[1]), read: (start, stop) => readRange(address, start, stop) };
}

/**
 * @param {string} address
 * @param {number} start
 * @param {number} stop
 */
async function readRange(address, start, stop) {
  if (stop <= start) return new Uint8Array(0);
  const answer = await fetch(address, { headers: { Range: `bytes=${start}-${stop - 1}` }, cache: "no-store" });
  if (answer.status === 416) return new Uint8Array(0);
  if (answer.status !== 206) {
    throw new TruncatedError(`expected bytes ${start} to ${stop} of ${address}. Received: HTTP status ${answer.status}`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}
