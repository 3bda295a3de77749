/** Arrays from the files with weights that gvc ships: NumPy's .npz, a zip of .npy. */

const END_OF_DIRECTORY = 0x06054b50, ENTRY = 0x02014b50;
const END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30;
const TYPES = /** @type {Record<string, any>} */ ({
  "|i1": Int8Array, "<i2": Int16Array, "<i4": Int32Array, "<i8": BigInt64Array,
});

/**
 * All arrays of a file of this program's own, as whole numbers in C order.
 * @param {Uint8Array} data
 * @returns {Promise<Record<string, Int32Array>>}
 */
export async function readNpz(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = data.length - END_BYTES;
  if (end < 0 || view.getUint32(end, true) !== END_OF_DIRECTORY) throw new Error("expected a zip file of weights");
  /** @type {Record<string, Int32Array>} */
  const arrays = {};
  let place = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count--) {
    if (view.getUint32(place, true) !== ENTRY) throw new Error("expected an entry of a zip file");
    const method = view.getUint16(place + 10, true), size = view.getUint32(place + 20, true);
    const nameBytes = view.getUint16(place + 28, true);
    const name = new TextDecoder().decode(data.subarray(place + ENTRY_BYTES, place + ENTRY_BYTES + nameBytes));
    const local = view.getUint32(place + 42, true);
    const start = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = data.slice(start, start + size);
    arrays[name.replace(/\.npy$/, "")] = readNpy(method === 0 ? packed : await inflated(packed));
    place += ENTRY_BYTES + nameBytes + view.getUint16(place + 30, true) + view.getUint16(place + 32, true);
  }
  return arrays;
}

/** @param {Uint8Array<ArrayBuffer>} packed */
async function inflated(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {Uint8Array} data
 * @returns {Int32Array}
 */
function readNpy(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const isLong = data[6] > 1;
  const begin = (isLong ? 12 : 10) + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder("latin1").decode(data.subarray(10, begin));
  const type = /'descr': *'([^']+)'/.exec(header)?.[1] ?? "";
  if (!Object.hasOwn(TYPES, type) || /'fortran_order': *True/.test(header)) {
    throw new Error(`expected whole numbers in C order in a file of weights. Received: ${header.trim()}`);
  }
  return Int32Array.from(new TYPES[type](data.slice(begin).buffer), Number);
}
