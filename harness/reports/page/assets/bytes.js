// Reads the packed blocks of the page: base64 of raw deflate (blocks.py writes them).

export async function blockText(id) {
  return inflated(id).text();
}

export async function blockJson(id) {
  return JSON.parse(await blockText(id));
}

export async function blockBytes(id) {
  return inflated(id).arrayBuffer();
}

function inflated(id) {
  const bytes = fromBase64(document.getElementById(id).textContent);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream);
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
