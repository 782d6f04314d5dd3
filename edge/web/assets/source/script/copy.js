// Buttons that copy the text of the element which they name. They are hidden until
// this script is there to serve them.

export function copying(page) {
  if (!navigator.clipboard) return;
  for (const button of page.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(page, button));
  }
}

async function copy(page, button) {
  const source = button.dataset.copy === "" ? button.parentElement.querySelector("code") : page.getElementById(button.dataset.copy);
  if (!source) return;
  const word = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select and copy by hand";
    const range = page.createRange();
    range.selectNodeContents(source);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
  setTimeout(() => { button.textContent = word; }, 2000);
}
