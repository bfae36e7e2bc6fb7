-- Planning counts on by-products too, so they need their exact quantity as lines have it.
alter table engineering.bom_by_product
  add column per_over numeric,
  add column per_under numeric;
comment on column engineering.bom_by_product.per_over is
  'Quantity per unit of the product in the by-product''s own unit: per_over / per_under. Null on a row of another unit that was written before this was kept: saving the BOM fills it.';
update engineering.bom_by_product p
   set per_over = p.quantity, per_under = b.quantity
  from engineering.bom b, engineering.item i
 where b.tenant_id = p.tenant_id and b.bom_id = p.bom_id
   and i.item_id = p.item_id and i.uom = p.uom;

create view engineering.v_bom_by_product with (security_invoker = true) as
select b.tenant_id, b.item_id as product_id, b.bom_id, p.item_id as by_product_id, p.per_over, p.per_under,
       b.valid_from, b.valid_to
  from engineering.bom b
  join engineering.bom_by_product p using (tenant_id, bom_id)
 where b.state = 'approved'
   and p.per_over is not null;
comment on view engineering.v_bom_by_product is
  'By-products of approved revisions: quantity per unit of the product (per_over / per_under), held on [valid_from, valid_to).';
