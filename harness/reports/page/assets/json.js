// Values as JSON text in which foreign JSON keeps every digit it came with.

const STEP = "  ";

// A piece of JSON that is written as it stands.
export class Raw {
  constructor(text) {
    this.text = text;
  }
}

// `indent` is what lines begin with; null writes everything on one line.
export function jsonText(value, indent = null, sorted = false) {
  if (value instanceof Raw) return value.text;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = indent === null ? null : indent + STEP;
  if (Array.isArray(value)) return wrapped("[]", value.map((one) => jsonText(one, inner, sorted)), indent);
  const keys = sorted ? Object.keys(value).sort() : Object.keys(value);
  const parts = keys.map((key) => `${JSON.stringify(key)}:${indent === null ? "" : " "}${jsonText(value[key], inner, sorted)}`);
  return wrapped("{}", parts, indent);
}

function wrapped([open, close], parts, indent) {
  if (indent === null || !parts.length) return open + parts.join(",") + close;
  return `${open}\n${parts.map((part) => indent + STEP + part).join(",\n")}\n${indent}${close}`;
}
