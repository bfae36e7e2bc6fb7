-- A need may be served by what comes out beside a planned order of another item.
alter table planning.peg
  drop constraint peg_supply_kind_check,
  drop constraint peg_check,
  add constraint peg_supply_kind_check
    check (supply_kind in ('order', 'by_product', 'work_order', 'purchase_proposal', 'on_hand')),
  add constraint peg_supply_order_check
    check ((supply_kind in ('order', 'by_product')) = (supply_order is not null));
