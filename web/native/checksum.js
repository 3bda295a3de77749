/** CRC-32 in the C library: src/checksum.c. For pictures; what a parser needs before there is a library is in container/. */
import { TABLES } from "../container/crc32.js";

/** @typedef {import("./machine.js").Machine} Machine */

const VALUES = 256;

/** A checksum that goes on from plane to plane. */
export class RunningCrc32 {
  /** @param {Machine} machine keeps the tables */
  constructor(machine) {
    this.machine = machine;
    const all = new Uint32Array(TABLES.length * VALUES);
    TABLES.forEach((table, k) => all.set(table, k * VALUES));
    this.tables = machine.put(all);
    this.value = 0;
  }

  /** @param {Uint8Array} bytes */
  add(bytes) {
    const { machine } = this;
    this.value = machine.scratch(() => machine.call(
      "gvc_crc32", "piip", machine.put(bytes), bytes.length, this.value, this.tables)) >>> 0;
  }
}
