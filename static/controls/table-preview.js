/** The first rows of a table, each column under its name, kind, role and what its cells are spread over. */

import { KINDS } from "../config/table.js";
import { counted, short } from "../lib/format.js";
import { make } from "../ui/dom.js";

/** @import {Role} from "../config/table.js" */

const ROLES = /** @type {const} */ ([
  ["input", "Input"],
  ["target", "Target"],
  ["omitted", "Left out"],
]);
const [WIDTH, HEIGHT] = [96, 24];

/** Bars of a column's counts. @param {number[]} counts */
function bars(counts) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("aria-hidden", "true");
  const most = Math.max(1, ...counts);
  const step = WIDTH / Math.max(1, counts.length);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const boxes = counts.map((count, i) => {
    const height = Math.max(count ? 1 : 0, (count / most) * HEIGHT);
    return `M${(i * step).toFixed(2)} ${HEIGHT}v${(-height).toFixed(2)}h${Math.max(1, step - 1).toFixed(2)}V${HEIGHT}z`;
  });
  path.setAttribute("d", boxes.join(""));
  svg.append(path);
  return svg;
}

/** What the cells of a column are spread over, in words. @param {TableColumn} column */
function spread({ min, max, values, distinct, missing }) {
  const range =
    min !== null && max !== null
      ? `${short(min, 4)} to ${short(max, 4)}`
      : values && distinct <= 3
        ? values.join(", ")
        : counted(distinct, "value");
  return missing ? `${range}, ${missing.toLocaleString("en")} missing` : range;
}

/**
 * @param {TableDocument} table @param {Role[]} roles
 * @param {(index: number, role: Role) => void} choose
 */
export function previewTable(table, roles, choose) {
  const heads = table.columns.map((column, index) => {
    const select = make("select", { "aria-label": `Role of ${column.name}` });
    select.append(...ROLES.map(([value, title]) => new Option(title, value)));
    select.value = roles[index];
    select.addEventListener("change", () => choose(index, /** @type {Role} */ (select.value)));
    return make("th", { scope: "col", "data-role": roles[index] }, [
      make("span", { class: "strong", title: column.name }, [column.name]),
      make("span", { class: "sub" }, [KINDS[column.kind] ?? column.kind]),
      select,
      bars(column.counts),
      make("span", { class: "sub" }, [spread(column)]),
    ]);
  });
  const rows = table.texts.map((texts, row) =>
    make(
      "tr",
      {},
      texts.map((text, index) => {
        const missing = table.preview[row]?.[index] === null;
        const number = table.columns[index].kind === "number" ? " number" : "";
        return make("td", { class: (missing ? "missing" : "") + number, "data-role": roles[index] }, [
          missing ? text.trim() || "missing" : text,
        ]);
      }),
    ),
  );
  return make("table", {}, [
    make("caption", { class: "unseen" }, [
      `The first ${counted(rows.length, "row")} of ${table.rows.toLocaleString("en")}`,
    ]),
    make("thead", {}, [make("tr", {}, heads)]),
    make("tbody", {}, rows),
  ]);
}
