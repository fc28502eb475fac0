// The head: what the reader should take away.

function head() {
  const totals = form.totals;
  document.getElementById("over").textContent = "Closure report";
  const title = report.title ?? `${plural(form.programs.length, "program")}, ${plural(totals["shared-packages"], "shared package")}`;
  document.getElementById("headline").textContent = title;

  const lead = document.getElementById("lead");
  const all = element("b", {}, size(totals.bytes));
  const names = form.programs.length === 1 ? "One program takes " : `${plural(form.programs.length, "program")} together take `;
  lead.append(names, all, ` ${FORMS[form.form][1]}, each file counted once and the C library apart.`);
  for (const other of report.forms.filter((one) => one !== form)) {
    const [, how] = FORMS[other.form];
    lead.append(` ${how[0].toUpperCase()}${how.slice(1)}: `, element("b", {}, size(other.totals.bytes)));
    const against = other === baseline || other.totals.ratio === undefined ? "" : `, ${ratio(other.totals.ratio)} of ${report.baseline}`;
    lead.append(`${against}.`);
  }

  const tile = (name, value, note) =>
    element("div", { class: "tile" }, element("dt", {}, name), element("dd", {}, value), note && element("dd", {}, note));
  const tiles = document.getElementById("tiles");
  const part = totals.bytes ? Math.round((totals.shared / totals.bytes) * 100) : 0;
  if (baseline) {
    tiles.append(tile(`Against ${baseline.form}`, ratio(totals.ratio), `${size(totals.bytes)} for ${size(baseline.totals.bytes)}`));
  } else {
    tiles.append(tile("All files once", size(totals.bytes), `${size(totals.unshared)} with a copy for each`));
  }
  tiles.append(tile("Shared by two or more", size(totals.shared), `${part} % of the bytes, ${plural(totals["shared-packages"], "package")}`));
  if (totals["gzip-size"] !== undefined) {
    tiles.append(tile("First download", size(totals["gzip-size"]), `gzip; ${size(totals["nar-size"])} unpacked`));
  }
  const opened = form.programs.map((one) => one["start-objects"]);
  tiles.append(tile("Objects at start", whole(median(opened)), `median; ${Math.min(...opened)} to ${Math.max(...opened)} a program`));
  tiles.append(tile("C library, apart", size(totals["c-library"]), "as far as programs load it"));

  if (report.warnings?.length) {
    const list = element("ul", {}, ...report.warnings.map((text) => element("li", {}, text)));
    document.getElementById("warnings").append(element("div", { class: "warnings", role: "note" }, element("b", {}, "To be known"), list));
  }
  document.getElementById("made").textContent =
    `Made by ${report.generator} from ${report.store}. This page is one file and loads nothing.`;

  const button = document.getElementById("theme");
  const dark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const say = () => (button.textContent = dark() ? "Light colours" : "Dark colours");
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    say();
  });
  say();
}
