"use strict";
(() => {
  const { element, number, words, title, fact, table, chart, layerPlots, draw } = page;
  const report = JSON.parse(document.getElementById("data").textContent);

  // Summary
  document.title = "Lockstep: " + report.title;
  document.getElementById("title").textContent = report.title;
  document.getElementById("subtitle").textContent = report.headline;
  const fingerprints = report.facts.filter(each => report.environment && String(each.value).length > 20);
  for (const each of report.facts.filter(all => !fingerprints.includes(all))) {
    fact(document.getElementById("summary"), each.name, each.value);
  }
  if (report.time) {
    const time = document.getElementById("time");
    time.hidden = false;
    time.textContent = report.time.paragraph;
  }

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
  for (const plot of layerPlots(epochs)) chart(curves, ...plot);
  if (!epochs.length) curves.append(element("p", "No epoch is recorded in metrics.jsonl."));

  // Evaluation
  const evaluation = report.evaluation;
  const hues = ["--first", "--second", "--third", "--fourth", "--fifth"];
  const evaluationPart = document.getElementById("evaluation");
  const measured = evaluationPart.querySelector(".charts");
  const names = k => (report.classes ? report.classes[k] : String(k));
  const mostShown = 30;

  const confusion = matrix => {
    const made = element("table", undefined, "plain confusion");
    const head = made.createTHead().insertRow();
    for (const name of ["class", ...matrix.map((row, k) => names(k))]) head.append(element("th", name));
    head.firstChild.className = "text";
    const body = made.createTBody();
    matrix.forEach((row, label) => {
      const line = body.insertRow();
      line.append(element("td", names(label), "text"));
      const total = row.reduce((sum, weight) => sum + weight, 0);
      row.forEach((weight, k) => {
        const cell = element("td", number(weight), k === label ? "cell" : "cell wrong" + (weight ? "" : " none"));
        cell.style.setProperty("--share", total ? weight / total : 0);
        cell.title = names(label) + " predicted as " + names(k);
        line.append(cell);
      });
    });
    const scroll = element("div", undefined, "scroll");
    scroll.tabIndex = 0;
    scroll.append(made);
    return scroll;
  };

  const mistakes = matrix => {
    const rows = matrix.flatMap((row, label) => row.map((weight, k) => ({ label, k, weight })))
      .filter(each => each.label !== each.k && each.weight > 0)
      .sort((a, b) => b.weight - a.weight)
      .slice(0, mostShown)
      .map(each => ({ label: names(each.label), taken: names(each.k), weight: each.weight }));
    return table([{ key: "label", title: "class", text: true }, { key: "taken", title: "predicted as", text: true },
      { key: "weight", title: "rows" }], rows);
  };

  const areas = evaluation && evaluation.rocAucs && evaluation.precision
    && evaluation.rocAucs.length === evaluation.precision.length ? evaluation.rocAucs : null;
  const classTable = () => table([{ key: "name", title: "class", text: true }, { key: "rows", title: "rows" },
    { key: "precision", title: "precision" }, { key: "recall", title: "recall" }, { key: "f1", title: "F1" },
    ...(areas ? [{ key: "area", title: "ROC-AUC" }] : [])],
  evaluation.precision.map((precision, k) => ({
    name: names(k),
    rows: evaluation.confusion[k].reduce((sum, weight) => sum + weight, 0),
    precision,
    recall: evaluation.recall[k],
    f1: evaluation.f1[k],
    area: areas ? areas[k] : "",
  })));

  const diagonal = (caption, note, x, y, label, along) => chart(measured, caption, note, [x, y, x],
    [{ label, color: "--first" }, { label: "ideal", color: "--fifth", bare: true, dash: [5, 5], width: 1 }],
    { x: along, height: 260, left: 70, xs: { values: (u, ticks) => ticks.map(number) } });

  // Each question has points of its own; all curves share the points along x, with gaps.
  const rankings = (caption, note, x, y, along, guess) => {
    const curves = (evaluation.rankingCurves || []).filter(points => points.length > 1);
    if (!curves.length) return;
    const xs = [...new Set(curves.flatMap(points => points.map(point => point[x])).concat(guess ? [0, 1] : []))]
      .sort((a, b) => a - b);
    const place = new Map(xs.map((value, i) => [value, i]));
    const ys = curves.map(points => {
      const values = xs.map(() => null);
      for (const point of points) values[place.get(point[x])] = Math.max(point[y], values[place.get(point[x])] || 0);
      if (guess) {
        values[0] = values[0] || 0;
        values[xs.length - 1] = 1;
      }
      return values;
    });
    const label = k => (evaluation.rankingCurves.length === 1 && report.classes ? names(report.classes.length - 1)
      : names(k));
    chart(measured, caption, note, [xs, ...ys, ...(guess ? [xs] : [])],
      [...curves.map((points, k) => ({
        label: label(evaluation.rankingCurves.indexOf(points)), color: hues[k % hues.length], bare: true })),
        ...(guess ? [{ label: "chance", color: "--fifth", bare: true, dash: [5, 5], width: 1 }] : [])],
      { x: along, height: 260, left: 70, xs: { values: (u, ticks) => ticks.map(number) },
        yScale: { range: [0, 1.02] } });
  };

  // What was predicted for numbers, and how far off it was.
  const residuals = () => {
    const sample = report.examples && report.examples.targetSample;
    if (!sample || sample.length < 2) return;
    const outputs = sample[0].length / 2;
    for (let j = 0; j < Math.min(outputs, 4); j++) {
      const name = outputs > 1 ? " of number " + (j + 1) : "";
      const pairs = sample.map(row => [row[outputs + j], row[j]]).sort((a, b) => a[0] - b[0]);
      const predicted = pairs.map(pair => pair[0]);
      const note = number(pairs.length) + " rows, chosen by a hash of their features";
      chart(measured, "Targets by what was predicted" + name, note,
        [predicted, pairs.map(pair => pair[1]), predicted],
        [{ label: "target", color: "--first", dots: true },
          { label: "ideal", color: "--fifth", bare: true, dash: [5, 5], width: 1 }],
        { x: "value", height: 260, left: 70, xs: { values: (u, ticks) => ticks.map(number) } });
      chart(measured, "Residuals" + name, "target less prediction; a shape other than a band says what is missing",
        [predicted, pairs.map(pair => pair[1] - pair[0]), predicted.map(() => 0)],
        [{ label: "residual", color: "--second", dots: true },
          { label: "ideal", color: "--fifth", bare: true, dash: [5, 5], width: 1 }],
        { x: "value", height: 260, left: 70, xs: { values: (u, ticks) => ticks.map(number) } });
    }
  };

  if (evaluation) {
    evaluationPart.hidden = false;
    evaluationPart.querySelector("h2").textContent = title(evaluation.data) + " rows: " + number(evaluation.rows);
    const figures = Object.keys(evaluation).filter(key => key !== "rows" && typeof evaluation[key] === "number");
    const facts = element("div", undefined, "facts");
    for (const key of figures) fact(facts, words(key), evaluation[key]);
    measured.before(facts);
    if (evaluation.confusion) {
      measured.before(element("p", "Rows: true class. Columns: predicted class."),
        evaluation.confusion.length <= mostShown ? confusion(evaluation.confusion) : mistakes(evaluation.confusion));
      measured.before(classTable());
    }
    if (evaluation.reliability && evaluation.reliability.length > 1) {
      diagonal("Reliability", "how often the most probable class is right, by its probability",
        evaluation.reliability.map(bin => bin[0]), evaluation.reliability.map(bin => bin[1]), "accuracy", "value");
    }
    for (const [title, x, y, note, along, guess] of [
      ["ROC curve", 0, 1, "share of positive rows that are found, by share of other rows predicted as positive",
        "false positive rate", true],
      ["Precision and recall", 1, 2, "share of predicted positives that are right, by share of positive rows found",
        "recall", false]]) {
      rankings(title, note, x, y, along, guess);
    }
    if (evaluation.coverageByLevel) {
      diagonal("Coverage", "the share of targets inside the central interval of a level",
        evaluation.coverageByLevel.map((share, i) => (i + 1) / 100), evaluation.coverageByLevel, "coverage", "value");
    }
    residuals();
    if (evaluation.pit) {
      const width = 1 / evaluation.pit.length;
      chart(measured, "Where targets lie in their distributions", "all bars alike: calibrated; a U: too narrow",
        [evaluation.pit.map((share, i) => (i + 0.5) * width), evaluation.pit],
        [{ label: "share", color: "--third", bars: 0.9 }],
        { x: "value", height: 260, left: 70, xs: { values: (u, ticks) => ticks.map(number) },
          yScale: { range: (u, least, most) => [0, most * 1.1] } });
    }
  }

  // Worst mistakes
  const picture = (format, pixels) => {
    const canvas = element("canvas");
    canvas.width = format.width;
    canvas.height = format.height;
    const context = canvas.getContext("2d");
    const image = context.createImageData(format.width, format.height);
    for (let i = 0; i < format.width * format.height; i++) {
      for (let c = 0; c < 3; c++) {
        image.data[4 * i + c] = pixels[i * format.channels + (format.channels === 3 ? c : 0)];
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas;
  };
  const examples = report.examples;
  if (examples && examples.worst.length) {
    const part = document.getElementById("worst");
    part.hidden = false;
    part.querySelector("p").textContent = "The " + examples.data
      + " rows with the greatest losses, the greatest first.";
    const sure = each => (each.probability === undefined ? "" : " (" + (100 * each.probability).toFixed(1) + " %)");
    if (examples.width && examples.worst[0].pixels) {
      const pictures = element("div", undefined, "pictures");
      for (const each of examples.worst) {
        const figure = element("figure", undefined, "example");
        figure.append(picture(examples, each.pixels), element("figcaption", (each.target === each.prediction
          ? each.target + ", correct" : each.target + " predicted as " + each.prediction) + sure(each)),
        element("small", "loss " + number(each.loss)));
        pictures.append(figure);
      }
      part.append(pictures);
    } else {
      const cells = (examples.columns || []).map((name, i) => ({ key: "cell" + i, title: name, text: true }));
      const text = ["text", "features"].filter(key => key in examples.worst[0])
        .map(key => ({ key, title: key, text: true }));
      const likely = "probability" in examples.worst[0] ? [{ key: "probability", title: "probability" }] : [];
      const made = table([{ key: "loss", title: "loss" }, { key: "target", title: "target", text: true },
        { key: "prediction", title: "predicted", text: true }, ...likely, ...text, ...cells],
      examples.worst.map(each => ({ ...each,
        ...Object.fromEntries((each.cells || []).map((cell, i) => ["cell" + i, cell])) })));
      part.append(made);
      if (examples.moreColumns) part.append(element("p", number(examples.moreColumns) + " more columns."));
    }
  }

  // Importance of columns
  const importance = report.importance;
  if (importance) {
    const part = document.getElementById("importance");
    part.hidden = false;
    const change = importance.scoreChange;
    part.querySelector("p").textContent = "By how much the model becomes worse where the cells of a column are "
      + "exchanged between rows: the mean of " + importance.repeats + " permutations, and the deviation of one.";
    const shown = importance.columns.slice(0, mostShown);
    const most = Math.max(...shown.map(each => each.lossIncrease), 0);
    const made = table([{ key: "column", title: "column", text: true }, { key: "lossIncrease", title: "loss increase" },
      { key: "lossIncreaseDeviation", title: "deviation" }, { key: change, title: words(change) },
      { key: change + "Deviation", title: "deviation" }], shown);
    [...made.querySelectorAll("tbody tr")].forEach((line, i) => {
      line.cells[1].className = "cell";
      line.cells[1].style.setProperty("--share", most > 0 ? Math.max(shown[i].lossIncrease, 0) / most : 0);
    });
    part.append(made);
    const perClass = Object.keys((shown[0] || {}).classes || {});
    if (perClass.length && perClass.length <= mostShown) {
      part.append(element("p", title(change) + " by the class of the rows."),
        table([{ key: "column", title: "column", text: true },
          ...perClass.map(name => ({ key: "class " + name, title: name }))],
          shown.map(each => Object.fromEntries([["column", each.column],
            ...perClass.map(name => ["class " + name, each.classes[name]])]))));
    }
    if (importance.columns.length > shown.length) {
      part.append(element("p", number(importance.columns.length - shown.length) + " more in importance.json."));
    }
  }

  // First layer
  const filters = report.filters;
  if (filters) {
    const part = document.getElementById("filters");
    part.hidden = false;
    part.querySelector("p").textContent = filters.name + ": light is positive, dark negative.";
    for (const image of filters.images) {
      part.querySelector(".pictures").append(picture(filters, image));
    }
  }

  // Network: boxes from the input to the output, each with its share of the parameters.
  const diagram = document.querySelector("#network .diagram");
  const parameters = report.layers.reduce((sum, layer) => sum + layer.count, 0);
  const node = (name, shape, count) => {
    const made = element("div", undefined, "node");
    made.append(element("b", name), element("span", shape));
    if (count) {
      made.append(element("small", number(count) + (count === 1 ? " parameter" : " parameters")));
      made.style.setProperty("--share", count / parameters);
    }
    return made;
  };
  diagram.append(node("input", report.input));
  for (const layer of report.layers) diagram.append(node(layer.name, layer.output, layer.count));
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

  // Data
  const described = report.data;
  const spread = counts => {
    const bars = element("div", undefined, "spread");
    const most = Math.max(...counts, 1);
    for (const count of counts) {
      const bar = element("i");
      bar.style.setProperty("--share", count / most);
      bar.title = number(count);
      bars.append(bar);
    }
    return bars;
  };
  const frequent = names => names.map(each => each.name + " " + number(each.rows)).join(", ");
  const columnTable = (first, columns) => {
    const made = table([{ key: "name", title: first, text: true }, { key: "type", title: "type", text: true },
      { key: "missing", title: "missing" }, { key: "distinct", title: "distinct" }, { key: "mean", title: "mean" },
      { key: "std", title: "deviation" }, { key: "least", title: "least" }, { key: "median", title: "median" },
      { key: "greatest", title: "greatest" }, { key: "shown", title: "distribution", text: true }],
    columns.map(each => ({ ...each, distinct: each.distinct ?? "many",
      shown: each.mostFrequent ? frequent(each.mostFrequent) : "" })));
    [...made.querySelectorAll("tbody tr")].forEach((line, i) => {
      const last = line.lastChild;
      if (columns[i].histogram) last.replaceChildren(spread(columns[i].histogram));
      else last.classList.add("names");
    });
    return made;
  };
  if (described) {
    const part = document.getElementById("data-rows");
    part.hidden = false;
    const facts = part.querySelector(".facts");
    for (const kind of Object.keys(described.rows)) fact(facts, kind + " rows", described.rows[kind]);
    fact(facts, "features of a row", described.features);
    const all = described.numbers;
    if (all) {
      fact(facts, "mean of all features", all.mean);
      fact(facts, "deviation", all.std);
      fact(facts, "from, to", number(all.least) + ", " + number(all.greatest));
    }
    if (described.describedRows < described.rows.training) {
      part.append(element("p", "Measured over " + number(described.describedRows) + " of the training rows."));
    }
    if (described.columns.length) part.append(columnTable("column", described.columns));
    if (described.moreColumns) part.append(element("p", number(described.moreColumns) + " more columns."));
    if (described.lengths) part.append(columnTable("length", [described.lengths]));
    if (described.targets.length) part.append(columnTable("target", described.targets));
    if (described.classes) {
      const labels = described.classes.reduce((sum, each) => sum + each.rows, 0);
      const ordered = [...described.classes].sort((a, b) => b.rows - a.rows).slice(0, mostShown);
      const most = ordered.length ? ordered[0].rows : 0;
      const made = table([{ key: "name", title: "class", text: true }, { key: "rows", title: "labels" },
        { key: "share", title: "share" }],
      ordered.map(each => ({ ...each, share: labels ? (100 * each.rows / labels).toFixed(1) + " %" : "" })));
      [...made.querySelectorAll("tbody tr")].forEach((line, i) => {
        line.cells[1].className = "cell";
        line.cells[1].style.setProperty("--share", most ? ordered[i].rows / most : 0);
      });
      part.append(made);
      if (described.classes.length > ordered.length) {
        part.append(element("p", number(described.classes.length - ordered.length) + " more classes."));
      }
    }
  }

  // Environment
  const environment = report.environment;
  if (environment) {
    const part = document.getElementById("environment");
    part.hidden = false;
    const { processes, ...settings } = environment;
    part.append(table([{ key: "key", title: "", text: true }, { key: "value", title: "", text: true }],
      [...Object.keys(settings).map(key => ({ key: words(key), value: settings[key] })),
        ...fingerprints.map(each => ({ key: each.name + " of the model", value: each.value }))]),
    table([{ key: "name", title: "process", text: true }, { key: "java", title: "Java", text: true },
      { key: "kernels", title: "kernels", text: true }, { key: "processors", title: "processors" },
      { key: "heapMebibytes", title: "heap, MiB" }], processes));
  }

  // Epochs and job
  const keys = [...new Set(epochs.flatMap(epoch => Object.keys(epoch)))]
    .filter(key => !epochs.some(epoch => typeof epoch[key] === "object" && epoch[key]));
  document.getElementById("epochs").append(table(
    keys.map(key => ({ key, title: words(key) })),
    epochs.map(epoch => ({ ...epoch, best: epoch.epoch === report.bestEpoch }))));
  const job = element("pre", report.job);
  job.tabIndex = 0;
  document.getElementById("job").append(job);

  draw();
})();
