"use strict";

// A click on a heading sorts a table: largest first, then smallest first, then as it was written.
(() => {
  const ORDERS = ["descending", "ascending", "none"];

  // "1,234.5", "-12 %" and "3.2 dB" are numbers; "exact" is better than any; a dash or a word is none.
  function numberIn(text) {
    if (text === "exact" || text === "lossless") return Infinity;
    const found = text.replaceAll(",", "").replace("−", "-").match(/^[^\d-]{0,2}(-?\d+(\.\d+)?)/);
    return found ? Number(found[1]) : null;
  }

  // Cells without a number stay last in both directions.
  function compare(a, b, direction) {
    const [x, y] = [numberIn(a), numberIn(b)];
    if (x === null && y === null) return direction * a.localeCompare(b, "en", { numeric: true });
    if (x === null || y === null) return x === null ? 1 : -1;
    return x === y ? 0 : direction * (x - y);
  }

  // Names compare as text: "x264 crf=28" is no number.
  function compareNames(a, b, direction) {
    return direction * a.localeCompare(b, "en", { numeric: true });
  }

  function sorted(rows, column, order) {
    if (order === "none") return rows;
    const direction = order === "ascending" ? 1 : -1;
    const comparison = column === 0 ? compareNames : compare;
    const text = (row) => row.cells[column].textContent.trim();
    return [...rows].sort((a, b) => comparison(text(a), text(b), direction));
  }

  function makeSortable(table) {
    const body = table.tBodies[0];
    const written = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    // A row without a name belongs to the one above it, and must stay there.
    if (written.length < 2 || written.some((row) => row.cells[0].textContent.trim() === "")) return;
    for (const [column, head] of heads.entries()) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const order = ORDERS[(ORDERS.indexOf(head.ariaSort ?? "none") + 1) % ORDERS.length];
        for (const other of heads) other.removeAttribute("aria-sort");
        if (order !== "none") head.setAttribute("aria-sort", order);
        body.append(...sorted(written, column, order));
      });
    }
  }

  for (const table of document.querySelectorAll(".table table")) makeSortable(table);
})();
