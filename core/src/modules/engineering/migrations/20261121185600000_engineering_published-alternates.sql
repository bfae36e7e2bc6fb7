-- Up Migration
create view engineering.v_bom_alternate with (security_invoker = true) as
select b.tenant_id, b.bom_id, a.position, a.priority, a.item_id, a.per_over, a.per_under
  from engineering.bom b
  join engineering.bom_alternate a using (tenant_id, bom_id)
 where b.state = 'approved';
comment on view engineering.v_bom_alternate is
  'What may be taken instead of a line of v_bom_line (same bom_id and position), priority 1 first: quantity per unit of the product (per_over / per_under, scrap included).';
