/** Pieces of sound on the clock of Web Audio. */

/** @typedef {import("./track.js").Piece} Piece */

/**
 * The place of the first sample that is heard from a moment on.
 * @param {number} seconds
 * @param {number} rate samples a second
 */
export function firstPlace(seconds, rate) {
  return Math.ceil(seconds * rate - 1e-6);
}

/**
 * A piece on a clock, to the sample. Of one that comes late, what still has its time.
 * @param {Piece} piece
 * @param {BaseAudioContext} context
 * @param {AudioNode} output
 * @param {number} begun the clock's time at which a moment of the video is heard
 * @param {number} seconds this moment
 * @returns {AudioBufferSourceNode | null} null if its time has passed
 */
export function placed({ start, rate, channels }, context, output, begun, seconds) {
  const buffer = context.createBuffer(channels.length, channels[0].length, rate);
  for (const [number, samples] of channels.entries()) buffer.copyToChannel(samples, number);
  const source = new AudioBufferSourceNode(context, { buffer });
  const when = begun + (start - firstPlace(seconds, rate)) / rate, late = context.currentTime - when;
  if (late >= buffer.duration) return null;
  source.connect(output);
  if (late > 0) source.start(0, late);
  else source.start(when);
  return source;
}

/**
 * What would be heard of pieces, without a loudspeaker.
 * @param {Piece[]} pieces
 * @param {number} rate samples a second
 * @param {number} seconds the moment of the video at which it begins
 * @param {number} length of it, in seconds
 * @returns {Promise<Float32Array[]>} the samples of each channel
 */
export async function rendered(pieces, rate, seconds, length) {
  const numChannels = Math.max(1, ...pieces.map(({ channels }) => channels.length));
  const context = new OfflineAudioContext(numChannels, Math.ceil(length * rate), rate);
  for (const piece of pieces) placed(piece, context, context.destination, 0, seconds);
  const buffer = await context.startRendering();
  return Array.from({ length: numChannels }, (_, number) => buffer.getChannelData(number));
}
