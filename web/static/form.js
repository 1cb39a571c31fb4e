// The form of an entry.

const untranslated = (text) => Object.assign(document.createElement("bdi"), { textContent: text, translate: false });

// The sentence on what the entry will do follows what is typed.
const meaning = document.getElementById("meaning");
if (meaning) {
  const { template, noName, noEmail, noPattern, pattern } = meaning.dataset;
  const name = document.getElementById("name");
  const email = document.getElementById("email");
  const regex = document.getElementById("is_email_regex");
  const say = () => {
    const typed = { name: name.value.trim(), email: email.value.trim() };
    const who = typed.name ? "“{name}”" : noName;
    const from = regex.checked ? (typed.email ? pattern.replace("{}", "{email}") : noPattern) : typed.email ? "{email}" : noEmail;
    const parts = template.replace("{name}", who).replace("{from}", from).split(/{(name|email)}/);
    meaning.replaceChildren(...parts.map((part, i) => (i % 2 ? untranslated(typed[part]) : part)));
  };
  for (const input of [name, email, regex]) input.addEventListener("input", say);
  say();
}

// Which entries the name already has, and warnings about what was typed: loaded when the
// person leaves the field.
const nameEntries = document.getElementById("name-entries");
if (nameEntries) {
  const at = nameEntries.dataset.nameEntries;
  const { name, email, is_email_regex: regex, twins, confirmed } = nameEntries.closest("form").elements;
  const question = () => new URLSearchParams({ name: name.value.trim(), email: email.value.trim(), is_email_regex: regex.checked }).toString();
  let asked = nameEntries.childElementCount ? question() : "";
  const ask = async () => {
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
    if (query === asked) nameEntries.replaceChildren(...said);
  };
  for (const input of [name, email, regex]) input.addEventListener("change", ask);
  // When the summary asks to confirm a warning, this would repeat it.
  if (!twins && !confirmed) ask();
}
