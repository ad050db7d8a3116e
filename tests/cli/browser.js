const found = {};
const all = (selector) => [...document.querySelectorAll(selector)];
found.width = innerWidth;

// Wider than the window, but for what scrolls within its own box.
document.querySelectorAll("details").forEach((details) => { details.open = true; });
const fits = (element) => element.getBoundingClientRect().right <= innerWidth + 1 || element.closest(".scroll, svg, .skip");
found.overflow = all("body *").filter((element) => !fits(element)).map((element) => element.outerHTML.slice(0, 80));
if (document.documentElement.scrollWidth > innerWidth) found.overflow.push(`page: ${document.documentElement.scrollWidth}`);

const ids = all("[id]").map((element) => element.id);
found.double_ids = ids.filter((id, at) => ids.indexOf(id) !== at);
found.broken_links = all("a[href^='#']").map((link) => link.hash.slice(1)).filter((id) => !ids.includes(id));
found.fetched = performance.getEntriesByType("resource").length;
const named = (element) =>
  (element.getAttribute("aria-labelledby") ?? "").split(" ").some((id) => document.getElementById(id)?.textContent.trim()) ||
  element.getAttribute("aria-label");
found.unnamed = all("svg, [role=region]").filter((element) => !named(element)).map((element) => element.outerHTML.slice(0, 80));

found.figures = all("figure").length;
const drawn = (panel) => {
  const shapes = panel.querySelectorAll("polyline, path, circle, polygon, rect, line");
  const { width, height } = panel.getBoundingClientRect();
  return shapes.length > 10 && panel.querySelectorAll("text").length > 4 && width > 200 && height > 150;
};
found.empty_panels = all("figure svg").filter((panel) => !drawn(panel)).map((panel) => panel.textContent.trim().slice(0, 60));
all("figure").filter((figure) => !figure.querySelector("svg")).forEach((figure) => found.empty_panels.push(figure.id));

// Every header sorts up, then down.
const rows = () => all("#verdict-table tbody tr");
found.unsorted = all("#verdict-table th button").filter((button) => {
  const column = button.parentElement.cellIndex;
  const values = () => rows().map((row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim());
  const rises = (list) => list.every((value, at) => !at || list[at - 1].localeCompare(value, "en", { numeric: true }) <= 0);
  button.click();
  const up = rises(values()) && button.parentElement.ariaSort === "ascending";
  button.click();
  const down = rises(values().reverse()) && button.parentElement.ariaSort === "descending";
  return !(up && down);
}).map((button) => button.textContent);
if (all("#verdict-table th button").length !== 6) found.unsorted.push("not six buttons");

const rigorous = document.querySelector("input[name=kind][value=rigorous]");
rigorous.click();
const seen = () => rows().filter((row) => row.offsetParent).map((row) => row.cells[0].textContent);
found.without_rigorous = seen();
found.tally = document.getElementById("shown").textContent;
location.hash = "#exact.edge-growth";
dispatchEvent(new HashChangeEvent("hashchange"));
found.target_shown = Boolean(document.getElementById("exact.edge-growth").offsetParent);
if (!rigorous.checked) rigorous.click();
found.after_all = seen().length;

found.wrongs = window.wrongs;
const output = parent.document.createElement("script");
output.id = "found";
output.type = "application/json";
output.textContent = JSON.stringify(found).replaceAll("<", "\\u003c");
parent.document.body.append(output);
