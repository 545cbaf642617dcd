"use strict";
(() => {
  const report = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  root.dataset.errors = "0";
  window.addEventListener("error", () => { root.dataset.errors = String(Number(root.dataset.errors) + 1); });

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const color = name => getComputedStyle(root).getPropertyValue(name).trim();
  const number = value => {
    if (value === null || value === undefined) return "";
    if (Number.isInteger(value)) return value.toLocaleString("en");
    const size = Math.abs(value);
    return size >= 1e5 || size < 1e-3 ? value.toExponential(3) : String(Number(value.toPrecision(5)));
  };
  const words = name => name.replace(/([A-Z])/g, " $1").toLowerCase();
  const title = name => name.charAt(0).toUpperCase() + words(name.slice(1));

  // Summary
  document.title = "Lockstep: " + report.title;
  document.getElementById("title").textContent = report.title;
  document.getElementById("subtitle").textContent = report.network + ", trained by Lockstep " + report.lockstepVersion;
  for (const fact of report.facts) {
    const long = typeof fact.value === "string" && fact.value.length > 20;
    const box = element("div", undefined, long ? "fact wide" : "fact");
    const value = typeof fact.value === "number" ? number(fact.value) : fact.value;
    box.append(element("b", value), element("span", fact.name));
    document.getElementById("summary").append(box);
  }

  // Charts
  const charts = [];
  const chart = (parent, title, note, data, series, options) => {
    const figure = element("figure");
    const caption = element("figcaption", title);
    if (note) caption.append(element("small", note));
    const place = element("div");
    figure.append(caption, place);
    parent.append(figure);
    charts.push({ place, data, series, options, plot: null });
  };
  const draw = () => {
    const grid = { stroke: () => color("--line"), width: 1 };
    const axis = { stroke: () => color("--faint"), grid, ticks: { show: false } };
    for (const each of charts) {
      if (each.plot) each.plot.destroy();
      const { height, left, marks, xs } = each.options;
      each.plot = new uPlot({
        width: Math.max(each.place.clientWidth, 160),
        height,
        scales: { x: { time: false } },
        axes: [{ ...axis, ...xs }, { ...axis, size: left, values: (u, ticks) => ticks.map(number) }],
        legend: { show: each.series.length > 1 || left > 45 },
        series: [{ label: each.options.x }, ...each.series.map(line => ({
          label: line.label, stroke: color(line.color), width: 2, spanGaps: true, value: (u, value) => number(value),
          fill: line.bars ? color(line.color) : undefined,
          paths: line.bars ? uPlot.paths.bars({ size: [0.9, 40] }) : undefined,
          points: { show: !line.bars && each.data[0].length < 60 },
        }))],
        hooks: {
          draw: [u => {
            for (const mark of marks || []) {
              const x = u.valToPos(mark, "x", true);
              u.ctx.save();
              u.ctx.strokeStyle = color("--mark");
              u.ctx.setLineDash([6, 4]);
              u.ctx.beginPath();
              u.ctx.moveTo(x, u.bbox.top);
              u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
              u.ctx.stroke();
              u.ctx.restore();
            }
          }],
        },
      }, each.data, each.place);
    }
    root.dataset.charts = String(charts.length);
    root.dataset.overflows = String(root.scrollWidth > root.clientWidth);
  };

  const epochs = report.epochs;
  const numbers = key => epochs.map(epoch => (typeof epoch[key] === "number" ? epoch[key] : null));
  const present = key => epochs.some(epoch => typeof epoch[key] === "number");
  const curves = document.querySelector("#curves .charts");
  const colors = ["--first", "--second", "--third"];
  const curve = (title, note, keys) => {
    const shown = keys.filter(present);
    if (!shown.length) return;
    chart(curves, title, note, [numbers("epoch"), ...shown.map(numbers)],
      shown.map((key, i) => ({ label: words(key), color: colors[i] })),
      { x: "epoch", height: 240, left: 70, marks: report.bestEpoch ? [report.bestEpoch] : [] });
  };
  const best = report.bestEpoch ? "the line marks the best epoch, " + report.bestEpoch : "";
  curve("Loss", best, ["loss", "validationLoss"]);
  for (const score of report.scores) curve(title(score.training), "", [score.training, score.validation]);
  curve("Evidence lower bound", "negative log-likelihood and divergence, in the unit of the loss",
    ["negativeLogLikelihood", "kl", "elbo"]);
  curve("Learning rate", "", ["learningRate"]);
  curve("Rows a second", "", ["rowsPerSecond"]);
  curve("Where the ranks' time went", "seconds an epoch, mean of the ranks",
    ["computeSeconds", "copySeconds", "waitSeconds"]);
  if (!epochs.length) curves.append(element("p", "No epoch is recorded in metrics.jsonl."));

  // Network
  const table = (columns, rows) => {
    const made = element("table", undefined, "plain");
    const head = made.createTHead().insertRow();
    for (const column of columns) head.append(element("th", column.title, column.text ? "text" : ""));
    const body = made.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      if (row.best) line.className = "best";
      for (const column of columns) {
        const value = row[column.key];
        line.append(element("td", typeof value === "number" ? number(value) : value, column.text ? "text" : ""));
      }
    }
    const scroll = element("div", undefined, "scroll");
    scroll.tabIndex = 0;
    scroll.append(made);
    return scroll;
  };
  document.getElementById("network").append(table([
    { key: "name", title: "layer", text: true }, { key: "output", title: "output", text: true },
    { key: "tensors", title: "parameters", text: true }, { key: "count", title: "count" }], report.layers));

  // Weights
  const weights = document.querySelector("#weights .charts");
  for (const tensor of report.tensors) {
    const width = (tensor.to - tensor.from) / tensor.bins.length;
    chart(weights, tensor.name, "mean " + number(tensor.mean) + ", deviation " + number(tensor.deviation),
      [tensor.bins.map((count, i) => tensor.from + (i + 0.5) * width), tensor.bins],
      [{ label: "weights", color: "--third", bars: true }],
      { x: "value", height: 140, left: 45, xs: { values: (u, ticks) => ticks.map(number), space: 70 } });
  }

  // Epochs and job
  const keys = [...new Set(epochs.flatMap(epoch => Object.keys(epoch)))];
  document.getElementById("epochs").append(table(
    keys.map(key => ({ key, title: words(key) })),
    epochs.map(epoch => ({ ...epoch, best: epoch.epoch === report.bestEpoch }))));
  document.getElementById("job").append(element("pre", report.job));

  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  let wait;
  window.addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(draw, 100); });
})();
