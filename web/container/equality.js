/** Whether two records say the same: as Python compares them. */
import { RECORDS } from "../generated/tables.js";

/**
 * @param {string} name of both records
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
export function sameRecord(name, one, other) {
  return RECORDS[name].every((field) => sameValue(field.kind, one[field.name], other[field.name]));
}

/**
 * @param {any} kind as the declaration has it
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
function sameValue(kind, one, other) {
  if (one === null || other === null) return one === other;
  switch (kind.type) {
    case "optional": return sameValue(kind.of, one, other);
    case "record": return sameRecord(kind.record, one, other);
    case "ratio": // 2/4 is 1/2
      return BigInt(one[0]) * BigInt(other[1]) === BigInt(other[0]) * BigInt(one[1]);
    case "bytes":
      return one.length === other.length
        && one.every((/** @type {number} */ byte, /** @type {number} */ k) => byte === other[k]);
    case "list":
      return one.length === other.length
        && one.every((/** @type {any} */ item, /** @type {number} */ k) => sameValue(kind.of, item, other[k]));
    case "map": {
      const names = Object.keys(one);
      return names.length === Object.keys(other).length
        && names.every((own) => Object.hasOwn(other, own) && sameValue(kind.of, one[own], other[own]));
    }
    default: return one === other;
  }
}
