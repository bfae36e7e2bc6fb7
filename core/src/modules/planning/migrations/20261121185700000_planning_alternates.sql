-- Up Migration
alter table planning.peg add column instead_of_item_id uuid;
comment on column planning.peg.instead_of_item_id is 'The item is an alternate and taken instead of this one.';

alter table planning.action_message
  add column instead_of_item_id uuid,
  drop constraint action_message_action_check,
  add constraint action_message_action_check check (action in
    ('release', 'expedite', 'defer', 'increase', 'decrease', 'cancel', 'past_due', 'substitute')),
  add constraint action_message_instead_check
    check ((action = 'substitute') = (instead_of_item_id is not null));
