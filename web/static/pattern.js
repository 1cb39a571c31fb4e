// The check of a pattern.

// A pattern is checked while the person types. The suggested addresses change with it until
// the person types others. A result that is not of the typed pattern is marked as busy.
const tester = document.querySelector("[data-check]");
if (tester) {
  const form = tester.closest("form");
  const { name, samples, suggested } = form.elements;
  const field = form.elements.pattern ?? form.elements.email;
  const regex = document.getElementById("is_email_regex");
  const fault = document.getElementById("pattern-fault-place");
  const [result, verdict, failed] = ["result", "verdict", "failed"].map((part) => document.getElementById(`pattern-${part}`));
  let waiting, asking, answered; // answered is the question of the shown result
  const open = new Map(); // what the person has unfolded stays so
  const folds = () => result.querySelectorAll("[data-fold]");
  const question = () => new URLSearchParams({ pattern: field.value, name: name.value, samples: samples.value, suggested: suggested.value });
  const lines = (text) => text.trim().replace(/\r/g, "");
  const describe = () => {
    const about = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== "pattern-fault");
    const refused = document.getElementById("pattern-fault") !== null;
    if (refused) about.unshift("pattern-fault");
    field.toggleAttribute("aria-describedby", about.length > 0);
    if (about.length) field.setAttribute("aria-describedby", about.join(" "));
    field.ariaInvalid = refused || about.includes("email-error") ? "true" : null;
  };
  const show = (parts, said, why = "", faults = []) => {
    fault.replaceChildren(...faults);
    for (const fold of folds()) open.set(fold.dataset.fold, fold.open);
    result.replaceChildren(...parts);
    for (const fold of folds()) fold.open = open.get(fold.dataset.fold) ?? false;
    result.ariaBusy = null;
    failed.hidden = !why;
    failed.lastElementChild.textContent = why;
    if (verdict.textContent !== said) verdict.textContent = said;
    describe();
  };
  const suggest = (text) => {
    if (lines(samples.value) !== lines(text)) samples.value = text;
  };
  const check = async () => {
    asking?.abort();
    if (regex && !regex.checked) {
      answered = undefined;
      return show([], "");
    }
    const body = question();
    if (body.toString() === answered) return (result.ariaBusy = null);
    const mine = (asking = new AbortController());
    let why = "Namesake gave no answer";
    try {
      const answer = await fetch(tester.dataset.check, { method: "POST", body, headers: { Accept: "text/html" }, redirect: "manual", signal: mine.signal });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[name=suggested]").value;
        if (lines(page.getElementById("samples").value) === lines(fresh)) suggest(fresh);
        suggested.value = fresh;
        const part = (id) => page.getElementById(id);
        show(part("pattern-result").childNodes, part("pattern-verdict").textContent, "", part("pattern-fault-place").childNodes);
        answered = question().toString();
        return;
      }
      why = `Namesake answered with an error (${answer.status})`;
      if (answer.status === 401 || answer.type === "opaqueredirect") why = "your session has ended";
      if (answer.status === 413) why = "this is more than Namesake can check at once";
    } catch {
      if (mine.signal.aborted) return; // the person has typed something else
    }
    answered = undefined;
    show([], "Not checked.", why);
  };
  form.addEventListener("input", (event) => {
    if (![field, name, samples].includes(event.target) && event.target.name !== "is_email_regex") return;
    asking?.abort();
    result.ariaBusy = question().toString() === answered ? null : "true";
    clearTimeout(waiting);
    waiting = setTimeout(check, 250);
  });
  form.addEventListener("click", (event) => {
    const place = event.target.closest("[data-from]")?.dataset;
    if (!place) return;
    const spaces = field.value.length - field.value.trimStart().length; // were not checked
    field.focus();
    field.setSelectionRange(spaces + Number(place.from), spaces + Number(place.to));
  });
  addEventListener("pageshow", () => field.value && check()); // the browser may have restored the form
}
