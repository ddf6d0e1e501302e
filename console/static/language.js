// What scripts say, in the console's language: the page brings the messages that differ from the English text.
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

// Placeholders are named and in braces, as in the catalogue: _("{count} more", { count: 3 }).
export function _(message, values = {}) {
  const text = Object.hasOwn(words, message) ? words[message] : message;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
