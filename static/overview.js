// Draws the months of the overview from the table beside them, in the colours of the page.
"use strict";

for (const canvas of document.querySelectorAll("canvas[data-table]")) {
  const table = document.getElementById(canvas.dataset.table);
  const cells = (selector, key) => [...table.querySelectorAll(selector)].map((cell) => cell.dataset[key]);
  const token = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels: cells("th[data-short]", "short"),
      datasets: [{ data: cells("td[data-number]", "number").map(Number), borderRadius: 4, maxBarThickness: 36 }],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      plugins: { legend: { display: false } },
      scales: {
        x: { grid: { display: false }, border: { display: false } },
        y: { beginAtZero: true, border: { display: false }, ticks: { precision: 0, maxTicksLimit: 5 } },
      },
    },
  });
  const paint = () => {
    chart.data.datasets[0].backgroundColor = token("--accent");
    for (const scale of Object.values(chart.options.scales)) scale.ticks.color = token("--ink-soft");
    chart.options.scales.y.grid = { color: token("--line") };
    chart.options.font = { family: token("--sans") };
    chart.update();
  };
  paint();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}
