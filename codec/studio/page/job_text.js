// What is said of a job in words.

export const KINDS = { encode: "Encode", decode: "Decode", frames: "Frames of", keyframes: "Keyframes of", recolor: "Recolor" };

// The mode, the network and the options that were given.
export const howOf = (job) => [job.color, job.network, job.options].filter(Boolean).join(", ");

// What it is called where its label, the video's name, is known.
export const nameOf = (job) => [`${KINDS[job.kind]}:`, howOf(job)].join(" ");

// The bytes of a stream, by part; nothing for what is no stream.
export function bytesLine(job) {
  const { rows } = job.result;
  if (!rows) return "";
  const total = rows.findIndex(([part]) => part === "total"); // sums and comparisons follow
  const parts = rows.slice(0, total);
  return `${rows[total][1]} bytes: ${parts.map(([part, count]) => `${part} ${count}`).join(", ")}`;
}

// The color error of a picture, as the job that decoded it has measured it.
export function figuresOf(quality) {
  if (!quality) return "The original has no color to compare with.";
  const psnr = quality.chroma_exact ? "no error" : `${quality.psnr_chroma_db.toFixed(2)} dB`;
  return `CIEDE2000 mean ${quality.ciede2000_mean.toFixed(2)}, 95th percentile ${quality.ciede2000_p95.toFixed(2)}; chroma PSNR ${psnr}`;
}
