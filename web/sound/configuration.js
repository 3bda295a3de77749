/** What the browser's decoder of sound (WebCodecs) must be told of a track, found in the header's record of it. */
import { isPcm } from "./pcm.js";
import { numChannels } from "./layouts.js";

const MOST_RATE = 768000; // as in codec/video/copy_streams.py
const STREAMINFO_BYTES = 34;
const OPUS_RATE = 48000;
const PRE_SKIP = 10; // place in OpusHead (RFC 7845, 5.1)

/**
 * How a track is decoded.
 * @typedef {object} Coding
 * @property {string} codec FFmpeg's name
 * @property {string} layout FFmpeg's name
 * @property {number} rate samples a second
 * @property {AudioDecoderConfig | null} config null for PCM, which the page decodes
 */

/**
 * The name of each codec, and what comes with it.
 * @type {Record<string, (extradata: Uint8Array) => Partial<AudioDecoderConfig>>}
 */
const CODECS = {
  aac: (extradata) => ({ codec: `mp4a.40.${aacObjectType(extradata)}`, ...described(extradata) }),
  opus: (extradata) => ({ codec: "opus", sampleRate: OPUS_RATE, ...described(withoutPreSkip(extradata)) }),
  flac: (extradata) => ({ codec: "flac", description: flacHeader(extradata) }),
  mp3: () => ({ codec: "mp3" }),
  vorbis: (extradata) => ({ codec: "vorbis", description: extradata }),
};

/**
 * How a track is decoded, or why it is not.
 * @param {any} stream its record
 * @returns {Promise<Coding | string>} a string is the reason
 */
export async function codingOf(stream) {
  const { codec, channelLayout, sampleRate } = stream;
  const channels = numChannels(channelLayout);
  if (!(sampleRate > 0 && sampleRate <= MOST_RATE)) return `states a rate of ${sampleRate} samples a second`;
  const coding = { codec, layout: channelLayout, rate: sampleRate };
  if (isPcm(codec)) {
    return channels ? { ...coding, config: null } : `has channels of an unknown layout, ${channelLayout}`;
  }
  if (!Object.hasOwn(CODECS, codec)) return `is ${codec}, which browsers do not decode`;
  if (typeof AudioDecoder === "undefined") return `is ${codec}, and this browser has no decoder of sound (WebCodecs)`;
  const config = { sampleRate, numberOfChannels: channels || 2, ...CODECS[codec](stream.extradata) };
  const own = /** @type {AudioDecoderConfig} */ (config);
  try {
    if ((await AudioDecoder.isConfigSupported(own)).supported) return { ...coding, rate: own.sampleRate, config: own };
  } catch {
    // A configuration that is none: the same line.
  }
  return `is ${codec} (${own.codec}), which this browser does not decode`;
}

/** @param {Uint8Array} extradata */
function described(extradata) {
  return extradata.length ? { description: extradata } : {};
}

/**
 * ISO/IEC 14496-3, 1.6.2.1. Without a configuration each packet has an ADTS header, which says more.
 * @param {Uint8Array} extradata an AudioSpecificConfig
 */
function aacObjectType(extradata) {
  if (extradata.length < 2) return 2;
  const type = extradata[0] >> 3;
  return type === 31 ? 32 + ((extradata[0] & 7) << 3) + (extradata[1] >> 5) : type;
}

/**
 * Decoders leave out the samples before the start, wherever they begin; here the times of packets do it.
 * @param {Uint8Array} extradata an OpusHead
 */
function withoutPreSkip(extradata) {
  const own = extradata.slice();
  own.fill(0, PRE_SKIP, PRE_SKIP + 2);
  return own;
}

/** @param {Uint8Array} extradata STREAMINFO alone, or a FLAC file's header */
function flacHeader(extradata) {
  if (extradata.length !== STREAMINFO_BYTES) return extradata;
  return new Uint8Array([...new TextEncoder().encode("fLaC"), 0x80, 0, 0, STREAMINFO_BYTES, ...extradata]);
}
