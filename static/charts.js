// Draws charts from the tables beside them, in the colours of the page.
// <canvas data-table="id" [data-across]>; a heading of the table with data-chart="bar" or "line" is a series, a row is a
// point, its data-short or its text names it, and each cell has its number in data-number.
"use strict";

const token = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
const dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3], [12, 4], [4, 2]];
const points = ["circle", "rect", "triangle", "rectRot", "star", "rectRounded"];

for (const canvas of document.querySelectorAll("canvas[data-table]")) {
  const table = document.getElementById(canvas.dataset.table);
  const headings = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows].filter((row) => !("unseen" in row.dataset));
  const series = headings.filter((heading) => heading.dataset.chart);
  const isAcross = "across" in canvas.dataset;
  const chart = new Chart(canvas, {
    data: {
      labels: rows.map(({ cells: [first] }) => first.dataset.short ?? first.textContent.trim()),
      datasets: series.map((heading, at) => ({
        type: heading.dataset.chart,
        label: heading.textContent.trim(),
        data: rows.map((row) => Number(row.cells[heading.cellIndex].dataset.number)),
        borderRadius: 4,
        maxBarThickness: 36,
        order: heading.dataset.chart === "bar" ? 1 : 0,
        borderDash: dashes[at % dashes.length],
        pointStyle: points[at % points.length],
        pointRadius: rows.length > 40 ? 0 : 4,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: isAcross ? "y" : "x",
      interaction: { mode: "index", axis: isAcross ? "y" : "x", intersect: false },
      plugins: { legend: { display: series.length > 1, position: "bottom", labels: { usePointStyle: true } } },
      scales: {
        [isAcross ? "y" : "x"]: { grid: { display: false }, border: { display: false } },
        [isAcross ? "x" : "y"]: { beginAtZero: true, border: { display: false }, ticks: { precision: 0, maxTicksLimit: 5 } },
      },
    },
  });
  const paint = () => {
    chart.data.datasets.forEach((set, at) => {
      const colour = token(`--chart-${(at % 6) + 1}`);
      Object.assign(set, { backgroundColor: colour, borderColor: colour });
    });
    for (const scale of Object.values(chart.options.scales)) scale.ticks.color = token("--ink-soft");
    chart.options.scales[isAcross ? "x" : "y"].grid = { color: token("--line") };
    chart.options.plugins.legend.labels.color = token("--ink");
    chart.options.font = { family: token("--sans") };
    chart.update();
  };
  paint();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}
