/** What the page's modules make of PCM, of layouts and of times: reads questions, and prints the answers, as JSON. */
import { readFileSync } from "node:fs";
import { codingOf } from "../../web/sound/configuration.js";
import { mixed, numChannels } from "../../web/sound/layouts.js";
import { pcmSlices } from "../../web/sound/pcm.js";
import { Timeline } from "../../web/sound/timeline.js";

/** A browser that takes what it is asked for, and says it. @type {any[]} */
const asked = [];
globalThis.AudioDecoder = /** @type {any} */ ({
  isConfigSupported: async (/** @type {any} */ config) => {
    asked.push({ ...config, description: config.description && [...config.description] });
    return { supported: true };
  },
});

const { pcm, layouts, mixes, times, tracks } = JSON.parse(readFileSync(0, "utf-8"));
const channelsOf = (/** @type {any} */ { codec, numChannels: count, data }) => {
  const slices = [...pcmSlices(codec, count, new Uint8Array(data))];
  return Array.from({ length: count }, (_, channel) => slices.flatMap((slice) => [...slice[channel]]));
};
const placesOf = (/** @type {any} */ { rate, packets }) => {
  const timeline = new Timeline(rate);
  return packets.map((/** @type {any} */ [seconds, count]) => timeline.place(seconds, count));
};
const codings = [];
for (const track of tracks) {
  const coding = await codingOf({ ...track, extradata: new Uint8Array(track.extradata) });
  codings.push(typeof coding === "string" ? coding : { rate: coding.rate, config: coding.config && asked.at(-1) });
}
console.log(JSON.stringify({
  pcm: pcm.map(channelsOf), layouts: layouts.map(numChannels), times: times.map(placesOf), codings,
  mixes: mixes.map((/** @type {any} */ { channels, layout }) => (
    mixed(channels.map((/** @type {number[]} */ own) => new Float32Array(own)), layout).map((own) => [...own]))),
}));
