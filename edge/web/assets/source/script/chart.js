// The history as a chart that can be pointed at. Its numbers are those of the table
// below it; the drawing which the server made stays for paper and for readers
// without a script.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const place = document.getElementById("chart");
const table = document.getElementById("scores");

function rows() {
  return [...table.querySelectorAll("tbody tr")].map((row) => ({
    at: Date.parse(row.querySelector("time").dateTime) / 1000,
    score: row.dataset.score === "" ? null : Number(row.dataset.score),
    turn: row.dataset.turn === "1",
  })).reverse();
}

// broken puts a gap before each change of the rules, so that no line crosses it.
function broken(all) {
  const times = [], scores = [];
  for (const row of all) {
    if (row.turn) {
      times.push(row.at - 1);
      scores.push(null);
    }
    times.push(row.at);
    scores.push(row.score);
  }
  return [times, scores];
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// resolved asks the browser which of the two colours of a theme is meant.
function resolved(name) {
  const probe = document.createElement("span");
  probe.style.color = colour(name);
  place.append(probe);
  const said = getComputedStyle(probe).color;
  probe.remove();
  return said;
}

function turns(all) {
  return {
    hooks: {
      draw: [(plot) => {
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.strokeStyle = resolved("--edge");
        ctx.setLineDash([6, 6]);
        for (const row of all.filter((one) => one.turn)) {
          const x = Math.round(plot.valToPos(row.at, "x", true));
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
        }
        ctx.restore();
      }],
    },
  };
}

function draw() {
  const all = rows();
  const drawn = place.querySelector("svg");
  place.querySelector(".uplot")?.remove();
  drawn.removeAttribute("hidden");
  const axis = { stroke: resolved("--faint"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { stroke: resolved("--line") } };
  const ink = resolved("--ink");
  const options = {
    width: place.clientWidth - 24, height: 260, tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), "Etc/UTC"), plugins: [turns(all)],
    scales: { y: { range: [0, 100] } },
    axes: [axis, { ...axis, splits: () => [0, 20, 40, 60, 70, 80, 90, 100] }],
    series: [{ label: "Scan" }, { label: "Score", stroke: ink, width: 2, spanGaps: false, points: { show: true, size: 8, fill: ink } }],
  };
  const box = document.createElement("div");
  box.setAttribute("aria-hidden", "true");
  place.append(box);
  new uPlot(options, broken(all), box);
  place.replaceChildren(drawn, ...box.childNodes);
  drawn.setAttribute("hidden", "");
}

if (place && table && table.querySelectorAll("tbody tr").length > 1) {
  draw();
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 150); });
  addEventListener("theme", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
