import { at } from "./at.ts";
import { endOfWork, startOfWork } from "./calendar.ts";
import type { Model } from "./model.ts";
import { createUnits, groupFor, occupy, resetUnits, type Units } from "./units.ts";

/**
 * The shop floor while a dispatched schedule grows. Every operation whose predecessors are all
 * placed stands, with each of its alternatives (rows), in the list of that machine; starts and ends
 * are kept per row, so that a step looks at one machine's list only.
 */
export interface Floor {
  model: Model;
  operationOfRow: Int32Array;
  /** Machine k's list: `rows[rowStart[k]] … rows[rowStart[k] + rowCount[k] - 1]`; where a row stands, -1: nowhere. */
  rowStart: Int32Array;
  rowCount: Int32Array;
  rows: Int32Array;
  placeOfRow: Int32Array;
  keepsMachines: boolean;
  /** When the row could start and end as things stand; final once it is placed. */
  start: Int32Array;
  end: Int32Array;
  /** Per machine: the first end in its list and that row's start; 2^31 - 1: the list is empty. */
  firstEnd: Int32Array;
  firstStart: Int32Array;
  lastNode: Int32Array;
  freeAt: Int32Array;
  units: Units;
  /** Per operation: predecessors not placed yet; when it may start and may end by those that are. */
  waitsFor: Int32Array;
  readyAt: Int32Array;
  endsFrom: Int32Array;
  /** Shortest work from each operation to the end of its job. */
  workRemaining: Int32Array;
  /** The next due operation of the job from each operation on (`operations`: none). */
  dueNode: Int32Array;
  /** Mean shortest time of an operation, the time scale of the look-ahead. */
  timeMean: number;
}

const empty = 0x7fff_ffff;

export function createFloor(model: Model, keepsMachines: boolean): Floor {
  const n = model.operations;
  const rowTotal = model.choiceMachine.length;
  const floor: Floor = {
    model,
    operationOfRow: new Int32Array(rowTotal),
    rowStart: new Int32Array(model.machines + 1),
    rowCount: new Int32Array(model.machines),
    rows: new Int32Array(rowTotal),
    placeOfRow: new Int32Array(rowTotal).fill(-1),
    keepsMachines,
    start: new Int32Array(rowTotal),
    end: new Int32Array(rowTotal),
    firstEnd: new Int32Array(model.machines).fill(empty),
    firstStart: new Int32Array(model.machines),
    lastNode: Int32Array.from({ length: model.machines }, (_, k) => n + 1 + k),
    freeAt: Int32Array.from({ length: model.machines }, (_, k) => at(model.release, n + 1 + k)),
    units: createUnits(model),
    waitsFor: new Int32Array(n),
    readyAt: model.release.slice(0, n),
    endsFrom: model.endsFrom.slice(0, n),
    workRemaining: new Int32Array(n + 1),
    dueNode: new Int32Array(n + 1).fill(n),
    timeMean: 1,
  };
  resetUnits(floor.units);
  fillRows(floor);
  fillJobs(floor);
  for (let i = 0; i < n; i += 1) if (at(floor.waitsFor, i) === 0) addRows(floor, i);
  return floor;
}

function fillRows({ model, operationOfRow, rowStart }: Floor): void {
  for (let i = 0; i < model.operations; i += 1)
    for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1)
      operationOfRow[row] = i;
  for (const machine of model.choiceMachine) rowStart[machine + 1] = at(rowStart, machine + 1) + 1;
  for (let k = 0; k < model.machines; k += 1)
    rowStart[k + 1] = at(rowStart, k) + at(rowStart, k + 1);
}

function fillJobs(floor: Floor): void {
  const { model, dueNode, workRemaining, waitsFor } = floor;
  const n = model.operations;
  for (const i of model.dueNodes) dueNode[i] = i;
  let work = 0;
  for (const last of model.lastOfJob) {
    for (let i = last; i !== n; i = at(model.jobPred, i)) {
      let shortest = empty;
      for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1)
        shortest = Math.min(shortest, at(model.choiceTime, row));
      const s = at(model.jobSucc, i);
      workRemaining[i] = shortest + at(workRemaining, s);
      if (at(dueNode, i) === n && s !== n) dueNode[i] = at(dueNode, s);
      waitsFor[i] =
        (at(model.jobPred, i) === n ? 0 : 1) +
        at(model.joins.predStart, i + 1) -
        at(model.joins.predStart, i);
      work += shortest;
    }
  }
  floor.timeMean = Math.max(1, work / Math.max(1, n));
}

/** The operation may be placed from now on. */
function addRows(floor: Floor, i: number): void {
  const { model, rows, rowStart, rowCount, placeOfRow } = floor;
  const kept = floor.keepsMachines ? at(model.previousMachine, i) : -1;
  const isKept = kept >= 0 && hasRowOn(model, i, kept);
  for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1) {
    const machine = at(model.choiceMachine, row);
    if (isKept && machine !== kept) continue;
    const place = at(rowStart, machine) + at(rowCount, machine);
    rows[place] = row;
    placeOfRow[row] = place;
    rowCount[machine] = at(rowCount, machine) + 1;
    updateRow(floor, row);
  }
}

function hasRowOn(model: Model, i: number, machine: number): boolean {
  for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1)
    if (at(model.choiceMachine, row) === machine) return true;
  return false;
}

/** Start and end of a row as things stand, and its machine's first end, if it is now this one. */
export function updateRow(floor: Floor, row: number): void {
  const { model, freeAt } = floor;
  const i = at(floor.operationOfRow, row);
  const machine = at(model.choiceMachine, row);
  const time = at(model.choiceTime, row);
  const setup = setupBefore(floor, row);
  let ready = Math.max(at(floor.readyAt, i), at(floor.endsFrom, i) - time);
  const calendar = model.isPlaced ? model.calendars[machine] : undefined;
  const free = at(freeAt, machine);
  ready = Math.max(ready, calendar && setup > 0 ? endOfWork(calendar, free, setup) : free + setup);
  if (model.hasResources) ready = Math.max(ready, unitsFreeAt(floor, i));
  let end = ready + time;
  if (calendar) {
    const isSplittable = at(model.splittable, i) === 1;
    ready = startOfWork(calendar, ready, time, isSplittable);
    end = endOfWork(calendar, ready, time);
  }
  floor.start[row] = ready;
  floor.end[row] = end;
  const lead = end - at(floor.firstEnd, machine);
  if (lead > 0 || (lead === 0 && ready >= at(floor.firstStart, machine))) return;
  floor.firstEnd[machine] = end;
  floor.firstStart[machine] = ready;
}

export function setupBefore({ model, lastNode, operationOfRow }: Floor, row: number): number {
  if (!model.hasSetups) return 0;
  const machine = at(model.choiceMachine, row);
  const { family, families } = model;
  const from = at(family, at(lastNode, machine));
  const to = at(family, at(operationOfRow, row));
  return at(model.setup, at(model.setupOffset, machine) + from * families + to);
}

function unitsFreeAt({ model, units }: Floor, i: number): number {
  const { needStart, needResource, needAmount } = model.resources;
  let latest = 0;
  for (let k = at(needStart, i); k < at(needStart, i + 1); k += 1) {
    const group = groupFor(units, at(needResource, k), at(needAmount, k));
    latest = Math.max(latest, at(units.freeAt, group));
  }
  return latest;
}

/** Places the row's operation: it leaves all lists, its machine is busy until its end. */
export function takeRow(floor: Floor, row: number): void {
  const { model, rows, rowStart, rowCount, placeOfRow } = floor;
  const i = at(floor.operationOfRow, row);
  const machine = at(model.choiceMachine, row);
  floor.freeAt[machine] = at(floor.end, row);
  floor.lastNode[machine] = i;
  const { needStart, needResource, needAmount } = model.resources;
  for (let k = at(needStart, i); k < at(needStart, i + 1); k += 1) {
    const need = { r: at(needResource, k), amount: at(needAmount, k), holder: i };
    occupy(floor.units, need, at(floor.start, row), at(floor.end, row));
  }
  for (let own = at(model.choiceStart, i); own < at(model.choiceStart, i + 1); own += 1) {
    if (at(placeOfRow, own) < 0) continue;
    const k = at(model.choiceMachine, own);
    const last = at(rowStart, k) + at(rowCount, k) - 1;
    const moved = at(rows, last);
    rows[at(placeOfRow, own)] = moved;
    placeOfRow[moved] = at(placeOfRow, own);
    rowCount[k] = at(rowCount, k) - 1;
    floor.firstEnd[k] = empty;
    floor.firstStart[k] = empty;
    for (let place = at(rowStart, k); place < last; place += 1) {
      const other = at(rows, place);
      if (k === machine) updateRow(floor, other);
      else keepFirst(floor, k, other);
    }
  }
}

/** The row as it stood is its machine's first end, if it is before the one noted. */
function keepFirst(floor: Floor, machine: number, row: number): void {
  const lead = at(floor.end, row) - at(floor.firstEnd, machine);
  if (lead > 0 || (lead === 0 && at(floor.start, row) >= at(floor.firstStart, machine))) return;
  floor.firstEnd[machine] = at(floor.end, row);
  floor.firstStart[machine] = at(floor.start, row);
}

/** The row has just been placed: what waited only for its operation may be placed now. */
export function releaseFollowers(floor: Floor, row: number): void {
  const { model } = floor;
  const i = at(floor.operationOfRow, row);
  const s = at(model.jobSucc, i);
  if (s !== model.operations) release(floor, row, s);
  const { succStart, succs } = model.joins;
  for (let k = at(succStart, i); k < at(succStart, i + 1); k += 1)
    release(floor, row, at(succs, k));
}

function release(floor: Floor, row: number, follower: number): void {
  const { model, readyAt, endsFrom, waitsFor } = floor;
  const i = at(floor.operationOfRow, row);
  const end = at(floor.end, row);
  const overlap = at(model.overlapStart, i);
  let first = end;
  if (overlap >= 0) {
    const calendar = model.calendars[at(model.choiceMachine, row)];
    const start = at(floor.start, row);
    first = Math.min(end, calendar ? endOfWork(calendar, start, overlap) : start + overlap);
  }
  const transfer = at(model.transfer, i);
  readyAt[follower] = Math.max(at(readyAt, follower), first + transfer);
  // An overlapped operation must not end before the last batch has arrived.
  endsFrom[follower] = Math.max(at(endsFrom, follower), end + transfer);
  waitsFor[follower] = at(waitsFor, follower) - 1;
  if (at(waitsFor, follower) === 0) addRows(floor, follower);
}
