// What all parts of the page use: the data, elements, numbers, colours and the tooltip.

const report = JSON.parse(document.getElementById("data").textContent);
const form = report.forms[0];
const baseline = report.forms.find((one) => one.form === report.baseline && one !== form);
const byId = new Map(form.packages.map((one) => [one.id, one]));

/** Makes an element; attributes with a value of false, null or undefined are left out. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "style") for (const [key, one] of Object.entries(value)) made.style.setProperty(key, one);
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** Bytes with three significant digits in decimal units. */
function size(bytes) {
  if (bytes === undefined || bytes === null) return "–";
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  let unit = "";
  for (const next of ["kB", "MB", "GB", "TB"]) {
    value /= 1000;
    unit = next;
    if (value < 999.5) break;
  }
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${unit}`;
}

const whole = (number) => number.toLocaleString("en-US");
const sum = (list, value) => list.reduce((total, one) => total + value(one), 0);
const plural = (number, one, many = `${one}s`) => `${whole(number)} ${number === 1 ? one : many}`;
const relocations = (one) => one.relocations.relative + one.relocations.packed + one.relocations.symbolic + one.relocations.other;
const ratio = (value) => (value === undefined || value === null ? "–" : value.toFixed(2));

function median(numbers) {
  if (numbers.length === 0) return 0;
  const sorted = [...numbers].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What each form is: after its name in a legend, and in a sentence after "take … ". */
const FORMS = {
  dynamic: ["a shared object per crate", "with a shared object per crate"],
  trim: ["a trimmed shared object per crate", "with a trimmed shared object per crate"],
  grouped: ["relinked by who uses what", "relinked by who uses what"],
  image: ["relinked as one set", "relinked as one set"],
  static: ["each program alone", "with each program linked alone"],
  cargo: ["cargo's own release build", "as cargo builds them for release"],
};
const formColour = (name) => `var(--${name})`;

/** The purposes of bytes: field of the data, name, colour. */
const PURPOSES = [
  ["code", "code"],
  ["read-only-data", "read-only data"],
  ["data", "data"],
  ["relocations", "relocations"],
  ["symbols", "symbol tables"],
  ["unwind", "unwind tables"],
  ["other", "other"],
].map(([field, name], index) => ({ field, name, colour: `var(--purpose-${index})` }));

/** The colour of what `users` programs share, of `most` at most; with the colour of text on it. */
function shareColour(users, most) {
  if (users === 0) return { fill: "var(--unused)", text: "var(--ink)" };
  if (users === 1) return { fill: "var(--one)", text: "var(--on-one)" };
  const part = most > 2 ? (users - 2) / (most - 2) : 1;
  return {
    fill: `color-mix(in oklab, var(--many) ${Math.round(part * 100)}%, var(--few))`,
    text: part > 0.55 ? "var(--on-many)" : "var(--on-few)",
  };
}

/** What the map and the matrix show: a package, or each file of one that holds several. The largest first. */
const items = form.packages
  .filter((one) => !one["c-library"])
  .flatMap((one) => {
    const objects = one.objects ?? [];
    if (objects.length < 2) return [{ name: one.id, package: one, bytes: one.bytes, users: one.users, objects }];
    const files = objects.map((object) => ({
      name: `${one.id}: ${object.file}`,
      short: object.file.split("/").pop(),
      package: one,
      bytes: object.bytes,
      users: object.users,
      objects: [object],
    }));
    if (one.files > 0) files.push({ name: `${one.id}: other files`, package: one, bytes: one.files, users: one.users, objects: [] });
    return files;
  })
  .filter((one) => one.bytes > 0)
  .sort((left, right) => right.bytes - left.bytes);
const most = Math.max(2, ...items.map((one) => one.users.length));

const tip = document.getElementById("tip");
function showTip(x, y, ...content) {
  tip.replaceChildren(...content);
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = Math.min(x + 14, window.innerWidth - box.width - 8);
  const top = y + 18 + box.height > window.innerHeight ? y - box.height - 12 : y + 18;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${Math.max(8, top)}px`;
}
const hideTip = () => (tip.hidden = true);
window.addEventListener("scroll", hideTip, { passive: true });

/** A section of the page with its entry in the navigation. */
function section(id, short, title, about, ...content) {
  document.getElementById("sections").append(element("li", {}, element("a", { href: `#${id}` }, short)));
  const heading = element("header", {}, element("h2", { id: `${id}-title` }, title), element("p", {}, about));
  const made = element("section", { id, "aria-labelledby": `${id}-title` }, heading, ...content);
  document.getElementById("main").append(made);
  return made;
}

/** A swatch with its meaning. */
const legendEntry = (colour, text) =>
  element("li", {}, element("span", { class: "swatch", style: { background: colour } }), text);
