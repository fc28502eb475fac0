// Tables that can be sorted and filtered.

/**
 * A table of `rows`. A column has a `name`, a `value` of a row, `show` for its text, `cell` for an element in its place,
 * `meter` for a bar before the text (its colour), `row` for the column that names the row, `turn` for a narrow one.
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
  const largestOf = new Map(columns.filter((one) => one.meter).map((one) => [one, Math.max(1, ...rows.map((row) => one.value(row) ?? 0))]));
  const search = filter && element("input", { type: "search", placeholder: "Filter", "aria-label": `Filter: ${label}` });
  const count = element("span", { class: "soft", "aria-live": "polite" });

  const made = new Map(rows.map((row) => [row, element("tr", {}, ...columns.map((one) => cellOf(one, row, largestOf.get(one))))]));
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
  const inner = element("table", { "aria-label": label }, element("thead", {}, element("tr", {}, ...headings)), body);
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, inner);
  const controls = search && element("div", { class: "controls" }, search, count);
  return element("div", {}, controls, scroll, note && element("p", { class: "note small soft" }, note));
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
  return element("td", {}, meter, text);
}
