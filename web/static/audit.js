// The audit trail: its list follows what is typed into the search. The form works without.
// A filter is called action, so the form has no such property.
const form = document.querySelector("form[data-audit]");
const records = document.getElementById("records");
let waiting, asking;
const show = async () => {
  asking?.abort();
  const mine = (asking = new AbortController());
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  const to = form.getAttribute("action") + (query.size ? "?" + query : "");
  records.ariaBusy = "true";
  try {
    const answer = await fetch(to, { headers: { Accept: "text/html" }, signal: mine.signal });
    if (answer.redirected || !answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of ["#records", "[data-choices]"]) document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
    const exports = page.querySelectorAll("[data-export]");
    document.querySelectorAll("[data-export]").forEach((link, i) => (link.href = exports[i].href));
    const rows = records.querySelectorAll("tbody tr").length;
    document.querySelector("[data-found]").textContent = rows ? `${rows} shown` : "No matching records";
    history.replaceState(null, "", to);
    records.ariaBusy = null;
  } catch {
    if (mine === asking && !mine.signal.aborted) location.assign(to);
  }
};
form.elements.search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 200);
});
