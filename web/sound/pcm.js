/** Sound that is not compressed, or by G.711 alone: decoded here, slice by slice. */

const SLICE_FRAMES = 2 ** 14;

/** @typedef {(view: DataView, place: number) => number} Sample */

/** How many bytes a sample has, and what it is from -1 to 1. @type {Record<string, [number, Sample]>} */
const SAMPLES = {
  pcm_u8: [1, (view, place) => (view.getUint8(place) - 128) / 2 ** 7],
  pcm_s16le: [2, (view, place) => view.getInt16(place, true) / 2 ** 15],
  pcm_s16be: [2, (view, place) => view.getInt16(place) / 2 ** 15],
  pcm_s24le: [3, (view, place) => (view.getUint16(place, true) + view.getInt8(place + 2) * 2 ** 16) / 2 ** 23],
  pcm_s24be: [3, (view, place) => (view.getInt8(place) * 2 ** 16 + view.getUint16(place + 1)) / 2 ** 23],
  pcm_s32le: [4, (view, place) => view.getInt32(place, true) / 2 ** 31],
  pcm_s32be: [4, (view, place) => view.getInt32(place) / 2 ** 31],
  pcm_f32le: [4, (view, place) => finite(view.getFloat32(place, true))],
  pcm_f32be: [4, (view, place) => finite(view.getFloat32(place))],
  pcm_f64le: [8, (view, place) => finite(view.getFloat64(place, true))],
  pcm_f64be: [8, (view, place) => finite(view.getFloat64(place))],
  pcm_alaw: [1, (view, place) => ofALaw(view.getUint8(place)) / 2 ** 15],
  pcm_mulaw: [1, (view, place) => ofMuLaw(view.getUint8(place)) / 2 ** 15],
};

/** @param {string} codec FFmpeg's name @returns {boolean} */
export function isPcm(codec) {
  return Object.hasOwn(SAMPLES, codec);
}

/**
 * The channels of a packet, a slice at a time. What does not fill a sample of each channel is left out.
 * @param {string} codec FFmpeg's name
 * @param {number} numChannels
 * @param {Uint8Array} data
 * @returns {Generator<Float32Array<ArrayBuffer>[]>} as many samples of each channel
 */
export function* pcmSlices(codec, numChannels, data) {
  const [bytes, sample] = SAMPLES[codec];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const frames = Math.floor(data.length / (bytes * numChannels));
  for (let first = 0; first < frames; first += SLICE_FRAMES) {
    const count = Math.min(SLICE_FRAMES, frames - first);
    yield Array.from({ length: numChannels }, (_, channel) => {
      const samples = new Float32Array(count);
      for (let k = 0; k < count; k++) samples[k] = sample(view, ((first + k) * numChannels + channel) * bytes);
      return samples;
    });
  }
}

/** @param {number} value */
function finite(value) {
  return Number.isFinite(value) ? value : 0;
}

/** ITU-T G.711, A-law. @param {number} code */
function ofALaw(code) {
  const own = code ^ 0x55, exponent = (own >> 4) & 7, mantissa = ((own & 15) << 4) + 8;
  const size = exponent ? (mantissa + 256) << (exponent - 1) : mantissa;
  return own & 128 ? size : -size;
}

/** ITU-T G.711, mu-law. @param {number} code */
function ofMuLaw(code) {
  const own = ~code & 255, size = ((((own & 15) << 3) + 132) << ((own >> 4) & 7)) - 132;
  return own & 128 ? -size : size;
}
