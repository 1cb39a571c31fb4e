// Warns in a form when the session ends soon, and keeps what was typed when a sign-in
// service in front of Namesake would lose it. Without this file the form says until when
// it can be sent.

const bar = document.getElementById("session");
const form = bar.closest("form");
const { person, idle, left, probe } = bar.dataset;
const soon = 5 * 60_000;
const day = 24 * 60 * 60_000;
const name = `form of ${person} ${form?.getAttribute("action")}`;
let until = Date.now() + left * 1000; // by this machine's clock, which may be wrong
let active = Date.now();
let touched = "typed" in bar.dataset; // whether the form has what the person typed
let waiting;

const show = (part) => {
  for (const each of bar.children) each.hidden = each.dataset.part !== part;
  bar.hidden = !part;
};
const shown = () => [...bar.children].find((each) => !bar.hidden && !each.hidden)?.dataset.part;

// The form is kept in this tab only, for the person who typed it.
const keep = () => {
  try {
    sessionStorage.setItem(name, JSON.stringify({ at: Date.now(), fields: [...new FormData(form)] }));
  } catch {
    // There is no space: it is still on the page.
  }
};
const drop = () => sessionStorage.removeItem(name);
const restore = () => {
  const kept = JSON.parse(sessionStorage.getItem(name));
  if (!kept || form.elements.kept || Date.now() - kept.at > day) return drop();
  const typed = new Map(kept.fields);
  for (const field of form.elements) {
    if (!field.name || field.type === "submit") continue;
    if (field.type === "checkbox") field.checked = typed.has(field.name);
    else if (field.type === "radio") field.checked = field.value === (typed.get(field.name) ?? "");
    else if (typed.has(field.name)) field.value = typed.get(field.name);
  }
  for (const field of form.elements) for (const what of ["input", "change"]) field.dispatchEvent(new Event(what, { bubbles: true }));
  touched = true;
  show("restored");
};

// When the session ends: at its limit, or some time after the last request in it. The
// server stores that time at most every ten seconds.
const ends = () => {
  const asked = performance.getEntriesByType("resource").filter((each) => each.initiatorType === "fetch");
  const last = Math.max(active, ...asked.map((each) => performance.timeOrigin + each.responseEnd));
  return Math.min(until, last + (idle - 10) * 1000);
};
const look = () => {
  clearTimeout(waiting);
  const rest = ends() - Date.now();
  const early = Math.min(soon, (Math.min(left, idle) * 1000) / 4);
  if (rest > early) {
    if (shown() === "ending") {
      show();
      drop();
    }
    waiting = setTimeout(look, Math.min(rest - early, day));
    return;
  }
  if (touched) keep();
  if (rest > 0) {
    const at = bar.querySelector("[data-part=ending] time");
    at.textContent = new Date(ends()).toLocaleTimeString(undefined, { timeStyle: "short" });
    show("ending");
    waiting = setTimeout(look, rest);
  } else show("ended");
};

// Scrolls the field with the focus out from under the notice.
const uncover = () => {
  const edge = bar.closest(".actions") ?? bar;
  const covers = !bar.hidden && getComputedStyle(edge).position === "sticky";
  document.documentElement.style.scrollPaddingBottom = covers ? `${edge.offsetHeight + 24}px` : "";
  const focused = document.activeElement;
  if (covers && form.contains(focused) && !edge.contains(focused)) focused.scrollIntoView({ block: "nearest" });
};

// Another tab has been used, perhaps to sign in again.
const tabs = new BroadcastChannel(`session of ${person}`);
tabs.postMessage(until);
tabs.onmessage = ({ data }) => {
  [until, active] = [data, Date.now()];
  if (!form) return;
  if (shown() === "ended") show("again");
  look();
};

// reached reports whether a request reaches Namesake, which gives each an ID. A sign-in
// service in front answers instead, usually with a redirect.
const reached = async () => {
  try {
    const answer = await fetch(probe, { method: "HEAD", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10_000) });
    return answer.headers.has("X-Request-Id");
  } catch {
    return true; // the browser itself reports network errors
  }
};

if (form) {
  let asking = false;
  let passes = false;
  restore();
  new ResizeObserver(uncover).observe(bar);
  look();
  form.addEventListener("input", () => {
    touched = true;
    if (["ending", "ended", "again"].includes(shown())) keep();
  });
  addEventListener("visibilitychange", look); // no timer runs while a machine sleeps
  addEventListener("pageshow", look);
  bar.querySelector("[data-discard]").addEventListener("click", () => {
    drop();
    form.reset();
    location.reload();
  });
  addEventListener(
    "submit",
    async (event) => {
      if (event.target !== form) return;
      if (passes || !probe) {
        passes = false;
        return drop();
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (asking) return;
      asking = true;
      const open = await reached();
      asking = false;
      if (open) {
        passes = true;
        return form.requestSubmit(event.submitter);
      }
      keep();
      show("ended");
      bar.querySelector("[data-part=ended] a").focus();
    },
    true,
  );
}
