/** The names by which browsers know what is in a stream: RFC 6381, and the AV1 codec ISO media file format binding. */
import { StreamError } from "../container/errors.js";

const NAL_SPS = 7;
const OBU_SEQUENCE_HEADER = 1;

/**
 * The name of an H.264 stream (Annex B): profile, constraints and level of its first sequence parameter set.
 * @param {Uint8Array} packet the first one
 */
export function avcName(packet) {
  for (let k = 0; k + 6 < packet.length; k++) {
    if (packet[k] === 0 && packet[k + 1] === 0 && packet[k + 2] === 1 && (packet[k + 3] & 31) === NAL_SPS) {
      const name = [...packet.subarray(k + 4, k + 7)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return `avc1.${name.toUpperCase()}`;
    }
  }
  throw new StreamError("expected a sequence parameter set in the first H.264 packet. Received: none");
}

/**
 * The name of an AV1 stream: the profile of its sequence header; level and tier are not looked at by decoders.
 * @param {Uint8Array} packet the first one
 * @param {number} depth bits of a sample
 */
export function av1Name(packet, depth) {
  for (let place = 0; place < packet.length;) {
    const header = packet[place], kind = (header >> 3) & 15;
    let start = place + (header & 4 ? 2 : 1);
    let size = 0;
    for (let k = 0; k < 8 && start < packet.length; k++) {
      const byte = packet[start++];
      size += (byte & 127) * 2 ** (7 * k);
      if (byte < 128) break;
    }
    if (!(header & 2)) break; // an element without a size is none of this kind of stream
    if (kind === OBU_SEQUENCE_HEADER && start < packet.length) {
      return `av01.${packet[start] >> 5}.19M.${String(depth).padStart(2, "0")}`;
    }
    place = start + size;
  }
  throw new StreamError("expected a sequence header in the first AV1 packet. Received: none");
}
