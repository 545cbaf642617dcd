"use strict";
(() => {
  const { element, number, words, title, fact, table, chart, draw } = page;
  const report = JSON.parse(document.getElementById("data").textContent);

  // Summary
  document.title = "Lockstep: " + report.title;
  document.getElementById("title").textContent = report.title;
  document.getElementById("subtitle").textContent = report.network + ", trained by Lockstep " + report.lockstepVersion;
  for (const each of report.facts) fact(document.getElementById("summary"), each.name, each.value);

  // Curves
  const epochs = report.epochs;
  const numbers = key => epochs.map(epoch => (typeof epoch[key] === "number" ? epoch[key] : null));
  const present = key => epochs.some(epoch => typeof epoch[key] === "number");
  const curves = document.querySelector("#curves .charts");
  const colors = ["--first", "--second", "--third"];
  const curve = (caption, note, keys) => {
    const shown = keys.filter(present);
    if (!shown.length) return;
    chart(curves, caption, note, [numbers("epoch"), ...shown.map(numbers)],
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
  document.getElementById("network").append(table([
    { key: "name", title: "layer", text: true }, { key: "output", title: "output", text: true },
    { key: "tensors", title: "parameters", text: true }, { key: "count", title: "count" }], report.layers));

  // Weights
  const weights = document.querySelector("#weights .charts");
  for (const tensor of report.tensors) {
    const width = (tensor.to - tensor.from) / tensor.bins.length;
    chart(weights, tensor.name, "mean " + number(tensor.mean) + ", deviation " + number(tensor.deviation),
      [tensor.bins.map((count, i) => tensor.from + (i + 0.5) * width), tensor.bins],
      [{ label: "weights", color: "--third", bars: 0.9 }],
      { x: "value", height: 140, left: 45, xs: { values: (u, ticks) => ticks.map(number), space: 70 } });
  }

  // Epochs and job
  const keys = [...new Set(epochs.flatMap(epoch => Object.keys(epoch)))];
  document.getElementById("epochs").append(table(
    keys.map(key => ({ key, title: words(key) })),
    epochs.map(epoch => ({ ...epoch, best: epoch.epoch === report.bestEpoch }))));
  document.getElementById("job").append(element("pre", report.job));

  draw();
})();
