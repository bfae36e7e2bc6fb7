-- Up Migration
create table engineering.attachment (
  tenant_id uuid not null,
  attachment_id uuid not null,
  item_id uuid not null references engineering.item,
  -- By number, because an edit of the routing writes its steps anew; null: of the item.
  step integer check (step > 0),
  name text not null check (name <> ''),
  media_type text not null check (media_type in (
    'application/pdf', 'image/png', 'image/jpeg', 'image/svg+xml', 'model/step')),
  content bytea not null check (length(content) between 1 and 10485760),
  -- Stored, so that a backup or a disk that lost a bit is found out.
  sha256 bytea not null check (sha256 = pg_catalog.sha256(content)),
  created_by text not null,
  created_time timestamptz not null,
  primary key (tenant_id, attachment_id),
  unique nulls not distinct (tenant_id, item_id, step, name)
);
-- PDF and pictures are compressed already.
alter table engineering.attachment alter column content set storage external;
comment on table engineering.attachment is
  'Drawings and documents of an item or of a step of its routing; written once, never changed.';
call platform.fence('engineering.attachment');
