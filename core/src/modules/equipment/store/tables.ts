/** Tables of schema equipment as Kysely sees them. */
export type EquipmentTables = {
  "equipment.area": { area_id: string; tenant_id: string; site_id: string; name: string };
  "equipment.work_center": {
    work_center_id: string;
    tenant_id: string;
    area_id: string;
    name: string;
    display_order: number;
  };
  "equipment.work_unit": {
    work_unit_id: string;
    tenant_id: string;
    work_center_id: string;
    name: string;
  };
  "equipment.edge_node": {
    group_id: string;
    edge_node_id: string;
    tenant_id: string;
    site_id: string;
    token_sha256: Uint8Array;
    revoked_time: Date | null;
  };
};
