/** The weights that gvc ships, fetched when a stream names them. */
import { UnsupportedError } from "../container/errors.js";
import { readNpz } from "./npz.js";

/** @typedef {(path: string) => Promise<Uint8Array | null>} Fetch gives null where there is no such file */
/** @typedef {Record<string, Int32Array>} Arrays */

const MOST_DIGITS = 2; // of the names of files; a larger number has none

export class Shipped {
  /** @param {Fetch} fetchFile of a path below the folder with what was built */
  constructor(fetchFile) {
    this.fetchFile = fetchFile;
    /** @type {Map<string, Promise<Arrays | null>>} */
    this.found = new Map();
  }

  /**
   * A base network of `compact`.
   * @param {number} number
   */
  async base(number) {
    return await this.file("bases", number) ?? fail(`unknown base network ${number}`);
  }

  /**
   * A predictor of samples.
   * @param {number} number
   */
  async predictor(number) {
    return await this.file("predictors", number) ?? fail(`unknown predictor ${number}`);
  }

  /**
   * @param {string} folder
   * @param {number} number
   */
  file(folder, number) {
    const name = String(number).padStart(MOST_DIGITS, "0"), path = `${folder}/${name}.npz`;
    if (name.length > MOST_DIGITS || number < 0) return Promise.resolve(null);
    let promise = this.found.get(path);
    if (!promise) {
      promise = this.fetchFile(path).then((data) => (data === null ? null : readNpz(data)));
      this.found.set(path, promise);
    }
    return promise;
  }
}

/**
 * @param {string} what
 * @returns {never}
 */
function fail(what) {
  throw new UnsupportedError(`the stream needs a newer gvc: ${what}`);
}
