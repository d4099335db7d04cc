/** A value that the server refused, marked in its field with the reason under it. */

import { labelled } from "../config/field-labels.js";
import { write } from "../ui/dom.js";

/** Whether a field on the page shows the refusals of this path. @param {string | null} path */
export const hasField = (path) =>
  path !== null && document.querySelector(`.field[data-path="${CSS.escape(path)}"] .refusal`) !== null;

/** Marks the field that was refused; a refusal of no field is shown by the message bar. @param {Refusal | null} refusal */
export function showRefusal(refusal) {
  for (const field of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".field[data-path]"))) {
    const hit = refusal !== null && refusal.path !== null && field.dataset.path === refusal.path;
    const reason = /** @type {HTMLElement | null} */ (field.querySelector(".refusal"));
    const control = field.querySelector(".value, select");
    field.classList.toggle("refused", hit);
    if (reason) {
      reason.hidden = !hit;
      reason.id = `why-${field.dataset.path}`;
      write(reason, hit ? labelled(refusal.reason) : "");
    }
    if (hit) {
      control?.setAttribute("aria-invalid", "true");
      if (reason) control?.setAttribute("aria-describedby", reason.id);
    } else {
      control?.removeAttribute("aria-invalid");
      control?.removeAttribute("aria-describedby");
    }
  }
}
