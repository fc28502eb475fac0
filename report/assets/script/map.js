// The treemap: the closure by package, grouped by who uses it, coloured by how many share it.

/** Splits a rectangle among `nodes` ({ bytes }), rows as square as can be (squarified treemap, Bruls et al. 2000). */
function squarify(nodes, x, y, width, height) {
  const placed = [];
  const total = sum(nodes, (node) => node.bytes);
  if (total <= 0 || width <= 0 || height <= 0) return placed;
  const scale = (width * height) / total;
  const left = [...nodes].sort((one, other) => other.bytes - one.bytes);
  const worst = (row, area, side) => {
    const thick = area / side;
    return Math.max(...row.map((node) => Math.max(thick / ((node.bytes * scale) / thick), (node.bytes * scale) / thick / thick)));
  };
  while (left.length > 0) {
    const side = Math.min(width, height);
    const row = [left.shift()];
    let area = row[0].bytes * scale;
    while (left.length > 0) {
      const more = left[0].bytes * scale;
      if (worst([...row, left[0]], area + more, side) > worst(row, area, side)) break;
      row.push(left.shift());
      area += more;
    }
    const thick = area / side;
    let along = 0;
    for (const node of row) {
      const length = (node.bytes * scale) / thick;
      if (width >= height) placed.push({ node, x, y: y + along, width: thick, height: length });
      else placed.push({ node, x: x + along, y, width: length, height: thick });
      along += length;
    }
    if (width >= height) {
      x += thick;
      width -= thick;
    } else {
      y += thick;
      height -= thick;
    }
  }
  return placed;
}

/** Groups of items: what two or more share, what each program has alone, what nobody uses. */
function groupsOf() {
  const groups = new Map();
  for (const item of items) {
    const key = item.users.length === 0 ? "used by no program" : item.users.length > 1 ? "shared" : item.users[0];
    if (!groups.has(key)) groups.set(key, { name: key, bytes: 0, items: [] });
    const group = groups.get(key);
    group.bytes += item.bytes;
    group.items.push(item);
  }
  return [...groups.values()];
}

const measuring = document.createElement("canvas").getContext("2d");
function textWidth(text, font) {
  measuring.font = font;
  return measuring.measureText(text).width;
}
/** The text, or as much of it as fits `width` with an ellipsis; nothing if that is less than four letters. */
function fitted(text, width, font) {
  if (textWidth(text, font) <= width) return text;
  for (let length = text.length - 1; length >= 4; length -= 1) {
    const cut = `${text.slice(0, length)}…`;
    if (textWidth(cut, font) <= width) return cut;
  }
  return "";
}

function svg(tag, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

function map() {
  const holder = element("div", { class: "map" });
  const picked = element("select", { "aria-label": "Program" }, element("option", { value: "" }, "all programs"));
  for (const program of form.programs) picked.append(element("option", { value: program.name }, program.name));
  const said = element("span", { class: "soft", "aria-live": "polite" });
  const groups = groupsOf();

  const draw = () => {
    const width = Math.round(holder.clientWidth);
    if (width < 50) return;
    const height = Math.round(Math.min(680, Math.max(430, width * 0.56)));
    const about = `Treemap of ${items.length} items, ${size(form.totals.bytes)}; the table “Who uses what” has the same data`;
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": about });
    for (const place of squarify(groups, 0, 0, width, height)) drawGroup(drawing, place);
    holder.replaceChildren(drawing);
    dim();
  };
  const dim = () => {
    const name = picked.value;
    for (const leaf of holder.querySelectorAll("[data-item]")) {
      leaf.classList.toggle("dim", name !== "" && !items[leaf.dataset.item].users.includes(name));
    }
    const program = form.programs.find((one) => one.name === name);
    said.textContent = program ? `uses ${size(program.total)}; ${size(program.adds)} of it alone` : "";
  };
  picked.addEventListener("change", dim);
  holder.addEventListener("pointermove", (event) => point(event));
  holder.addEventListener("pointerdown", (event) => point(event));
  holder.addEventListener("pointerleave", hideTip);

  const ramp = element("span", { class: "ramp", "aria-hidden": "true" });
  const steps = Math.min(8, most - 1);
  for (let step = 0; step < steps; step += 1) {
    const users = steps === 1 ? 2 : 2 + Math.round((step * (most - 2)) / (steps - 1));
    ramp.append(element("i", { style: { background: shareColour(users, most).fill } }));
  }
  const legend = element("ul", { class: "legend", style: { "margin-top": "0.8rem" } });
  legend.append(legendEntry("var(--one)", "one program uses it"));
  legend.append(element("li", {}, ramp, most > 2 ? `2 to ${most} programs share it` : "2 programs share it"));
  if (items.some((item) => item.users.length === 0)) legend.append(legendEntry("var(--unused)", "in the closure, used by none"));
  const controls = element("div", { class: "controls" }, element("label", {}, "Show what is used by", picked), said);
  const card = element("div", { class: "card" }, controls, holder, legend);
  section("map", "Map", "The closure", "Every package, by area. Shared ones are together; the rest is grouped by the one program that uses it.", card);
  new ResizeObserver(draw).observe(holder);
  draw();
}

function drawGroup(drawing, { node: group, x, y, width, height }) {
  const font = `600 11.5px ${getComputedStyle(document.body).fontFamily}`;
  const gap = 1.5;
  const inner = { x: x + gap, y: y + gap, width: Math.max(0, width - 2 * gap), height: Math.max(0, height - 2 * gap) };
  let heading = 0;
  if (inner.height > 52 && inner.width > 58) {
    const label = group.name === "shared" ? "shared by two or more" : group.name;
    const sized = fitted(`${label}  ${size(group.bytes)}`, inner.width - 6, font);
    const text = sized.endsWith("…") ? fitted(label, inner.width - 6, font) : sized;
    if (text) {
      heading = 18;
      drawing.append(svg("text", { class: "head", x: inner.x + 2, y: inner.y + 12.5 }, text));
    }
  }
  for (const place of squarify(group.items, inner.x, inner.y + heading, inner.width, inner.height - heading)) drawLeaf(drawing, place);
}

function drawLeaf(drawing, { node: item, x, y, width, height }) {
  const colour = shareColour(item.users.length, most);
  const index = items.indexOf(item);
  const leaf = svg("rect", { class: "leaf", x, y, width, height, rx: 2, "data-item": index });
  leaf.style.fill = colour.fill;
  drawing.append(leaf);
  if (width < 34 || height < 17) return;
  const big = width > 110 && height > 44;
  const family = getComputedStyle(document.body).fontFamily;
  const font = big ? `600 13px ${family}` : `11px ${family}`;
  const text = fitted(item.short ?? item.name, width - 9, font);
  if (!text) return;
  const style = `fill: ${colour.text}`;
  const label = svg("text", { class: big ? "big" : "", x: x + 5, y: y + (big ? 17 : 13), style, "data-item": index }, text);
  drawing.append(label);
  if (height > (big ? 36 : 30) && width > 50) {
    const more = fitted(size(item.bytes), width - 9, `10.5px ${family}`);
    if (more) drawing.append(svg("text", { class: "count", x: x + 5, y: y + (big ? 32 : 26), style, "data-item": index }, more));
  }
}

function point(event) {
  const index = event.target.dataset?.item;
  if (index === undefined) return hideTip();
  const item = items[index];
  const users = item.users.length > 8 ? `${item.users.slice(0, 8).join(", ")} and ${item.users.length - 8} more` : item.users.join(", ");
  const lines = [`${size(item.bytes)}, ${item.users.length ? `used by ${users}` : "used by no program"}`];
  const [object] = item.objects;
  if (object) {
    lines.push(`code ${size(object.sections.code)}, symbols ${size(object.sections.symbols)}, ${plural(object.exports, "export")}`);
  }
  return showTip(event.clientX, event.clientY, element("b", {}, item.name), ...lines.flatMap((line) => [line, element("br")]).slice(0, -1));
}
