// A scan in progress: the page follows the server's events, says so when the line
// is cut, and loads itself anew when the scan has ended.

const root = document.getElementById("live");
const part = (id) => document.getElementById(id);
const signs = { critical: "■", high: "▲", medium: "◆", low: "●", info: "○" };
let last = Date.now();
let said = 0;

function text(node, words) {
  if (node && node.textContent !== words) node.textContent = words;
}

function element(name, kind, words) {
  const node = document.createElement(name);
  if (kind) node.className = kind;
  if (words) node.textContent = words;
  return node;
}

function progress(news) {
  const bar = part("bar");
  bar.setAttribute("aria-valuenow", String(news.done));
  bar.setAttribute("aria-valuemax", String(news.planned));
  bar.setAttribute("aria-valuetext", news.says);
  bar.querySelector("rect").setAttribute("width", String(news.planned ? (100 * news.done) / news.planned : 0));
  text(part("counted"), news.says);
  if (Date.now() - said > 1000 && news.now) {
    said = Date.now();
    text(part("now"), news.now);
  }
  for (const check of news.checks || []) {
    const line = document.querySelector(`[data-check="${CSS.escape(check.key)}"]`);
    if (!line) continue;
    text(line.querySelector(".sign"), check.sign);
    text(line.querySelector(".says"), check.says);
  }
}

function found(news) {
  const list = part("found");
  const id = "found-" + news.rule;
  if (document.getElementById(id)) return;
  const line = element("li");
  line.id = id;
  const chip = element("span", "chip " + (signs[news.severity] ? news.severity : "info"));
  const shape = element("span", "", signs[news.severity] || "○");
  shape.setAttribute("aria-hidden", "true");
  chip.append(shape, " " + news.severity[0].toUpperCase() + news.severity.slice(1));
  line.append(chip, element("b", "", news.title), element("code", "", news.rule));
  list.append(line);
  part("none").hidden = true;
}

function follow() {
  const events = new EventSource(root.dataset.events);
  const heard = (event) => {
    last = Date.now();
    part("lost").hidden = true;
    return JSON.parse(event.data);
  };
  events.addEventListener("progress", (event) => progress(heard(event)));
  events.addEventListener("finding", (event) => found(heard(event)));
  events.addEventListener("end", () => {
    events.close();
    location.reload();
  });
  events.addEventListener("error", () => { part("lost").hidden = false; });
}

setInterval(() => {
  const seconds = Math.round((Date.now() - last) / 1000);
  text(part("age"), `last update ${seconds} s ago`);
}, 1000);

if (root) follow();
