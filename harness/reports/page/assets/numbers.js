// Numbers as a reader sees them; what is not known is said, never 0.

const WHOLE = new Intl.NumberFormat("en");

export function counted(count, noun) {
  return `${WHOLE.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function whole(count) {
  return count === null ? "unknown" : WHOLE.format(count);
}

export function seconds(value) {
  if (value === null) return "unknown";
  if (value > 0 && value < 0.005) return "<0.01 s";
  return value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`;
}

export function score(value) {
  if (value === null) return "–";
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

export function money(value, currency) {
  if (value === null) return "unknown";
  const digits = value === 0 || value >= 0.01 ? value.toFixed(4) : value.toPrecision(3);
  return `${digits} ${currency}`;
}

// A number of a column, which keeps four digits; NaN is null.
export function fourDigits(value) {
  return Number.isNaN(value) ? null : Number(value.toPrecision(4));
}
