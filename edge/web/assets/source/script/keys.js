// The keyboard: / goes to the box for an address, j and k to the next and the
// previous finding, e opens and closes it, ? shows this list, Esc closes.

export function keyboard(page) {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") return leave(page);
    if (writes(event.target)) return;
    const act = acts[event.key];
    if (act && act(page)) event.preventDefault();
  });
  for (const button of page.querySelectorAll("button[data-key]")) {
    button.hidden = false;
    button.addEventListener("click", () => acts[button.dataset.key](page));
  }
}

const acts = {
  "/": (page) => focus(page.getElementById("url") || page.getElementById("q")),
  j: (page) => step(page, 1),
  k: (page) => step(page, -1),
  e: (page) => toggle(page),
  E: (page) => expand(page),
  "?": (page) => help(page),
};

function writes(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(radio|checkbox|button|submit)$/.test(target.type);
}

function focus(box) {
  if (!box) return false;
  box.focus();
  if (box.select) box.select();
  return true;
}

const findings = (page) => [...page.querySelectorAll("details.finding")].filter((one) => one.offsetParent);

function at(page) {
  return findings(page).findIndex((one) => one.contains(page.activeElement));
}

function step(page, by) {
  const all = findings(page);
  if (all.length === 0) return false;
  const now = at(page);
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + by, 0), all.length - 1);
  all[next].querySelector("summary").focus();
  all[next].scrollIntoView({ block: "nearest" });
  return true;
}

function toggle(page) {
  const one = findings(page)[at(page)];
  if (!one) return false;
  one.open = !one.open;
  return true;
}

function expand(page) {
  const all = findings(page);
  const open = all.some((one) => !one.open);
  for (const one of all) one.open = open;
  return all.length > 0;
}

function help(page) {
  const list = page.getElementById("keys");
  if (!list) return false;
  list.togglePopover();
  return true;
}

function leave(page) {
  for (const menu of page.querySelectorAll("details.mine[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (writes(page.activeElement)) page.activeElement.blur();
}
