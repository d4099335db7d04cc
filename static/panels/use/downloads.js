/** The files that the run can be downloaded as, in the formats of the catalog. */

import { make, write } from "../../ui/dom.js";

/** @param {Catalog["exports"]} formats */
export function createDownloads(formats) {
  const when = make("p", { class: "aside" });
  const links = formats.map(({ title, filename }) => make("a", { download: filename }, [title]));
  const rows = formats.map(({ note }, index) =>
    make("li", {}, [links[index], make("span", { class: "aside" }, [note])]),
  );
  const element = make("section", { class: "downloads", "aria-label": "Download" }, [
    make("h3", { class: "label" }, ["Download"]),
    when,
    make("ul", {}, rows),
  ]);
  return {
    element,
    update(/** @type {Pick<State, "run" | "past">} */ { run, past }) {
      element.hidden = !run;
      if (!run) return;
      const query = past ? `?epoch=${past.epoch}` : "";
      for (const [index, { name }] of formats.entries())
        links[index].href = new URL(`api/v1/runs/${run.id}/export/${name}${query}`, document.baseURI).href;
      write(
        when,
        past ? `The network as it was at epoch ${past.epoch.toLocaleString("en")}.` : "The network as it is now.",
      );
    },
  };
}
