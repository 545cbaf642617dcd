"use strict";
(() => {
  const { root, element, number, words, title, fact, table, chart, layerPlots, draw, clear, tell } = page;
  const every = 2000;
  let chosen = null;
  let shape = "";
  let drawn = [];

  const duration = seconds => {
    if (seconds < 60) return seconds.toFixed(1) + " s";
    const whole = Math.round(seconds);
    const two = value => String(value).padStart(2, "0");
    return whole < 3600
      ? Math.floor(whole / 60) + "m " + two(whole % 60) + "s"
      : Math.floor(whole / 3600) + "h " + two(Math.floor(whole % 3600 / 60)) + "m";
  };
  const last = list => list[list.length - 1];

  const showRuns = runs => {
    const nav = document.getElementById("runs");
    nav.replaceChildren();
    if (runs.length < 2) return;
    for (const run of runs) {
      const button = element("button", run.number + " · " + run.name);
      button.title = run.state;
      button.setAttribute("aria-pressed", String(run.number === chosen));
      button.addEventListener("click", () => { chosen = run.number; load(); });
      nav.append(button);
    }
  };

  const showHead = run => {
    document.title = run.name + " · Lockstep";
    const heading = document.getElementById("title");
    heading.replaceChildren(run.name, element("span", run.state, "state " + run.state));
    document.getElementById("subtitle").textContent = run.words;
    const bar = document.getElementById("progress");
    bar.hidden = false;
    const reading = run.tasks ? run.tasksDone / run.tasks : 0;
    bar.value = run.state === "ended" ? 1 : run.steps ? run.step / run.steps : reading;
  };

  const showFacts = run => {
    const box = document.getElementById("summary");
    box.replaceChildren();
    const epoch = last(run.epochs);
    if (run.state === "preparing" && run.tasks) fact(box, "tasks", number(run.tasksDone) + " of " + number(run.tasks));
    if (run.steps) {
      const round = Math.min(Math.floor(run.step / run.stepsInEpoch) + 1, run.epochsPlanned);
      fact(box, "epoch", (run.state === "training" ? round : epoch ? epoch.epoch : 0) + " of " + run.epochsPlanned);
      fact(box, "step", number(run.step) + " of " + number(run.steps));
    }
    if (run.secondsLeft !== undefined) fact(box, "left", duration(run.secondsLeft));
    fact(box, "since it began", duration(run.seconds));
    if (epoch) {
      if (run.bestEpoch) fact(box, "best epoch", run.bestEpoch);
      for (const key of Object.keys(epoch)) {
        if (key === "loss" || key === "rowsPerSecond" || key.startsWith("validation")) {
          fact(box, key === "rowsPerSecond" ? "rows a second" : words(key),
            key === "rowsPerSecond" ? Math.round(epoch[key]) : epoch[key]);
        }
      }
    }
    if (run.rows) {
      fact(box, "rows", run.rows);
      fact(box, "parameters", run.parameters);
      fact(box, "shards on ranks", run.shards + " on " + run.ranksTraining);
    }
  };

  const showTime = run => { document.getElementById("time").textContent = run.time || ""; };

  const showNotices = run => {
    const section = document.getElementById("notices");
    section.hidden = !run.notices.length;
    const list = element("ul");
    for (const notice of [...run.notices].reverse()) {
      const line = element("li");
      line.append(element("time", new Date(notice.millis).toLocaleTimeString()), notice.text);
      list.append(line);
    }
    section.replaceChildren(element("h2", "Notices"), list);
  };

  // All charts of a run: caption, note, data, lines, options.
  const plots = run => {
    const epochs = run.epochs;
    const numbers = key => epochs.map(epoch => (typeof epoch[key] === "number" ? epoch[key] : null));
    const present = key => epochs.some(epoch => typeof epoch[key] === "number");
    const colors = ["--first", "--second", "--third"];
    const all = [];
    if (run.stepNumbers.length > 1) {
      all.push(["Loss of the steps", "mean over the rows of a round", [run.stepNumbers, run.stepLosses],
        [{ label: "loss", color: "--first", bare: true, width: 1 }], { x: "step", height: 240, left: 70 }]);
    }
    const curve = (caption, note, keys) => {
      const shown = keys.filter(present);
      if (shown.length) {
        all.push([caption, note, [numbers("epoch"), ...shown.map(numbers)],
          shown.map((key, i) => ({ label: words(key), color: colors[i] })),
          { x: "epoch", height: 240, left: 70, marks: run.bestEpoch ? [run.bestEpoch] : [] }]);
      }
    };
    curve("Loss of the epochs", "the line marks the best epoch", ["loss", "validationLoss"]);
    curve("Accuracy", "", ["accuracy", "validationAccuracy"]);
    curve("Root mean squared error", "", ["rmse", "validationRmse"]);
    for (const key of new Set(epochs.flatMap(epoch => Object.keys(epoch)))) {
      if (/^validation.*_/.test(key)) curve(title(key), "", [key]);
    }
    curve("Evidence lower bound", "in the unit of the loss", ["negativeLogLikelihood", "kl", "elbo"]);
    curve("Rows a second", "", ["rowsPerSecond"]);
    curve("Where the ranks' time went", "seconds an epoch, mean of the ranks",
      ["computeSeconds", "copySeconds", "waitSeconds"]);
    all.push(...layerPlots(epochs));
    if (run.ranks.length > 1) {
      // Bars over each other: the tallest, which is all of the time, is drawn first.
      const sum = keys => run.ranks.map(rank => keys.reduce((total, key) => total + rank[key], 0));
      all.push(["Ranks", "seconds so far; the slowest rank holds up the others", [run.ranks.map((rank, i) => i),
        sum(["computeSeconds", "copySeconds", "waitSeconds"]), sum(["computeSeconds", "copySeconds"]),
        sum(["computeSeconds"])],
      [{ label: "+ wait", color: "--line", bars: 0.7 }, { label: "+ copy", color: "--second", bars: 0.7 },
        { label: "compute", color: "--first", bars: 0.7 }],
      { x: "rank", height: 240, left: 70, xScale: { range: [-0.6, run.ranks.length - 0.4] },
        yScale: { range: (u, least, most) => [0, most * 1.05] } }]);
    }
    curve("Learning rate", "", ["learningRate"]);
    if (present("bytesSent")) {
      all.push(["Megabytes sent", "between ranks and driver, an epoch",
        [numbers("epoch"), numbers("bytesSent").map(bytes => (bytes === null ? null : bytes / 1e6))],
        [{ label: "MB", color: "--first" }], { x: "epoch", height: 240, left: 70 }]);
    }
    return all;
  };

  const showCharts = run => {
    const all = plots(run);
    const now = run.number + all.map(plot => plot[0] + plot[2].length + (plot[2][0].length < 60)).join()
      + run.ranks.length;
    document.querySelector("#curves h2").hidden = !all.length;
    if (now !== shape) {
      shape = now;
      clear();
      const parent = document.querySelector("#curves .charts");
      drawn = all.map(plot => chart(parent, ...plot));
      draw();
    } else {
      all.forEach((plot, i) => drawn[i].set(plot[2], plot[4].marks));
    }
  };

  const showEpochs = run => {
    const section = document.getElementById("epochs");
    if (!run.epochs.length) return section.replaceChildren();
    const keys = [...new Set(run.epochs.flatMap(epoch => Object.keys(epoch)))]
      .filter(key => !run.epochs.some(epoch => typeof epoch[key] === "object" && epoch[key]));
    const rows = run.epochs.map(epoch => ({ ...epoch, best: epoch.epoch === run.bestEpoch })).reverse();
    section.replaceChildren(element("h2", "Epochs"), table(keys.map(key => ({ key, title: words(key) })), rows));
  };

  const show = runs => {
    root.dataset.runs = String(runs.length);
    if (!runs.length) return;
    const run = runs.find(each => each.number === chosen) || last(runs);
    showRuns(runs);
    for (const part of [showHead, showFacts, showTime, showNotices, showCharts, showEpochs]) part(run);
    tell();
  };

  const load = () => fetch("runs/").then(answer => answer.json()).then(answer => show(answer.runs), () => {
    document.getElementById("subtitle").textContent = "The application has ended, or does not answer.";
  });

  load();
  setInterval(() => { if (!document.hidden) load(); }, every);
})();
