// Who uses what, what a start takes, and what an update costs: the tables.

function matrix() {
  const columns = [
    { name: "package", value: (item) => item.name, row: true },
    { name: "bytes", value: (item) => item.bytes, show: size, meter: "var(--accent)" },
    { name: "programs", value: (item) => item.users.length },
    ...form.programs.map((program) => ({
      name: program.name,
      turn: true,
      value: (item) => (item.users.includes(program.name) ? item.bytes : -1),
      cell: (item) => useCell(item, program.name),
    })),
  ];
  const narrow = form.programs.length > 30 ? "1.05rem" : form.programs.length > 14 ? "1.55rem" : "2.3rem";
  const made = table({ label: "Who uses what", columns, rows: items, sort: 1, filter: (item) => `${item.name} ${item.users.join(" ")}` });
  made.style.setProperty("--cell", narrow);
  section(
    "matrix",
    "Who uses what",
    "Who uses what",
    "A filled cell: the program loads that package at start, or its closure holds it where nobody loads it. A click on a heading sorts by it.",
    made,
  );
}

function useCell(item, program) {
  const used = item.users.includes(program);
  const mark = element("i", used ? { style: { "--colour": shareColour(item.users.length, most).fill } } : { class: "none" }, used ? "yes" : "no");
  return element("td", { class: "cell", title: used ? `${program} uses ${item.name}` : null }, mark);
}

function starts() {
  const timed = report.forms.some((one) => one.programs.some((program) => program.start));
  const inForm = (one, name) => one.programs.find((program) => program.name === name);
  const columns = [{ name: "program", value: (program) => program.name, row: true }];
  for (const one of report.forms) {
    const colour = formColour(one.form);
    const group = report.forms.length > 1 ? { group: one.form, colour } : {};
    const add = (name, value, more) =>
      columns.push({ name, ...group, ...more, value: (program) => value(inForm(one, program.name)) });
    if (timed) {
      const show = (time) => time.toFixed(2);
      add("ms", (same) => same?.start?.median, { about: "median of measured starts", show, meter: colour, scale: "ms" });
    }
    add("objects", (same) => same?.["start-objects"], timed ? {} : { meter: colour, scale: "objects" });
    add("relocations", (same) => same && relocations(same), { show: whole });
    add("symbolic", (same) => same?.relocations.symbolic, { show: whole });
  }
  const runs = report.forms[0].programs.find((program) => program.start)?.start.runs;
  section(
    "starts",
    "Start",
    "What a start takes",
    "Shared objects that the loader opens before a program runs, and what it relocates in them, the C library's apart. A symbolic relocation is a look-up of a name in every object loaded so far; the others are additions.",
    table({
      label: "Start of each program",
      columns,
      rows: form.programs,
      sort: 1,
      note: timed ? `Starts: median of ${runs} each, all programs and forms interleaved, in milliseconds.` : "",
    }),
  );
}

function updates() {
  const packed = form.updates.some((update) => update["gzip-size"] !== undefined);
  const field = packed ? "gzip-size" : "nar-size";
  const built = form.updates.some((update) => update.rebuilds !== undefined);
  const others = report.forms.slice(1);
  const columns = [
    { name: "if this changes", value: (update) => update.package, row: true },
    ...(built ? [{ name: "builds", about: "derivations that are built again", value: (update) => update.rebuilds }] : []),
    { name: "paths", about: "run-time packages that get a new store path", value: (update) => update.changes.length },
    { name: "programs", value: (update) => update.programs.length },
    {
      name: others.length ? form.form : "download",
      ...(others.length ? { group: "download" } : {}),
      value: (update) => update[field],
      show: size,
      meter: formColour(form.form),
      scale: "download",
    },
    ...others.map((other) => ({
      name: other.form,
      group: "download",
      scale: "download",
      value: (update) => update.elsewhere?.[other.form]?.[field],
      show: size,
      meter: formColour(other.form),
    })),
    { name: "unpacked", value: (update) => update["nar-size"], show: size },
  ];
  const typical = median(form.updates.map((update) => update[field]));
  const words = [`The median update downloads ${size(Math.round(typical))} as ${form.form}`];
  for (const other of others) {
    const costs = form.updates.map((update) => update.elsewhere?.[other.form]?.[field]).filter((cost) => cost !== undefined);
    if (costs.length) words.push(`${size(Math.round(median(costs)))} as ${other.form}`);
  }
  section(
    "updates",
    "Updates",
    "What an update costs",
    `If one package changes, all that is made from it gets a new store path, is built again and downloaded again. ${words.join(", ")}.`,
    table({
      label: "Cost of updates",
      columns,
      rows: form.updates,
      sort: columns.findIndex((column) => column.scale),
      filter: (update) => `${update.package} ${update.programs.join(" ")}`,
      note: `Downloads are ${packed ? "the Nix archives after gzip" : "the Nix archives, not compressed"}. ${
        built
          ? "What is built again is known from the derivations: build scripts and what only the host uses count too."
          : "What changes is what refers to the package at run time; the derivations, which tell all of it, are not in this store."
      }`,
    }),
  );
}

function terms() {
  const all = [
    ["Package", "A store path, or a folder or file outside the store. With one shared object per crate: a crate."],
    ["Adds", "Bytes that only this program uses. Without the program, the set is smaller by that much."],
    ["Shared", "Bytes that two programs or more use, counted once."],
    ["C library", "The loader, libc and libgcc, which every program of a system needs: left out of all totals."],
    ["At start", "What the loader opens and relocates before the program's first instruction, found by following DT_NEEDED."],
    ["Sizes", "Decimal: 1 kB is 1000 bytes. Files, unless a Nix archive is named."],
  ];
  const list = element("dl", { class: "terms card" });
  for (const [term, meaning] of all) list.append(element("dt", {}, term), element("dd", {}, meaning));
  section("terms", "Terms", "How it was counted", "", list);
}

head();
sizes();
curve();
if (items.length > 0) map();
purposes();
matrix();
starts();
updates();
terms();
document.documentElement.dataset.ready = "true";
