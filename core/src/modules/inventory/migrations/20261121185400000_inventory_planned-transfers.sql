-- Up Migration
-- A transfer that planning made says when it should leave and when it is needed; others may.
alter table inventory.transfer
  add column ship_day date,
  add column due_day date,
  add constraint transfer_days check (ship_day <= due_day);
comment on column inventory.transfer.ship_day is 'Day it should leave, at the site; null: nobody said.';
comment on column inventory.transfer.due_day is 'Day it is needed; null: nobody said.';

create view inventory.v_place_site with (security_invoker = true) as
select l.tenant_id, l.location_id,
       case l.kind
         when 'site' then l.location_id
         when 'warehouse' then l.parent_id
         when 'zone' then p.parent_id
         when 'bin' then case p.kind when 'warehouse' then p.parent_id else g.parent_id end
       end as site_id
  from inventory.location l
  left join inventory.location p on p.tenant_id = l.tenant_id and p.location_id = l.parent_id
  left join inventory.location g on g.tenant_id = p.tenant_id and g.location_id = p.parent_id
 where l.kind in ('site', 'warehouse', 'zone', 'bin');
comment on view inventory.v_place_site is 'The site that each place of the tree lies in.';

create view inventory.v_site with (security_invoker = true) as
select tenant_id, location_id as site_id, code, name
  from inventory.location
 where kind = 'site';
comment on view inventory.v_site is 'Sites that stock lies at, for planning.';

create view inventory.v_open_transfer with (security_invoker = true) as
select t.tenant_id, t.transfer_id, t.number, t.state, l.item_id, s.site_id as from_site_id,
       d.site_id as to_site_id, t.ship_day, t.due_day,
       case when t.state in ('draft', 'released') then l.quantity else 0 end as to_ship,
       case when t.state in ('draft', 'released') then l.quantity
            else l.shipped - l.received - l.lost end as to_arrive
  from inventory.transfer t
  join inventory.transfer_line l using (tenant_id, transfer_id)
  join inventory.v_place_site s on s.tenant_id = t.tenant_id and s.location_id = t.from_id
  join inventory.v_place_site d on d.tenant_id = t.tenant_id and d.location_id = t.to_id
 where t.state in ('draft', 'released', 'in_transit', 'partly_received');
comment on view inventory.v_open_transfer is
  'Lines of transfers on their way, for planning: what still has to leave a bin, and what will arrive.';
