/** Tables of schema identity as Kysely sees them. */
export type IdentityTables = {
  "identity.site": {
    site_id: string;
    tenant_id: string;
    name: string;
    time_zone: string;
    day_start: string;
    group_id: string;
  };
};
