/* Draws the four charts of a report from the JSON in the element "run". */
"use strict";
(() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const text = echarts.format.encodeHTML;
  const count = (n) => n.toLocaleString("en");
  const percent = (share) => (Number.isFinite(share) ? (100 * share).toFixed(1) + " %" : "n/a");

  /* The colours of the style sheet, as they are in the present light or dark scheme. */
  function palette() {
    const style = getComputedStyle(document.documentElement);
    const names = ["card", "line", "text", "muted", "graph", "graph-text", "noedges", "majority", "pill"];
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
  }

  function frame(colours, description) {
    return {
      animation: false,
      aria: { enabled: true, label: { description } },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colours.text },
      tooltip: {
        confine: true,
        backgroundColor: colours.card,
        borderColor: colours.line,
        textStyle: { color: colours.text, fontSize: 13 },
      },
    };
  }

  const pen = document.createElement("canvas").getContext("2d");
  function textWidth(words, font) {
    pen.font = font + " " + getComputedStyle(document.body).fontFamily;
    return pen.measureText(words).width;
  }

  /* -- the schema ------------------------------------------------------------------------- */

  /*
   * Relations are nodes of the drawing: a line from the source to the pill, another, with an arrow,
   * from the pill to the destination. So any number of relations of one type with itself stays
   * readable, where loops would lie on each other.
   */
  function schema(colours, width) {
    const types = run.dataSet.nodeTypes;
    const relations = run.dataSet.relations.filter((r) => !r.reverse);
    const narrow = width < 560;
    const height = Math.max(narrow ? 460 : 400, (narrow ? 62 : 26) * relations.length + 60 * types.length);
    const most = Math.max(1, ...types.map((t) => t.count));
    const widest = Math.max(1, ...relations.map((r) => r.edges));
    const circle = (t) => (types.length === 1 ? 112 : 62 + 54 * Math.sqrt(t.count / most));
    const pillWidth = (r) => 24 + Math.max(textWidth(r.name, "600 13px"), textWidth(count(r.edges), "12px"));
    const lineWidth = (r) => 1.2 + 3.8 * Math.sqrt(r.edges / widest);
    const places = place(types, relations, width, height);
    separate(
      places.relations.map((p, i) => ({ p, w: pillWidth(relations[i]) / 2 + 7, h: 26 })),
      places.types.map((p, i) => ({ p, w: circle(types[i]) / 2 + 16, h: circle(types[i]) / 2 + 16 })),
      width, height,
    );
    const nodes = types.map((t, i) => ({
      id: "type " + t.name,
      symbol: "circle",
      symbolSize: circle(t),
      ...places.types[i],
      itemStyle: { color: colours.graph },
      label: {
        show: true,
        color: colours["graph-text"],
        formatter: "{name|" + t.name + "}\n" + count(t.count),
        align: "center",
        rich: { name: { fontWeight: 700, fontSize: 15, lineHeight: 20, align: "center" } },
      },
      tooltip: { formatter: "<b>" + text(t.name) + "</b><br>" + count(t.count) + " nodes" },
    }));
    const links = [];
    relations.forEach((r, i) => {
      const id = "relation " + i;
      const loop = r.source === r.destination;
      nodes.push({
        id,
        symbol: "roundRect",
        symbolSize: [pillWidth(r), 40],
        ...places.relations[i],
        itemStyle: { color: colours.pill, borderColor: colours.graph, borderWidth: 1 },
        label: {
          show: true,
          color: colours.muted,
          formatter: "{name|" + r.name + "}\n" + count(r.edges),
          align: "center",
          rich: { name: { fontWeight: 600, fontSize: 13, lineHeight: 17, align: "center", color: colours.text } },
        },
        tooltip: {
          formatter:
            text(r.source) + " → <b>" + text(r.name) + "</b> → " + text(r.destination) +
            "<br>" + count(r.edges) + " edges",
        },
      });
      const lineStyle = { color: colours.graph, opacity: 0.55, width: lineWidth(r), curveness: loop ? 0.17 : 0 };
      links.push({ source: "type " + r.source, target: id, lineStyle, symbol: ["none", "none"] });
      links.push({
        source: id,
        target: "type " + r.destination,
        lineStyle,
        symbol: ["none", "arrow"],
        symbolSize: 7 + lineWidth(r),
      });
    });
    /* The view is the nodes' bounding box at its own place, so that coordinates are pixels. */
    const xs = nodes.map((n) => n.x);
    const ys = nodes.map((n) => n.y);
    const left = Math.min(...xs);
    const top = Math.min(...ys);
    const option = {
      ...frame(
        colours,
        "Schema of the graph. " + types.map((t) => t.name + ": " + count(t.count) + " nodes").join("; ") + ". " +
          relations.map((r) => r.name + " from " + r.source + " to " + r.destination + ": " + count(r.edges) + " edges")
            .join("; ") + ".",
      ),
      series: [{
        type: "graph",
        layout: "none",
        left, top,
        width: Math.max(1, Math.max(...xs) - left),
        height: Math.max(1, Math.max(...ys) - top),
        data: nodes,
        links,
        emphasis: { focus: "adjacency", lineStyle: { opacity: 1 } },
        blur: { itemStyle: { opacity: 0.35 }, lineStyle: { opacity: 0.15 }, label: { opacity: 0.35 } },
        tooltip: {},
      }],
    };
    return { option, height };
  }

  /*
   * Where everything stands, in pixels. One type: in the middle, its relations on an ellipse. More
   * types: on an ellipse themselves, relations of a type with itself in a fan outside, relations of
   * two types in a row across the line that joins them.
   */
  function place(types, relations, width, height) {
    const centre = { x: width / 2, y: height / 2 };
    const margin = { x: Math.min(110, width * 0.17), y: 34 };
    const on = (angle, rx, ry, c) => ({ x: c.x + rx * Math.cos(angle), y: c.y + ry * Math.sin(angle) });
    const turn = (i, n) => -Math.PI / 2 + (2 * Math.PI * i) / n;
    if (types.length === 1) {
      const n = relations.length;
      const rx = Math.min(centre.x - margin.x, 420);
      const ry = centre.y - margin.y;
      return { types: [centre], relations: relations.map((_, i) => on(turn(i + 0.5, n), rx, ry, centre)) };
    }
    const angles = types.map((_, i) => turn(i, types.length) + Math.PI / 2);
    const spots = angles.map((a) => on(a, (centre.x - margin.x) * 0.66, (centre.y - margin.y) * 0.72, centre));
    const index = new Map(types.map((t, i) => [t.name, i]));
    const groups = new Map();
    relations.forEach((r, i) => {
      const key = [index.get(r.source), index.get(r.destination)].sort((a, b) => a - b).join(" ");
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(i);
    });
    const placed = [];
    for (const [key, members] of groups) {
      const [a, b] = key.split(" ").map(Number);
      members.forEach((member, i) => {
        const offset = i - (members.length - 1) / 2;
        if (a === b) {
          const step = Math.min(0.62, (1.7 * Math.PI) / members.length);
          placed[member] = on(angles[a] + offset * step, Math.min(190, centre.x * 0.36), Math.min(170, centre.y * 0.44), spots[a]);
        } else {
          const middle = { x: (spots[a].x + spots[b].x) / 2, y: (spots[a].y + spots[b].y) / 2 };
          const upright = Math.abs(spots[a].x - spots[b].x) > Math.abs(spots[a].y - spots[b].y);
          placed[member] = upright
            ? { x: middle.x, y: middle.y + offset * 52 }
            : { x: middle.x + offset * 118, y: middle.y };
        }
      });
    }
    return { types: spots, relations: placed };
  }

  /* Pushes boxes (centre p, half sizes w and h) off each other, off fixed ones and into the view. */
  function separate(boxes, fixed, width, height) {
    for (let round = 0; round < 300; round++) {
      boxes.forEach((box, i) => {
        for (const other of [...boxes.slice(i + 1), ...fixed]) {
          const dx = box.p.x - other.p.x;
          const dy = box.p.y - other.p.y;
          const overX = box.w + other.w - Math.abs(dx);
          const overY = box.h + other.h - Math.abs(dy);
          if (overX <= 0 || overY <= 0) continue;
          const share = fixed.includes(other) ? 1 : 0.5;
          const [axis, way] = overX < overY ? ["x", (dx < 0 ? -1 : 1) * overX] : ["y", (dy < 0 ? -1 : 1) * overY];
          box.p[axis] += way * share;
          other.p[axis] -= way * (1 - share);
        }
        box.p.x = Math.min(width - box.w, Math.max(box.w, box.p.x));
        box.p.y = Math.min(height - box.h, Math.max(box.h, box.p.y));
      });
    }
  }

  /* -- the training ----------------------------------------------------------------------- */

  function axes(colours) {
    const line = { lineStyle: { color: colours.line } };
    return {
      grid: { left: 6, right: 14, top: 40, bottom: 22, containLabel: true },
      legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 16, itemHeight: 8, itemGap: 16, textStyle: { color: colours.muted, fontSize: 12 } },
      xAxis: {
        type: "value", min: "dataMin", max: "dataMax", minInterval: 1, name: "epoch", nameLocation: "middle", nameGap: 26,
        nameTextStyle: { color: colours.muted }, axisLabel: { color: colours.muted }, axisLine: line, splitLine: { show: false },
      },
    };
  }

  function line(name, epochs, field, colour, dashed) {
    return {
      name, type: "line", showSymbol: false, color: colour,
      data: epochs.map((e) => [e.epoch, Number.isFinite(e[field]) ? e[field] : null]),
      lineStyle: { width: dashed ? 1.3 : 2.4, type: dashed ? [5, 4] : "solid", opacity: dashed ? 0.85 : 1 },
      emphasis: { disabled: true },
    };
  }

  function atEpoch(format) {
    return (points) =>
      "epoch " + points[0].value[0] +
      points.map((p) => "<br>" + p.marker + text(p.seriesName) + " <b>" + format(p.value[1]) + "</b>").join("");
  }

  function loss(colours) {
    const number = (v) => (Number.isFinite(v) ? v.toFixed(3) : "n/a");
    const base = frame(colours, "Training loss by epoch, with the graph and without edges. The last values are " +
      number(run.graph.at(-1)?.loss) + " and " + number(run.noEdges.at(-1)?.loss) + ".");
    return {
      ...base,
      ...axes(colours),
      tooltip: { ...base.tooltip, trigger: "axis", formatter: atEpoch(number) },
      yAxis: { type: "value", min: 0, axisLabel: { color: colours.muted }, splitLine: { lineStyle: { color: colours.line } } },
      series: [
        line("graph network", run.graph, "loss", colours.graph),
        line("no edges", run.noEdges, "loss", colours.noedges),
      ],
    };
  }

  function accuracy(colours) {
    const base = frame(colours, "Validation accuracy by epoch, with the graph and without edges. The last values are " +
      percent(run.graph.at(-1)?.validationAccuracy) + " and " + percent(run.noEdges.at(-1)?.validationAccuracy) + ".");
    const majority = run.results.majorityAccuracy;
    return {
      ...base,
      ...axes(colours),
      tooltip: { ...base.tooltip, trigger: "axis", formatter: atEpoch(percent) },
      legend: { ...axes(colours).legend, data: ["graph network", "no edges"] },
      yAxis: {
        type: "value", min: 0, max: 1, splitLine: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.muted, formatter: (v) => Math.round(100 * v) + " %" },
      },
      series: [
        {
          ...line("graph network", run.graph, "validationAccuracy", colours.graph),
          markLine: {
            silent: true, symbol: "none", data: [{ yAxis: majority }],
            lineStyle: { color: colours.majority, type: "dotted", width: 1.5 },
            label: { formatter: "majority class " + percent(majority), position: "insideEndTop", color: colours.muted, fontSize: 12 },
          },
        },
        line("no edges", run.noEdges, "validationAccuracy", colours.noedges),
        line("graph network, training", run.graph, "trainAccuracy", colours.graph, true),
        line("no edges, training", run.noEdges, "trainAccuracy", colours.noedges, true),
      ],
    };
  }

  /* -- the classes ------------------------------------------------------------------------ */

  const orders = {
    count: (a, b) => b.count - a.count,
    accuracy: (a, b) => b.share - a.share,
    gain: (a, b) => b.gain - a.gain,
  };
  let order = "accuracy";

  function classes(colours, width) {
    const rows = run.classes.map((c) => {
      const of = (correct) => (c.count > 0 ? correct / c.count : -1);
      return { ...c, share: of(c.correct), base: of(c.noEdgesCorrect), gain: c.count > 0 ? (c.correct - c.noEdgesCorrect) / c.count : -2 };
    }).sort((a, b) => orders[order](a, b) || b.count - a.count || a.name.localeCompare(b.name));
    const base = frame(colours, "Test accuracy by " + run.label + ", with the graph and without edges; the table below has the figures.");
    /* Wide pages show the rows in two columns, each with axes of its own. */
    const columns = width > 900 ? 2 : 1;
    const gap = 28;
    const labels = Math.min(Math.ceil(Math.max(0, ...rows.map((r) => textWidth(r.name, "12px")))) + 12, 0.45 * width / columns);
    const each = width / columns;
    const perColumn = Math.ceil(rows.length / columns);
    const parts = Array.from({ length: columns }, (_, i) => rows.slice(i * perColumn, (i + 1) * perColumn));
    const high = 22 * perColumn;
    const bar = (part, i) => (name, field, colour, barWidth) => ({
      name, type: "bar", color: colour, barWidth, barGap: "10%", xAxisIndex: i, yAxisIndex: i,
      itemStyle: { borderRadius: [0, 3, 3, 0] },
      data: part.map((r) => (r.count > 0 ? r[field] : null)),
    });
    const option = {
      ...base,
      grid: parts.map((part, i) => ({ left: i * each + labels, width: each - labels - gap, top: 60, height: 22 * part.length })),
      legend: axes(colours).legend,
      tooltip: {
        ...base.tooltip, trigger: "axis", axisPointer: { type: "shadow" },
        formatter: (points) => {
          const r = parts[points[0].axisIndex][points[0].dataIndex];
          const right = (n) => count(n) + " of " + count(r.count) + " right";
          return "<b>" + text(r.name) + "</b><br>graph network <b>" + percent(r.correct / r.count) + "</b>, " + right(r.correct) +
            "<br>no edges <b>" + percent(r.noEdgesCorrect / r.count) + "</b>, " + right(r.noEdgesCorrect);
        },
      },
      xAxis: parts.map((_, i) => ({
        gridIndex: i, type: "value", min: 0, max: 1, position: "top", interval: each < 560 ? 0.5 : 0.2,
        axisLabel: { color: colours.muted, formatter: (v) => Math.round(100 * v) + " %" },
        splitLine: { lineStyle: { color: colours.line } },
      })),
      yAxis: parts.map((part, i) => ({
        gridIndex: i, type: "category", inverse: true, data: part.map((r) => r.name), axisTick: { show: false },
        axisLine: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.text, interval: 0, fontSize: 12, width: labels - 10, overflow: "truncate" },
      })),
      series: parts.flatMap((part, i) => [
        bar(part, i)("graph network", "share", colours.graph, 9),
        bar(part, i)("no edges", "base", colours.noedges, 4),
      ]),
    };
    return { option, height: high + 70 };
  }

  /* -- drawing ---------------------------------------------------------------------------- */

  const charts = { schema, loss, accuracy, classes };
  const drawn = {};

  function draw(id) {
    const element = document.getElementById(id);
    const made = charts[id](palette(), element.clientWidth);
    if (made.height) element.style.height = made.height + "px";
    drawn[id] ??= echarts.init(element, null, { renderer: "svg" });
    drawn[id].resize();
    drawn[id].setOption(made.option ?? made, true);
  }

  const drawAll = () => Object.keys(charts).forEach(draw);
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  for (const id of Object.keys(charts)) {
    const element = document.getElementById(id);
    let width = element.clientWidth;
    new ResizeObserver(() => {
      if (element.clientWidth !== width) {
        width = element.clientWidth;
        draw(id);
      }
    }).observe(element);
  }
  for (const button of document.querySelectorAll("[data-order]")) {
    button.addEventListener("click", () => {
      order = button.dataset.order;
      for (const other of document.querySelectorAll("[data-order]")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      draw("classes");
    });
  }
})();
