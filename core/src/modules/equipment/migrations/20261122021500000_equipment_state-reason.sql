-- Up Migration
alter table equipment.binding drop constraint binding_role_check;
alter table equipment.binding add constraint binding_role_check check (role in
  ('count.total', 'count.good', 'count.scrap', 'state', 'state.reason', 'energy.total', 'level', 'weight', 'scan',
   'process'));
