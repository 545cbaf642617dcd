"use strict";
(() => {
  const { element, title, table, chart, draw } = page;
  const { runs, settings, figures } = JSON.parse(document.getElementById("data").textContent);
  const colors = ["--first", "--second", "--third", "--mark", "--fourth", "--fifth"];
  document.getElementById("subtitle").textContent = runs.map(run => run.name).join(" · ");

  const sideBySide = (place, keys, kind) => {
    const cells = key => runs.map((run, i) => ["run" + i, run[kind][key] ?? ""]);
    const rows = keys.map(key => ({ key, ...Object.fromEntries(cells(key)) }));
    const columns = runs.map((run, i) => ({ key: "run" + i, title: run.name }));
    document.getElementById(place).append(rows.length
      ? table([{ key: "key", title: "", text: true }, ...columns], rows)
      : element("p", "None."));
  };
  sideBySide("figures", figures, "figures");
  sideBySide("settings", settings, "settings");

  const curves = document.querySelector("#curves .charts");
  const last = Math.max(...runs.flatMap(run => run.epochs.map(epoch => epoch.epoch)));
  const epochs = Array.from({ length: last }, (none, i) => i + 1);
  const values = (run, key) => {
    const byEpoch = new Map(run.epochs.map(epoch => [epoch.epoch, epoch[key]]));
    return epochs.map(epoch => byEpoch.get(epoch) ?? null);
  };
  const ofHeads = new Set(runs.flatMap(run => run.epochs.flatMap(epoch => Object.keys(epoch)))
    .filter(key => /^validation.*_/.test(key)));
  for (const key of ["loss", "validationLoss", "accuracy", "validationAccuracy", "rmse", "validationRmse", "elbo",
    "learningRate", "rowsPerSecond", ...ofHeads]) {
    if (!runs.some(run => run.epochs.some(epoch => typeof epoch[key] === "number"))) continue;
    chart(curves, title(key), "", [epochs, ...runs.map(run => values(run, key))],
      runs.map((run, i) => ({ label: run.name.split("/").pop(), color: colors[i % colors.length] })),
      { x: "epoch", height: 260, left: 70 });
  }
  draw();
})();
