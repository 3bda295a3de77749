/**
 * The gray of a segment decoded by another worker than its color: what one sends the other through a port.
 *
 * Where there is one segment alone to decode, two workers share it: the gray of a picture needs the gray before it, and
 * its color needs that gray, so that the gray is decoded while the picture before gets its color.
 */
import { packError, unpackError } from "../container/errors.js";

/** @typedef {import("../video/picture.js").Picture} Picture */

const AHEAD = 8; // pictures that may wait in the port

/**
 * Send the gray of a segment.
 * @param {AsyncGenerator<Picture>} grays
 * @param {MessagePort} port
 * @param {() => Promise<unknown>} tick lets messages in
 */
export async function sendGrays(grays, port, tick) {
  let room = AHEAD, isClosed = false, wake = () => {};
  port.onmessage = ({ data }) => {
    if (data === "close") isClosed = true;
    else room += 1;
    wake();
  };
  try {
    for await (const { luma } of grays) {
      await tick();
      while (!room && !isClosed) await new Promise((resolve) => { wake = () => resolve(undefined); });
      if (isClosed) return;
      room -= 1;
      port.postMessage({ luma });
    }
    port.postMessage({ isEnd: true });
  } catch (error) {
    port.postMessage({ error: packError(error) });
  } finally {
    port.onmessage = null;
  }
}

/**
 * The gray of a segment, as another worker sends it. Who gave the port says "close" in the end, and closes it.
 * @param {MessagePort} port
 * @returns {AsyncGenerator<Picture>}
 */
export async function* receivedGrays(port) {
  /** @type {any[]} */
  const waiting = [];
  let wake = () => {};
  port.onmessage = ({ data }) => {
    waiting.push(data);
    wake();
  };
  for (;;) {
    while (!waiting.length) await new Promise((resolve) => { wake = () => resolve(undefined); });
    const { luma, isEnd, error } = waiting.shift();
    if (error) throw unpackError(error);
    if (isEnd) return;
    port.postMessage("more");
    yield { luma, chroma: null, alpha: null };
  }
}
