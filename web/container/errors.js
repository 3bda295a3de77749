/**
 * The errors of a stream's bytes: the same tree as container_format/errors.py.
 *
 * The message is one line for a person: what was expected, and what was received.
 */

/** The bytes of a stream cannot be used. */
export class StreamError extends Error {
  /**
   * @param {string} message
   * @param {{segment?: number | null, byteOffset?: number | null}} [where] of the chunk that is at fault
   */
  constructor(message, where = {}) {
    super(message);
    this.name = new.target.name;
    /** @type {number | null} index of the segment at fault, counted from 0 */
    this.segment = where.segment ?? null;
    /** @type {number | null} where the chunk starts, in bytes from the start of the stream */
    this.byteOffset = where.byteOffset ?? null;
  }

  /**
   * The same kind of error, with the same place and another message.
   * @param {string} message
   * @returns {StreamError}
   */
  withMessage(message) {
    return new /** @type {typeof StreamError} */ (this.constructor)(message, this);
  }
}

/** The bytes do not start as a .gvc stream does. */
export class NotGvcError extends StreamError {}

/** A checksum, a length or a record does not hold: the bytes are not those that were written. */
export class DamagedError extends StreamError {}

/** The stream stops before its end chunk. */
export class TruncatedError extends DamagedError {}

/** The stream is sound, but needs something that this page does not have. */
export class UnsupportedError extends StreamError {}

/** A stated size is over the limit that a reader accepts. */
export class LimitError extends StreamError {}

const CLASSES = { StreamError, NotGvcError, DamagedError, TruncatedError, UnsupportedError, LimitError };

/**
 * An error as plain values, for a message between a worker and the page.
 * @param {unknown} error
 * @returns {{name: string, message: string, segment: number | null, byteOffset: number | null}}
 */
export function packError(error) {
  if (error instanceof StreamError) {
    return { name: error.name, message: error.message, segment: error.segment, byteOffset: error.byteOffset };
  }
  const message = error instanceof RangeError && /memory|allocation|array length/i.test(error.message)
    ? "expected pictures that fit into this browser's memory. Received: larger ones"
    : `the page failed: ${error instanceof Error ? error.message : String(error)}`;
  return { name: "StreamError", message, segment: null, byteOffset: null };
}

/**
 * The inverse of {@link packError}.
 * @param {{name: string, message: string, segment: number | null, byteOffset: number | null}} packed
 * @returns {StreamError}
 */
export function unpackError(packed) {
  const known = /** @type {Record<string, typeof StreamError>} */ (CLASSES)[packed.name] ?? StreamError;
  return new known(packed.message, packed);
}

/**
 * Give a stream error from inside its place, unless it has one already.
 * @template T
 * @param {{segment?: number | null, byteOffset?: number | null}} where
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function about(where, action) {
  try {
    return await action();
  } catch (error) {
    if (error instanceof StreamError) {
      error.segment ??= where.segment ?? null;
      error.byteOffset ??= where.byteOffset ?? null;
    }
    throw error;
  }
}
