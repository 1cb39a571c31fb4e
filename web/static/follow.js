// Pages that change by themselves.

// A running plan, or a change without a known result, is loaded again until it has ended.
const follow = document.querySelector("[data-follow]");
if (follow?.dataset.follow) {
  // A change without a known result: its page answers 202 until the result is known. A form
  // that the person types into stays.
  const to = follow.dataset.follow;
  let typing = false;
  document.querySelector("form[data-once]")?.addEventListener("input", () => (typing = true));
  const look = async () => {
    try {
      const answer = await fetch(to, { method: "HEAD", redirect: "manual" });
      if (answer.status === 200 || answer.type === "opaqueredirect") {
        if (!typing) return location.replace(to);
        follow.querySelector("a").textContent = "The result is known: view it";
        return;
      }
    } catch {
      // There is no network: try again.
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
} else if (follow) {
  const look = async () => {
    try {
      const answer = await fetch(follow.dataset.part, { headers: { Accept: "text/html" } });
      if (answer.redirected) return location.reload(); // the session has ended
      const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-follow]");
      if (!now) return location.reload();
      const parts = (of) => of.querySelectorAll(":scope > p, :scope > progress");
      if (parts(now).length === parts(follow).length) {
        const fresh = parts(now);
        parts(follow).forEach((part, i) => part.replaceWith(fresh[i]));
      } else if (!follow.contains(document.activeElement)) follow.replaceChildren(...now.childNodes);
    } catch {
      // There is no network: try again.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}
