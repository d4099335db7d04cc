/**
 * The owner token of the page's requests where cookies are blocked: the server sends it with a new run.
 *
 * It stays in the browser's storage, as the cookie would; where that is blocked too, in the entry of the browser's history,
 * which survives a reload.
 */

const KEY = "descent.token";

let token = kept();
let stored = true;

/** @returns {string} empty where the cookie is used */
function kept() {
  try {
    return history.state?.token ?? localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // the browser lets the page store nothing
  }
}

export const ownerToken = () => token;

/** Whether the token ends with the page: a frame without storage has another history after each reload. */
export const fleeting = () => embedded && token !== "" && !stored;

/** @param {string} given by the server; empty once no one has it any more */
export function keepToken(given) {
  token = given;
  history.replaceState({ ...history.state, token }, "");
  try {
    if (given) localStorage.setItem(KEY, given);
    else localStorage.removeItem(KEY);
  } catch {
    stored = false; // the entry of the history has it
  }
}

/** Whether another page shows this one in a frame. */
export const embedded = window.parent !== window;
