-- Up Migration
alter table identity.tenant add column version integer not null default 1 check (version > 0);
comment on column identity.tenant.version is 'Moves with every change of the company: what was read is compared with it.';
