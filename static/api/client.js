/** REST calls to the server. Only this folder makes requests. */

import { sliceQuery } from "../lib/slice.js";
import { keepToken, ownerToken } from "./owner-token.js";
import { decodeTensors } from "./safetensors.js";

export const API = new URL("api/v1/", document.baseURI);

const BYTES = "application/octet-stream";

/** A refusal of the server, as problem details of RFC 9457. */
export class Refused extends Error {
  constructor(/** @type {Problem} */ problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {}

/** @param {string} method @param {string} path below /api/v1/ @param {unknown} [body] a Blob is sent as it is, all else as JSON @returns {Promise<any>} */
export async function request(method, path, body) {
  const token = ownerToken();
  const isFile = body instanceof Blob;
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(new URL(path, API), {
      method,
      credentials: "same-origin",
      keepalive: method === "DELETE", // one is sent as the page ends
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": isFile ? body.type || BYTES : "application/json" }),
      },
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    });
  } catch {
    throw new Unreachable("The server does not answer.");
  }
  if (answer.status === 204) return null;
  const value = await answer.json().catch(() => null);
  if (value?.owner_token) keepToken(value.owner_token);
  if (answer.ok) return value;
  if (answer.status === 401 && token) {
    keepToken(""); // of a server that has forgotten its owners
    return request(method, path, body);
  }
  throw new Refused(value ?? { type: "about:blank", title: answer.statusText, status: answer.status, detail: "" });
}

/**
 * One frame, as the stream would send it.
 * @param {string} id
 * @param {Record<string, any>} asked resolution, include, axes, hold, and a recorded epoch; by default the present
 * @returns {Promise<Frame>}
 */
export async function frame(id, asked) {
  const { axes, hold, ...plain } = asked;
  const given = Object.entries(plain).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams({ ...Object.fromEntries(given), ...sliceQuery({ axes, hold }) });
  const answer = await fetch(new URL(`runs/${id}/frame?${query}`, API), {
    headers: { accept: BYTES },
  });
  if (!answer.ok) throw new Refused(await answer.json());
  const { message, tensors } = decodeTensors(await answer.arrayBuffer());
  return { ...message, tensors };
}
