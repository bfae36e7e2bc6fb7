import type { LiveMessage, Plant, Tile } from "@millwright/contracts/api";

type LiveValue = Extract<LiveMessage, { kind: "values" }>["values"][number];

/** Newest live tile per work center with its arrival, `performance.now()` milliseconds. */
const arrived = new Map<string, { tile: Tile; time: number }>();

/** Remembers a live tile, so that a slower answer that was asked for before it cannot undo it. */
export function noteTile(tile: Tile): void {
  arrived.set(tile.workCenterId, { tile, time: performance.now() });
}

/** The plant with the tiles that came by the live stream after `askedTime`. */
export function withNewerTiles(plant: Plant, askedTime: number): Plant {
  const tiles = plant.tiles.map((tile) => {
    const live = arrived.get(tile.workCenterId);
    return live !== undefined && live.time >= askedTime ? live.tile : tile;
  });
  return { ...plant, tiles };
}

/** The plant with one tile replaced; a work center it does not know yet is not added. */
export function withTile(plant: Plant, tile: Tile): Plant {
  const tiles = plant.tiles.map((old) => (old.workCenterId === tile.workCenterId ? tile : old));
  return { ...plant, tiles };
}

/** A tile's newest data time and its gauges, brought up to the readings that just arrived. */
export function withValues(tile: Tile, values: readonly LiveValue[]): Tile {
  const good = values.filter((value) => value.quality === "good");
  if (good.length === 0) return tile;
  const newest = Math.max(...good.map((value) => value.time));
  const isNewer = tile.dataTime === null || Date.parse(tile.dataTime) < newest;
  const gauges = tile.gauges.map((gauge) => {
    const reading = good.findLast((value) => value.metricId === gauge.metricId);
    if (reading === undefined || typeof reading.value !== "number") return gauge;
    return { ...gauge, value: reading.value, sourceTime: new Date(reading.time).toISOString() };
  });
  return { ...tile, gauges, dataTime: isNewer ? new Date(newest).toISOString() : tile.dataTime };
}
