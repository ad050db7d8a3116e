// Sorting and filtering; without it the page shows everything, in the order of the claims.
"use strict";
const table = document.getElementById("verdict-table");
const body = table.tBodies[0];

table.querySelectorAll("thead th").forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const ascending = head.getAttribute("aria-sort") !== "ascending";
    table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const key = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
    const rows = [...body.rows].sort((a, b) => key(a).localeCompare(key(b), "en", { numeric: true }));
    body.append(...(ascending ? rows : rows.reverse()));
  });
});

const filters = document.getElementById("filters");
const shown = document.getElementById("shown");

function filter() {
  const checked = (name) => [...filters.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value);
  const kinds = checked("kind"), verdicts = checked("verdict");
  document.querySelectorAll("[data-kind]").forEach((item) => {
    item.hidden = !(kinds.includes(item.dataset.kind) && verdicts.includes(item.dataset.verdict));
  });
  const visible = [...body.rows].filter((row) => !row.hidden).length;
  shown.textContent = `${visible} of ${body.rows.length} claims shown`;
}

filters.hidden = false;
filters.addEventListener("change", filter);
filters.addEventListener("reset", () => setTimeout(filter));
filter();

// A link to a claim that is filtered away brings everything back.
addEventListener("hashchange", () => {
  if (document.querySelector(":target")?.hidden) {
    filters.reset();
    filter();
    document.querySelector(":target")?.scrollIntoView();
  }
});
