// What a script adds to pages that are whole without it: tables that sort by a column, and a word under the find box
// before it is sent. No library, nothing kept, nothing sent elsewhere.
"use strict";

function readCell(cell) {
  const value = cell.dataset.value ?? "";
  const number = Number(value);
  if (value !== "" && !Number.isNaN(number)) return number;
  const text = value || cell.textContent.trim();
  return text.startsWith("[") ? null : text.toLocaleLowerCase("en-GB");
}

function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), "en-GB", { numeric: true });
}

function sort(table, column, way) {
  const body = table.tBodies[0];
  const read = [...body.rows].map((row) => [readCell(row.cells[column]), row]);
  // among numbers a cell without one is a figure that is not there, or that is not to be set beside others
  const isNumeric = read.some(([value]) => typeof value === "number");
  const rows = read.map(([value, row]) => [isNumeric && typeof value !== "number" ? null : value, row]);
  // what has no figure stays last either way
  rows.sort(([one], [other]) => {
    if (one === null || other === null) return (one === null) - (other === null);
    return way === "ascending" ? compare(one, other) : compare(other, one);
  });
  body.append(...rows.map(([, row]) => row));
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = head.classList.contains("number") ? "descending" : "ascending";
      const turned = { ascending: "descending", descending: "ascending" };
      const way = turned[head.getAttribute("aria-sort")] ?? first;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", way);
      sort(table, column, way);
    });
  });
}

const POSTCODE = /^[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9][a-z]{2}$/i;
const PAUSE = 400;

function makeLive(form) {
  const input = form.querySelector("input[name=q]");
  const status = form.querySelector("[aria-live]");
  const names = [...form.querySelectorAll("datalist option")].map((option) => option.value);
  let timer, asked;

  async function look() {
    asked?.abort();
    const text = input.value.trim();
    status.textContent = "";
    if (POSTCODE.test(text)) {
      asked = new AbortController();
      try {
        const answer = await fetch("/v1/locate", {
          method: "POST",
          headers: { Accept: "application/json", "Content-Type": "application/json" },
          body: JSON.stringify([{ postcode: text }]),
          signal: asked.signal,
        });
        if (!answer.ok) return;
        const [place] = (await answer.json()).data;
        const unit = place.bcu_name ? `, in the Basic Command Unit ${place.bcu_name}` : "";
        status.textContent = place.area_name
          ? `${place.postcode} is in ${place.area_name}${unit}.`
          : `${place.postcode} is not among London's live postcodes.`;
      } catch {
        // the form itself still works
      }
    } else if (text.length > 2) {
      const fits = names.filter((name) => name.toLocaleLowerCase("en-GB").includes(text.toLocaleLowerCase("en-GB")));
      if (fits.length && fits.length < 6) status.textContent = `Fits: ${fits.join(", ")}.`;
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
}

document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll("form[data-find]").forEach(makeLive);
