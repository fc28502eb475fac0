// Tables that can be sorted and filtered.

/**
 * A table of `rows`. A column has a `name`, a `value` of a row, `show` for its text, `cell` for an element in its place,
 * `meter` for a bar before the text (its colour; columns of one `scale` share it), `row` for the column that names the
 * row, `turn` for a narrow one, `group` for a heading above neighbours with the same one.
 */
function table({ label, columns, rows, sort, filter, note }) {
  let column = sort ?? 0;
  let down = true;
  const body = element("tbody");
  const headings = columns.map((one, index) => {
    const button = element("button", { type: "button", title: one.about ?? one.name }, one.name);
    button.addEventListener("click", () => {
      down = column === index ? !down : !one.row;
      column = index;
      draw();
    });
    return element("th", { scope: "col", class: `${one.row ? "first" : ""}${one.turn ? "turn" : ""}` }, button);
  });
  const scaleOf = (one) => one.scale ?? one;
  const largestOf = new Map();
  for (const one of columns.filter((any) => any.meter)) {
    const here = Math.max(...rows.map((row) => one.value(row) ?? 0), 0);
    largestOf.set(scaleOf(one), Math.max(largestOf.get(scaleOf(one)) ?? 0, here) || 1);
  }
  const search = filter && element("input", { type: "search", placeholder: "Filter", "aria-label": `Filter: ${label}` });
  const count = element("span", { class: "soft", "aria-live": "polite" });

  const made = new Map(rows.map((row) => [row, element("tr", {}, ...columns.map((one) => cellOf(one, row, largestOf.get(scaleOf(one)))))]));
  const draw = () => {
    headings.forEach((heading, index) => {
      if (index === column) heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    });
    const words = search ? search.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
    const shown = rows.filter((row) => words.every((word) => filter(row).toLowerCase().includes(word)));
    const value = columns[column].value;
    shown.sort((left, right) => {
      const [one, other] = [value(left), value(right)];
      const order = typeof one === "string" ? one.localeCompare(other) : (one ?? -1) - (other ?? -1);
      return down ? -order : order;
    });
    body.replaceChildren(...shown.map((row) => made.get(row)));
    count.textContent = shown.length === rows.length ? whole(rows.length) : `${whole(shown.length)} of ${whole(rows.length)}`;
  };
  if (search) search.addEventListener("input", draw);
  draw();
  const inner = element("table", { "aria-label": label }, element("thead", {}, groupRow(columns), element("tr", {}, ...headings)), body);
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, inner);
  const controls = search && element("div", { class: "controls" }, search, count);
  return element("div", {}, controls, scroll, note && element("p", { class: "note small soft" }, note));
}

/** The row of headings above groups of columns, if there are any. */
function groupRow(columns) {
  if (!columns.some((one) => one.group)) return "";
  const groups = [];
  for (const { group = "", colour } of columns) {
    if (groups.at(-1)?.group === group) groups.at(-1).span += 1;
    else groups.push({ group, colour, span: 1 });
  }
  const cells = groups.map(({ group, colour, span }) =>
    element("th", { colspan: span, scope: "colgroup", class: group ? "spanning" : "first", style: { "--colour": colour ?? "" } }, group),
  );
  return element("tr", { class: "groups" }, ...cells);
}

function cellOf(column, row, largest) {
  const value = column.value(row);
  if (column.row) return element("th", { scope: "row", title: value }, element("span", {}, value));
  if (column.cell) return column.cell(row);
  const text = value === undefined || value === null ? "–" : column.show ? column.show(value) : `${value}`;
  const meter =
    column.meter && value !== undefined && value !== null
      ? element("span", { class: "meter", "aria-hidden": "true" }, element("i", { style: { "--part": value / largest, "--colour": column.meter } }))
      : "";
  return element("td", {}, meter, meter ? element("span", { class: "number" }, text) : text);
}
