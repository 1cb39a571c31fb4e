// The form of an entry.

const untranslated = (text) => Object.assign(document.createElement("bdi"), { textContent: text, translate: false });

const regex = document.getElementById("is_email_regex");

// The sentence on what the entry will do follows what is typed.
const meaning = document.getElementById("meaning");
if (meaning) {
  const { template, noName, noEmail, noPattern, pattern } = meaning.dataset;
  const form = meaning.closest("form");
  const { name, email } = form.elements;
  const say = () => {
    const typed = { name: name.value.trim(), email: email.value.trim() };
    const who = typed.name ? "“{name}”" : noName;
    const from = regex.checked ? (typed.email ? pattern.replace("{}", "{email}") : noPattern) : typed.email ? "{email}" : noEmail;
    const parts = template.replace("{name}", who).replace("{from}", from).split(/{(name|email)}/);
    meaning.replaceChildren(...parts.map((part, i) => (i % 2 ? untranslated(typed[part]) : part)));
  };
  form.addEventListener("input", say);
  say();
}

// Which entries the name already has, whether the address is listed, and warnings about what
// was typed: loaded when the person pauses, or leaves the field.
const nameEntries = document.getElementById("name-entries");
if (nameEntries) {
  const at = nameEntries.dataset.nameEntries;
  const form = nameEntries.closest("form");
  const { name, email, twins, confirmed } = form.elements;
  const question = () => new URLSearchParams({ name: name.value.trim(), email: email.value.trim(), is_email_regex: regex.checked }).toString();
  let asked = nameEntries.childElementCount ? question() : "";
  let waiting;
  const ask = async () => {
    clearTimeout(waiting);
    const query = question();
    if (query === asked) return;
    asked = query;
    let said = [];
    try {
      const answer = (name.value.trim() || email.value.trim()) && (await fetch(at + (at.includes("?") ? "&" : "?") + query, { headers: { Accept: "text/html" }, redirect: "manual" }));
      if (answer.ok) { // and not a redirect to sign-in, which the form reports when it is sent
        said = [...new DOMParser().parseFromString(await answer.text(), "text/html").body.children];
      }
    } catch {
      // The form works without it.
    }
    const html = (parts) => [...parts].map((part) => part.outerHTML).join("");
    if (query === asked && html(said) !== html(nameEntries.children)) nameEntries.replaceChildren(...said);
  };
  const asks = (field) => [name, email].includes(field) || field.name === "is_email_regex";
  form.addEventListener("change", (event) => asks(event.target) && ask());
  form.addEventListener("input", (event) => {
    if (!asks(event.target)) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 400);
  });
  // When the summary asks to confirm a warning, this would repeat it.
  if (!twins && !confirmed) ask();
}
