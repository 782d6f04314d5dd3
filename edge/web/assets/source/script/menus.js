// A menu closes when something else is pressed, and a finding that is linked to
// is open.

export function menus(page) {
  page.addEventListener("pointerdown", (event) => {
    for (const menu of page.querySelectorAll("details.mine[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  const reveal = () => {
    const linked = page.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let one = linked; one; one = one.parentElement) {
      if (one.tagName === "DETAILS") one.open = true;
    }
    if (linked) linked.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  let shut = [];
  addEventListener("beforeprint", () => {
    shut = [...page.querySelectorAll("main details:not([open])")];
    for (const one of shut) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of shut) one.open = false; });
}
