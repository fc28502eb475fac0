// Bars: each program in each form, and the bytes by purpose.

function sizes() {
  const shared = report.forms.some((one) => one.totals.shared > 0);
  const legend = element("ul", { class: "legend" });
  for (const one of report.forms) legend.append(legendEntry(formColour(one.form), `${one.form}: ${FORMS[one.form][0]}`));
  const style = { "--colour": formColour(form.form) };
  const mark = (kind, text) =>
    element("li", { class: "bar", style }, element("i", { class: kind, style: { flex: "0 0 1.2rem", "border-radius": "3px" } }), text);
  if (shared) {
    legend.append(mark("", "the program"), mark("own", "crates that only it uses"), mark("shared", "crates it shares"));
  }
  const order = element("select", { "aria-label": "Order of programs" });
  for (const [value, text] of [["size", "largest first"], ["ratio", "by ratio"], ["name", "by name"]]) {
    if (value !== "ratio" || baseline) order.append(element("option", { value }, text));
  }
  const list = element("div", { class: "bars" });
  const draw = () => {
    const programs = [...form.programs];
    const orders = {
      size: (left, right) => right.total - left.total,
      ratio: (left, right) => (right.ratio ?? 0) - (left.ratio ?? 0),
      name: (left, right) => left.name.localeCompare(right.name),
    };
    programs.sort(orders[order.value]);
    list.replaceChildren(...programs.map(programBars));
  };
  order.addEventListener("change", draw);
  draw();
  const set = element("div", { class: "bars" }, setBars());
  const card = element("div", { class: "card" }, legend, form.programs.length > 1 ? set : "");
  const each = element("div", { class: "card", style: { "margin-top": "0.9rem" } });
  each.append(element("div", { class: "controls" }, element("label", {}, "Programs", order)), list);
  section(
    "sizes",
    "Sizes",
    "What each program takes",
    "A bar is all that a program needs, the C library apart. Of what it shares, the set pays only once: without a program, the set would be smaller by the solid parts of its bar.",
    card,
    each,
  );
}

const largest = () => Math.max(...report.forms.flatMap((one) => one.programs.map((program) => program.total)), 1);

function bar(colour, parts, scale, value, note, about) {
  const made = element("div", { class: "bar", style: { "--colour": colour }, role: "img", "aria-label": about, title: about });
  const shown = parts.filter(([bytes]) => bytes > 0);
  shown.forEach(([bytes, kind], index) => {
    const place = `${index === 0 ? " first" : ""}${index === shown.length - 1 ? " last" : ""}`;
    made.append(element("i", { class: kind + place, style: { "--part": bytes / scale } }));
  });
  made.append(element("span", {}, element("b", {}, value), note ? element("em", {}, ` ${note}`) : ""));
  return made;
}

function setBars() {
  const scale = Math.max(...report.forms.map((one) => one.totals.bytes), 1);
  const rows = report.forms.map((one) => {
    const totals = one.totals;
    const parts = [[totals.single + totals.unused, ""], [totals.shared, "shared"]];
    const note = totals.ratio !== undefined && one.form !== report.baseline ? `${ratio(totals.ratio)} of ${report.baseline}` : one.form;
    const about = `All programs, ${one.form}: ${size(totals.bytes)}, of which ${size(totals.shared)} shared by two or more`;
    return bar(formColour(one.form), parts, scale, size(totals.bytes), note, about);
  });
  const name = element("div", { class: "name" }, "The whole set", element("small", {}, "each file once"));
  return element("div", { class: "group" }, name, element("div", {}, ...rows));
}

function programBars(program) {
  const rows = report.forms.flatMap((one) => {
    const same = one.programs.find((other) => other.name === program.name);
    if (!same) return [];
    const own = Math.max(0, same.adds - same.file);
    const parts = [[same.file, ""], [own, "own"], [Math.max(0, same.total - same.file - own), "shared"]];
    const note = same.ratio !== undefined && one.form !== report.baseline ? `${ratio(same.ratio)} of ${report.baseline}` : one.form;
    const about = `${program.name}, ${one.form}: ${size(same.total)}; its file ${size(same.file)}, only it uses ${size(same.adds)}`;
    return [bar(formColour(one.form), parts, largest(), size(same.total), note, about)];
  });
  const name = element("div", { class: "name" }, program.name, element("small", {}, `adds ${size(program.adds)}`));
  return element("div", { class: "group program", "data-program": program.name }, name, element("div", {}, ...rows));
}

/** The curve is drawn already: it takes its place among the other sections. */
function curve() {
  const made = document.getElementById("curve");
  if (!made) return;
  document.getElementById("sections").append(element("li", {}, element("a", { href: "#curve" }, "Curve")));
  document.getElementById("main").append(made);
}

function purposes() {
  const groups = report.forms.map((one) => {
    const all = sum(PURPOSES, (purpose) => one.totals.sections[purpose.field]);
    const stack = element("div", { class: "stack", role: "img" });
    const words = [];
    for (const purpose of PURPOSES) {
      const bytes = one.totals.sections[purpose.field];
      if (!bytes) continue;
      const about = `${purpose.name} ${size(bytes)} (${((bytes / all) * 100).toFixed(1)} %)`;
      words.push(about);
      stack.append(element("i", { style: { "--part": bytes / all, "--colour": purpose.colour }, title: about }));
    }
    stack.setAttribute("aria-label", `${one.form}: ${words.join(", ")}`);
    const name = element("div", { class: "name" }, one.form, element("small", {}, size(all)));
    return element("div", { class: "group" }, name, stack);
  });
  const legend = element("ul", { class: "legend" }, ...PURPOSES.map((purpose) => legendEntry(purpose.colour, purpose.name)));
  const columns = [
    { name: "purpose", value: (purpose) => purpose.name, row: true },
    ...report.forms.flatMap((one) => [
      { name: one.form, value: (purpose) => one.totals.sections[purpose.field], show: size },
      {
        name: "share",
        value: (purpose) => one.totals.sections[purpose.field] / Math.max(1, sum(PURPOSES, (any) => one.totals.sections[any.field])),
        show: (part) => `${(part * 100).toFixed(1)} %`,
      },
    ]),
  ];
  const card = element("div", { class: "card" }, legend, element("div", { class: "bars" }, ...groups));
  const made = table({ label: "Bytes by purpose", columns, rows: PURPOSES, sort: 1 });
  made.style.marginTop = "0.9rem";
  section(
    "purposes",
    "Purpose",
    "What the bytes are for",
    "Symbol tables and relocations are the price of shared objects: a static program resolves most of them when it is linked.",
    card,
    made,
  );
}
