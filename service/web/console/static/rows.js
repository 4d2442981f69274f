// Tables whose rows are updated in place, so that a press or a selection lasts across a refresh.

import { html, table } from "./dom.js";

/** Show rows in a place: each is a key that is its own, and cells (texts or elements); without rows, show `empty`. */
export function updateTable(place, headings, rows, empty) {
  if (!rows.length) return place.replaceChildren(html("p", { class: "empty" }, empty));
  if (!place.querySelector("tbody")) place.replaceChildren(table(headings, [[]]));
  const body = place.querySelector("tbody");
  const before = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  rows.forEach(([key, cells], index) => {
    const row = before.get(String(key)) ?? html("tr", { "data-key": key });
    before.delete(String(key));
    cells.forEach((cell, column) => update(row, column, cell));
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
  });
  for (const gone of before.values()) gone.remove();
}

/** Set a cell of a row, unless it says the same already. */
function update(row, column, cell) {
  const old = row.cells[column];
  if (!old) row.append(html("td", {}, cell));
  else if (old.textContent !== (cell.textContent ?? cell)) old.replaceChildren(cell);
}
