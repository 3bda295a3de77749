/** Channels: which ones a layout of FFmpeg has, and how they become those of Web Audio (mono, stereo, quad, 5.1). */

/** @type {Record<string, string>} */
const LAYOUTS = {
  mono: "FC", stereo: "FL FR", downmix: "FL FR", "2.1": "FL FR LFE", "3.0": "FL FR FC", "3.0(back)": "FL FR BC",
  "4.0": "FL FR FC BC", quad: "FL FR BL BR", "quad(side)": "FL FR SL SR", "3.1": "FL FR FC LFE",
  "5.0": "FL FR FC BL BR", "5.0(side)": "FL FR FC SL SR", "4.1": "FL FR FC LFE BC", "5.1": "FL FR FC LFE BL BR",
  "5.1(side)": "FL FR FC LFE SL SR", "6.0": "FL FR FC BC SL SR", "6.1": "FL FR FC LFE BC SL SR",
  "7.0": "FL FR FC BL BR SL SR", "7.1": "FL FR FC LFE BL BR SL SR",
};
/** Layouts of decoders, whose outputs state the number of channels alone. */
const USUAL = ["", "mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"];
const MOST_CHANNELS = 64;
const HALF_POWER = Math.SQRT1_2;
/** Where a channel goes in 5.1, and how loud. @type {Record<string, [number, number][]>} */
const PLACES = {
  FL: [[0, 1]], FR: [[1, 1]], FC: [[2, 1]], LFE: [[3, 1]], BL: [[4, 1]], BR: [[5, 1]], SL: [[4, 1]], SR: [[5, 1]],
  BC: [[4, HALF_POWER], [5, HALF_POWER]],
};

/**
 * How many channels a layout has; 0 if it is none.
 * @param {string} layout
 */
export function numChannels(layout) {
  if (Object.hasOwn(LAYOUTS, layout)) return LAYOUTS[layout].split(" ").length;
  const count = Number(/^(\d{1,2}) channels$/.exec(layout)?.[1] ?? 0);
  return count <= MOST_CHANNELS ? count : 0;
}

/**
 * Channels as Web Audio takes them.
 * @param {Float32Array<ArrayBuffer>[]} channels as decoded
 * @param {string} layout FFmpeg's name; another one if that has not as many channels
 * @returns {Float32Array<ArrayBuffer>[]} one, two, four or six
 */
export function mixed(channels, layout) {
  const count = channels.length;
  const own = numChannels(layout) === count && Object.hasOwn(LAYOUTS, layout) ? layout : USUAL[count];
  const names = own ? LAYOUTS[own].split(" ") : [];
  if (count === 1 || count === 2 || own?.startsWith("quad")) return channels;
  if (!names.length) return channels.slice(0, 2); // nobody says what the others are
  const backs = names.filter((name) => /^[BS][LR]$/.test(name)).length;
  return [0, 1, 2, 3, 4, 5].map((place) => {
    const sum = new Float32Array(channels[0].length);
    for (const [number, name] of names.entries()) {
      for (const [to, share] of PLACES[name]) {
        if (to !== place) continue;
        const volume = share * (place > 3 && backs > 2 ? HALF_POWER : 1);
        for (let k = 0; k < sum.length; k++) sum[k] += volume * channels[number][k];
      }
    }
    return sum;
  });
}
