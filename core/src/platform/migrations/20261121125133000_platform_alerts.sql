-- Up Migration
create table platform.alert (
  tenant_id uuid not null,
  alert_id uuid primary key,
  -- What it is about: raised again it is the same alert.
  key text not null check (length(key) between 1 and 300),
  kind text not null,
  -- What the words of its kind name.
  details jsonb not null,
  raised_time timestamptz not null default now(),
  unique (tenant_id, key)
);
comment on table platform.alert is 'What somebody has to look at: shown in the notification centre and mailed once.';
create index alert_newest on platform.alert (tenant_id, raised_time desc, alert_id desc);
call platform.fence('platform.alert');

create table platform.alert_read (
  tenant_id uuid not null,
  alert_id uuid not null references platform.alert on delete cascade,
  user_id uuid not null,
  read_time timestamptz not null default now(),
  primary key (alert_id, user_id)
);
comment on table platform.alert_read is 'Who has seen which alert.';
call platform.fence('platform.alert_read');

create table platform.alert_recipient (
  tenant_id uuid not null,
  address text not null check (length(address) between 3 and 320),
  primary key (tenant_id, address)
);
comment on table platform.alert_recipient is 'Addresses that get one mail per alert.';
call platform.fence('platform.alert_recipient');
