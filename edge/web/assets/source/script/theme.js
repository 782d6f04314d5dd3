// The theme without loading the page anew. The server learns of it by the same form,
// so that the next page comes in it at once.

export function theming(page) {
  const form = page.querySelector("form.theme");
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = event.submitter;
    if (chosen.value === "auto") page.documentElement.removeAttribute("data-theme");
    else page.documentElement.dataset.theme = chosen.value;
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === chosen));
    dispatchEvent(new Event("theme"));
    const body = new URLSearchParams(new FormData(form));
    body.set("theme", chosen.value);
    try {
      await fetch(form.action, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
    } catch { /* the page has it; the next one will not */ }
  });
}
