"use strict";
// What pages have in common: words, numbers, tables, charts.
const page = (() => {
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
    const short = () => value.toExponential(3).replace(/\.?0+e/, "e");
    return size >= 1e5 || size < 1e-3 ? short() : String(Number(value.toPrecision(5)));
  };
  // Beside an axis there is room for few digits.
  const tick = value => (Math.abs(value) < 1e6 ? number(value) : value.toExponential(3).replace(/\.?0+e\+?/, "e"));
  // Figures of heads are kind_accuracy.
  const words = name => name.replace(/_(?=[^_]*$)/, ": ").replace(/([A-Z])/g, " $1").toLowerCase()
    .replace(/\b(roc|pr) auc/, (all, kind) => kind.toUpperCase() + "-AUC")
    .replace(/\b(f1|rmse|crps)\b/, all => all.toUpperCase())
    .replace(/\bbrier\b/, "Brier");
  const title = name => words(name).replace(/^./, first => first.toUpperCase());

  const fact = (parent, name, value) => {
    const long = typeof value === "string" && value.length > 20;
    const box = element("div", undefined, long ? "fact wide" : "fact");
    box.append(element("b", typeof value === "number" ? number(value) : value), element("span", name));
    parent.append(box);
  };

  const table = (columns, rows) => {
    const made = element("table", undefined, "plain");
    if (columns.some(column => column.title)) {
      const head = made.createTHead().insertRow();
      for (const column of columns) head.append(element("th", column.title, column.text ? "text" : ""));
    }
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

  const charts = [];
  const marks = each => u => {
    for (const mark of each.options.marks || []) {
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
  };
  const series = (line, data) => ({
    label: line.label,
    stroke: color(line.color),
    width: line.width || 2,
    spanGaps: true,
    value: (u, value) => number(value),
    fill: line.bars ? color(line.color) : undefined,
    paths: line.bars ? uPlot.paths.bars({ size: [line.bars, 40] }) : line.dots ? () => null : undefined,
    dash: line.dash,
    points: { show: line.dots || !line.bars && !line.bare && data[0].length < 60, size: line.dots ? 4 : 5 },
  });
  // Of a curve over time the legend has the last values while no pointer is there.
  const rest = each => {
    const over = each.options.x === "epoch" || each.options.x === "step";
    if (over && each.plot && each.plot.cursor.idx == null) {
      each.plot.setLegend({ idx: each.data[0].length - 1 }, false);
    }
  };
  const whole = [1, 2, 5].flatMap(step => [1, 10, 100, 1e3, 1e4, 1e5, 1e6].map(ten => step * ten))
    .sort((a, b) => a - b);
  const drawOne = each => {
    if (each.plot) each.plot.destroy();
    // On a logarithmic axis many lines would make a grey field.
    const decade = value => (value.toExponential().startsWith("1e") ? value : null);
    const filter = (u, splits) => (each.options.yScale && each.options.yScale.distr === 3 && splits.length > 20
      ? splits.map(decade) : splits);
    const grid = { stroke: () => color("--line"), width: 1 };
    const axis = { stroke: () => color("--faint"), grid, ticks: { show: false } };
    const { height, left, xs, x, xScale, yScale } = each.options;
    each.plot = new uPlot({
      width: Math.max(each.place.clientWidth, 160),
      height,
      scales: { x: { time: false, ...xScale }, y: { ...yScale } },
      axes: [
        { ...axis, size: 32, ...(xs ? {} : { incrs: whole }), ...xs },
        { ...axis, grid: { ...grid, filter }, size: left, values: (u, ticks) => ticks.map(tick) },
      ],
      legend: { show: each.series.length > 1 || left > 45 },
      series: [{ label: x, value: (u, value) => number(value) }, ...each.series.map(line => series(line, each.data))],
      hooks: { draw: [marks(each)], setLegend: [() => rest(each)] },
    }, each.data, each.place);
    rest(each);
  };
  const tell = () => {
    root.dataset.charts = String(charts.length);
    root.dataset.overflows = String(root.scrollWidth > root.clientWidth);
    root.dataset.foreign = String(performance.getEntriesByType("resource")
      .filter(entry => new URL(entry.name).host !== location.host).length);
  };
  // A chart in a box of its own; set() gives it new numbers.
  const chart = (parent, caption, note, data, lines, options) => {
    const figure = element("figure");
    const head = element("figcaption", caption);
    if (note) head.append(element("small", note));
    const place = element("div");
    figure.append(head, place);
    parent.append(figure);
    const each = { figure, place, data, series: lines, options, plot: null };
    charts.push(each);
    each.set = (newData, newMarks) => {
      each.data = newData;
      each.options.marks = newMarks;
      each.plot.setData(newData);
      rest(each);
    };
    return each;
  };
  const draw = () => {
    charts.forEach(drawOne);
    tell();
  };
  const clear = () => {
    for (const each of charts.splice(0)) {
      if (each.plot) each.plot.destroy();
      each.figure.remove();
    }
  };

  // The charts of what the layers do, from the lines of metrics.jsonl: caption, note, data, lines, options.
  const layerPlots = epochs => {
    const hues = ["--first", "--second", "--third", "--mark", "--fourth", "--fifth"];
    const plots = [];
    const plot = (key, caption, note, yScale, shown) => {
      const names = [...new Set(epochs.flatMap(epoch => Object.keys(epoch[key] || {})))];
      const values = names.map(name => epochs.map(epoch => shown((epoch[key] || {})[name])));
      if (!values.some(each => each.some(value => value !== null))) return;
      plots.push([caption, note, [epochs.map(epoch => epoch.epoch), ...values],
        names.map((name, i) => ({ label: name, color: hues[i % hues.length] })),
        { x: "epoch", height: 240, left: 70, yScale }]);
    };
    const positive = value => (value > 0 ? value : null);
    const sample = "over a sample of the training rows";
    plot("gradientNorm", "Gradient norm of the layers", "of the mean loss " + sample, { distr: 3 }, positive);
    plot("updateRatio", "Update to weight ratio of the layers",
      "how far an epoch moves the weights, as a share of their size", { distr: 3 }, positive);
    plot("deadUnits", "Dead units of the layers", "share of the units that pass no gradient, " + sample,
      { range: (u, least, most) => [0, Math.max(0.1, most * 1.05)] }, value => value ?? null);
    return plots;
  };

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  let wait;
  window.addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(draw, 100); });
  return { root, element, number, words, title, fact, table, chart, layerPlots, draw, clear, tell };
})();
