// The sales chart: draws what the server put in data-chart. Without uPlot the table below it remains.
{
  const dayText = new Intl.DateTimeFormat("es-AR", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  const axisText = new Intl.DateTimeFormat("es-AR", { day: "numeric", month: "short", timeZone: "UTC" });
  const millions = new Intl.NumberFormat("es-AR", { maximumFractionDigits: 1 });

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const pesos = (value) => "$\u00a0" + Math.round(value).toLocaleString("es-AR");

  function shortPesos(value) {
    if (value >= 1e6) return millions.format(value / 1e6) + "\u00a0M";
    return value ? Math.round(value / 1e3) + "\u00a0mil" : "0";
  }

  function showTip(chart, tip, data, holder) {
    const index = chart.cursor.idx;
    const sold = index == null ? null : data.sold[index];
    const value = sold ?? (index == null ? null : data.expected[index]);
    tip.hidden = value == null || chart.cursor.left < 0;
    if (tip.hidden) return;
    const amount = document.createElement("b");
    amount.textContent = pesos(value) + (sold == null ? " esperado" : "");
    tip.replaceChildren(dayText.format(data.x[index] * 1e3), document.createElement("br"), amount);
    const left = chart.valToPos(data.x[index], "x") + 62;
    tip.style.left = Math.min(Math.max(left, 74), holder.clientWidth - 74) + "px";
    tip.style.top = Math.max(chart.valToPos(value, "y"), 44) + "px";
  }

  function options(holder, onCursor) {
    const [brand, amber, grey, line] = ["--brand", "--warn-fill", "--ink-faint", "--line-soft"].map(color);
    const axis = { stroke: grey, font: "12px Inter, system-ui", ticks: { show: false } };
    const plain = { points: { show: false } };
    return {
      width: holder.clientWidth - 12,
      height: holder.clientHeight,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "UTC"),
      legend: { show: false },
      padding: [10, 22, 0, 0],
      cursor: { y: false, points: { size: 8 }, drag: { x: false } },
      bands: [{ series: [5, 4], fill: amber + "2e" }],
      scales: { y: { range: (_chart, _low, high) => [0, (high || 1) * 1.06] } },
      axes: [
        { ...axis, grid: { show: false }, space: 64, values: (_chart, days) => days.map((day) => axisText.format(day * 1e3)) },
        { ...axis, grid: { stroke: line, width: 1 }, size: 58, space: 44, values: (_chart, amounts) => amounts.map(shortPesos) },
      ],
      series: [
        {},
        { ...plain, stroke: grey + "80", width: 1.5 },
        { ...plain, stroke: brand, width: 2.5, fill: brand + "14" },
        { ...plain, stroke: amber, width: 2.5, dash: [6, 4] },
        { ...plain, stroke: "transparent" },
        { ...plain, stroke: "transparent" },
      ],
      hooks: { setCursor: [onCursor] },
    };
  }

  function draw(holder) {
    if (!window.uPlot || !holder.clientWidth) return;
    const data = JSON.parse(holder.dataset.chart);
    const tip = document.createElement("div");
    tip.className = "chart-tip";
    tip.hidden = true;
    holder.replaceChildren();
    const columns = [data.x, data.before, data.sold, data.expected, data.low, data.high];
    new uPlot(options(holder, (chart) => showTip(chart, tip, data, holder)), columns, holder);
    holder.append(tip);
  }

  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
  const drawNew = () => document.querySelectorAll("[data-chart]:not(:has(canvas))").forEach(draw);
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 150);
  });
  document.addEventListener("DOMContentLoaded", drawNew);
  document.addEventListener("htmx:after:swap", drawNew);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}
