/** Turns samples into medians, ratios, a table and a JSON file. */

import { mkdirSync, writeFileSync } from 'node:fs';

export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One row's result: medians of every subject, and what Waxwing's is of the reference's. */
export function judge(row, samples) {
  const medians = Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, median(times)]));
  const ratio = medians.waxwing / medians.reference;
  const { name, reference, budget, unit = 'ms', megabytes } = row;
  return { name, reference, budget, unit, megabytes, ratio, met: ratio <= budget, medians, samples };
}

/** A median, and the speed it means where something was converted. */
function shown(median, { unit, megabytes }) {
  const speed = megabytes === undefined ? '' : ` = ${figure((megabytes * 1000) / median)} MB/s`;
  return `${figure(median)} ${unit}${speed}`;
}

function figure(value) {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3);
}

export function printTable(results) {
  const lines = [['job', 'Waxwing', 'reference', 'ratio', 'budget', '', 'peers']];
  for (const result of results) {
    const { name, reference, budget, ratio, met, medians } = result;
    const peers = Object.entries(medians).filter(([subject]) => subject !== 'waxwing' && subject !== 'reference');
    lines.push([
      name,
      shown(medians.waxwing, result),
      `${shown(medians.reference, result)} (${reference})`,
      `${figure(ratio)}×`,
      `≤ ${budget}×`,
      met ? 'met' : 'MISSED',
      peers.map(([subject, value]) => `${subject} ${figure(value)}`).join(', '),
    ]);
  }
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

export function writeJson(folder, machine, results) {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${new Date().toISOString().replace(/[:.]/g, '-')}.json`;
  writeFileSync(path, `${JSON.stringify({ date: new Date().toISOString(), machine, results }, null, 2)}\n`);
  return path;
}
