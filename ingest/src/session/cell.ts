import type { BindingRole, MachineState } from "@millwright/contracts/states";
import type { Decimal } from "@millwright/contracts/units";

/** A gateway that may connect, as equipment registered it. */
export type RegisteredNode = {
  groupId: string;
  edgeNodeId: string;
  tenantId: string;
  tokenSha256: Buffer;
};

/** What a metric means to the ERP, effective `[validFrom, validTo)` by source time (epoch ms). */
export type Binding = {
  bindingId: string;
  tenantId: string;
  workUnitId: string;
  groupId: string;
  edgeNodeId: string;
  deviceId: string;
  metricName: string;
  role: BindingRole;
  /** For role `state`: raw value as text → machine state. */
  valueMap: Readonly<Record<string, MachineState>>;
  rolloverAt: Decimal | null;
  validFrom: number;
  validTo: number;
};

/**
 * What equipment says about this cell: who may connect and what the metrics mean. Replaced whole when
 * it changes; `generation` tells holders of looked-up bindings to look again.
 */
export class Cell {
  generation = 0;
  #nodes: ReadonlyMap<string, RegisteredNode> = new Map();
  #bindings: ReadonlyMap<string, readonly Binding[]> = new Map();
  #byDevice: ReadonlyMap<string, readonly Binding[]> = new Map();
  #byId: ReadonlyMap<string, Binding> = new Map();
  #sharedUnits: ReadonlySet<string> = new Set();

  replace(nodes: readonly RegisteredNode[], bindings: readonly Binding[]): void {
    this.#nodes = new Map(nodes.map((node) => [nodeKey(node.groupId, node.edgeNodeId), node]));
    // Nobody binds another tenant's metrics; a node that is no longer registered keeps its bindings.
    const own = bindings.filter((b) => {
      const node = this.#nodes.get(nodeKey(b.groupId, b.edgeNodeId));
      return node === undefined || node.tenantId === b.tenantId;
    });
    this.#bindings = Map.groupBy(own, (b) =>
      metricKey(nodeKey(b.groupId, b.edgeNodeId), b.deviceId, b.metricName),
    );
    this.#byDevice = Map.groupBy(own, (b) =>
      deviceKey(nodeKey(b.groupId, b.edgeNodeId), b.deviceId),
    );
    this.#byId = new Map(own.map((binding) => [binding.bindingId, binding]));
    this.#sharedUnits = unitsOfSeveralNodes(own);
    this.generation += 1;
  }

  node(groupId: string, edgeNodeId: string): RegisteredNode | undefined {
    return this.#nodes.get(nodeKey(groupId, edgeNodeId));
  }

  binding(bindingId: string): Binding | undefined {
    return this.#byId.get(bindingId);
  }

  /** Whether more than one edge node tells, or once told, the state of the work unit. */
  isShared(workUnitId: string): boolean {
    return this.#sharedUnits.has(workUnitId);
  }

  bindingsOf(node: string, deviceId: string, metricName: string): readonly Binding[] {
    return this.#bindings.get(metricKey(node, deviceId, metricName)) ?? [];
  }

  bindingsOfDevice(node: string, deviceId: string): readonly Binding[] {
    return this.#byDevice.get(deviceKey(node, deviceId)) ?? [];
  }
}

function unitsOfSeveralNodes(bindings: readonly Binding[]): Set<string> {
  const nodesOf = new Map<string, Set<string>>();
  for (const { role, workUnitId, groupId, edgeNodeId } of bindings) {
    if (role !== "state") continue;
    const nodes = nodesOf.get(workUnitId) ?? new Set();
    nodesOf.set(workUnitId, nodes.add(nodeKey(groupId, edgeNodeId)));
  }
  return new Set([...nodesOf].flatMap(([unit, nodes]) => (nodes.size > 1 ? [unit] : [])));
}

/** Ids have no slash (Sparkplug), so these keys cannot collide. */
export function nodeKey(groupId: string, edgeNodeId: string): string {
  return `${groupId}/${edgeNodeId}`;
}

export function deviceKey(node: string, deviceId: string | null): string {
  return deviceId === null ? node : `${node}/${deviceId}`;
}

function metricKey(node: string, deviceId: string, metricName: string): string {
  // A metric name may hold slashes: the newline keeps device and name apart.
  return `${node}/${deviceId}\n${metricName}`;
}

/** Whether a binding holds for a reading of this source time. */
export function isEffective(binding: Binding, timeMs: number): boolean {
  return timeMs >= binding.validFrom && timeMs < binding.validTo;
}
