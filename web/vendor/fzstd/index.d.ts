/** What the page uses of fzstd. */
export function decompress(data: Uint8Array, output?: Uint8Array): Uint8Array;
