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
  section(
    "matrix",
    "Who uses what",
    "Who uses what",
    "A filled cell: the program loads that package at start, or its closure holds it where nobody loads it. A click on a heading sorts by it.",
    table({ label: "Who uses what", columns, rows: items, sort: 1, filter: (item) => `${item.name} ${item.users.join(" ")}` }),
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
    const many = report.forms.length > 1 ? `, ${one.form}` : "";
    if (timed) {
      const value = (program) => inForm(one, program.name)?.start?.median;
      columns.push({ name: `ms${many}`, about: "median of measured starts", value, show: (time) => time.toFixed(2), meter: colour });
    }
    columns.push({ name: `objects${many}`, value: (program) => inForm(one, program.name)?.["start-objects"], meter: timed ? null : colour });
    const all = (program) => {
      const same = inForm(one, program.name);
      return same && relocations(same);
    };
    columns.push({ name: `relocations${many}`, value: all, show: whole });
    columns.push({ name: `symbolic${many}`, value: (program) => inForm(one, program.name)?.relocations.symbolic, show: whole });
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
  const others = report.forms.slice(1);
  const columns = [
    { name: "if this changes", value: (update) => update.package, row: true },
    { name: "rebuilt", about: "packages that get a new store path", value: (update) => update.changes.length },
    { name: "programs", value: (update) => update.programs.length },
    { name: `download, ${form.form}`, value: (update) => update[field], show: size, meter: formColour(form.form) },
    ...others.map((other) => ({
      name: `download, ${other.form}`,
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
    `If one package changes, all that refers to it gets a new store path, is built again and downloaded again. ${words.join(", ")}.`,
    table({
      label: "Cost of updates",
      columns,
      rows: form.updates,
      sort: 3,
      filter: (update) => `${update.package} ${update.programs.join(" ")}`,
      note: `Downloads are ${packed ? "the Nix archives after gzip" : "the Nix archives, not compressed"}. Only what the run-time closure refers to is seen: a crate whose code was all inlined into its users changes them too.`,
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
if (items.length > 0) map();
purposes();
matrix();
starts();
updates();
terms();
document.documentElement.dataset.ready = "true";
