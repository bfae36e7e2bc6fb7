-- Up Migration
create schema telemetry;
comment on schema telemetry is
  'Machine time series and what ingest derives from them. Written by ingest only; no row security (COPY, hypertables), so others read the v_* views.';

create table telemetry.metric (
  metric_id bigint generated always as identity primary key,
  tenant_id uuid not null,
  group_id text not null,
  edge_node_id text not null,
  -- Null: a metric of the edge node itself.
  device_id text,
  name text not null,
  datatype smallint not null,
  unit text not null default '',
  unique nulls not distinct (group_id, edge_node_id, device_id, name)
);
comment on table telemetry.metric is 'Every metric ever seen in a birth certificate.';

create table telemetry.sample (
  metric_id bigint not null,
  source_time timestamptz not null,
  value double precision,
  text_value text,
  quality smallint not null
);
comment on table telemetry.sample is
  'Readings as they were sent. Its tenant is that of its metric. A reading is stored once because its message is accepted once (telemetry.watermark), so there is no unique index to pay for.';
comment on column telemetry.sample.quality is '0 bad, 64 uncertain_time (stored at received time), 192 good, 500 stale';

-- Makes native partitions from the week of `from_day` on. The caller does not own the table, hence definer rights.
create procedure telemetry.ensure_sample_partitions(from_day date, weeks integer)
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  week date := date_trunc('week', from_day);
  name text;
begin
  if not exists (select from pg_partitioned_table where partrelid = 'telemetry.sample'::regclass) then
    return;
  end if;
  -- Two processes that start together: the second one waits and finds everything made.
  perform pg_advisory_xact_lock(4711, 4);
  for i in 0..weeks loop
    name := 'sample_' || to_char(week, 'YYYYMMDD');
    if to_regclass('telemetry.' || name) is null then
      execute format('create table telemetry.%I (like telemetry.sample including constraints)', name);
      -- A partition cannot be attached over rows of its range that lie in the default one.
      execute format(
        'with moved as (delete from telemetry.sample_beyond where source_time >= %1$L and source_time < %2$L returning *)
         insert into telemetry.%3$I select * from moved',
        week::timestamp at time zone 'UTC', (week + 7)::timestamp at time zone 'UTC', name);
      execute format(
        'alter table telemetry.sample attach partition telemetry.%I for values from (%L) to (%L)',
        name, week::timestamp at time zone 'UTC', (week + 7)::timestamp at time zone 'UTC');
    end if;
    week := week + 7;
  end loop;
end
$$;
-- TimescaleDB where the server has it, native range partitions otherwise (ARCHITECTURE.md, decision 3).
do $$
begin
  if exists (select from pg_extension where extname = 'timescaledb') then
    execute $sql$ select create_hypertable('telemetry.sample', by_range('source_time', interval '7 days'),
                                           create_default_indexes => false) $sql$;
  else
    drop table telemetry.sample;
    create table telemetry.sample (
      metric_id bigint not null,
      source_time timestamptz not null,
      value double precision,
      text_value text,
      quality smallint not null
    ) partition by range (source_time);
    comment on table telemetry.sample is
      'Readings as they were sent. Its tenant is that of its metric. A reading is stored once because its message is accepted once (telemetry.watermark), so there is no unique index to pay for.';
    comment on column telemetry.sample.quality is '0 bad, 64 uncertain_time (stored at received time), 192 good, 500 stale';
    create table telemetry.sample_beyond partition of telemetry.sample default;
    call telemetry.ensure_sample_partitions(current_date - 7, 6);
  end if;
end
$$;
create index sample_metric_time on telemetry.sample (metric_id, source_time);

create table telemetry.last_value (
  metric_id bigint primary key references telemetry.metric,
  source_time timestamptz not null,
  received_time timestamptz not null,
  value double precision,
  text_value text,
  quality smallint not null
) with (fillfactor = 70);
comment on table telemetry.last_value is 'Newest live value of each metric; replayed readings never move it.';

create table telemetry.watermark (
  group_id text not null,
  edge_node_id text not null,
  epoch text not null,
  -- Every offset <= contiguous is stored; `ranges` are the stored ones above it.
  contiguous bigint not null default 0,
  ranges int8multirange not null default '{}',
  updated_time timestamptz not null default now(),
  primary key (group_id, edge_node_id, epoch)
) with (fillfactor = 70);
comment on table telemetry.watermark is
  'What of each edge log is stored (ARCHITECTURE.md, decision 7). Moved in the transaction of the samples.';

create table telemetry.counter_state (
  binding_id uuid primary key,
  tenant_id uuid not null,
  work_unit_id uuid not null,
  -- The reading counting began with: the first one known, often from a birth certificate.
  baseline_time timestamptz not null,
  baseline_value numeric not null,
  last_time timestamptz not null,
  last_value numeric not null,
  -- Pieces counted, and pieces told in events; what lies between is pending and told within a second.
  total numeric not null default 0,
  emitted_total numeric not null default 0 check (emitted_total <= total),
  pending_time timestamptz not null,
  pending_value numeric not null,
  pending_reset boolean not null default false
) with (fillfactor = 70);
comment on table telemetry.counter_state is 'Where each bound counter stands; exact across crashes.';

create table telemetry.work_unit_state (
  work_unit_id uuid primary key,
  tenant_id uuid not null,
  state text not null check (state in ('producing', 'idle', 'setup', 'down', 'planned_stop', 'no_data')),
  source_time timestamptz not null
) with (fillfactor = 70);
comment on table telemetry.work_unit_state is 'Last derived machine state of each work unit; events are emitted on change only.';

create table telemetry.device (
  tenant_id uuid not null,
  group_id text not null,
  edge_node_id text not null,
  -- Null: the edge node itself.
  device_id text,
  is_online boolean not null,
  since timestamptz not null,
  last_read_time timestamptz,
  unique nulls not distinct (group_id, edge_node_id, device_id)
) with (fillfactor = 70);
comment on table telemetry.device is 'Edge nodes and devices: online by birth, offline by death or silence.';

create table telemetry.gap (
  gap_id bigint generated always as identity primary key,
  tenant_id uuid not null,
  group_id text not null,
  edge_node_id text not null,
  -- Null for nodes that do not speak the delivery extension; then the offsets are sequence numbers.
  epoch text,
  first_offset bigint not null,
  last_offset bigint not null check (last_offset >= first_offset),
  found_time timestamptz not null default now(),
  reason text not null,
  unique nulls not distinct (group_id, edge_node_id, epoch, first_offset, found_time)
);
comment on table telemetry.gap is 'The gap ledger: messages that were sent and can never come.';

create table telemetry.dead_letter (
  dead_letter_id bigint generated always as identity primary key,
  -- Null when the topic names no site we know.
  tenant_id uuid,
  topic text not null,
  reason text not null,
  -- The first 64 kB of the message; `bytes_total` is its real length.
  payload bytea not null,
  bytes_total integer not null,
  received_time timestamptz not null default now()
);
comment on table telemetry.dead_letter is 'Messages, or metrics of messages, that could not be used, with the reason. The newest 100,000 are kept.';

create table telemetry.ingest_status (
  host_id text primary key,
  started_time timestamptz not null,
  seen_time timestamptz not null,
  detail jsonb not null
);
comment on table telemetry.ingest_status is 'Heartbeat and counters of each ingest process; belongs to the installation.';

create view telemetry.v_metric as
  select metric_id, tenant_id, group_id, edge_node_id, device_id, name, datatype, unit
    from telemetry.metric
   where tenant_id = platform.tenant_id();
comment on view telemetry.v_metric is 'Metrics of the tenant of this transaction.';

create view telemetry.v_last_value as
  select v.metric_id, m.tenant_id, v.source_time, v.received_time, v.value, v.text_value, v.quality
    from telemetry.last_value v join telemetry.metric m using (metric_id)
   where m.tenant_id = platform.tenant_id();
comment on view telemetry.v_last_value is 'Newest live value of each metric of the tenant.';

create view telemetry.v_sample as
  select s.metric_id, m.tenant_id, s.source_time, s.value, s.text_value, s.quality
    from telemetry.sample s join telemetry.metric m using (metric_id)
   where m.tenant_id = platform.tenant_id();
comment on view telemetry.v_sample is 'Readings of the tenant; ask for a metric and a time range.';

create view telemetry.v_device as
  select tenant_id, group_id, edge_node_id, device_id, is_online, since, last_read_time
    from telemetry.device
   where tenant_id = platform.tenant_id();
comment on view telemetry.v_device is 'Edge nodes (device_id null) and devices of the tenant.';

create view telemetry.v_gap as
  select gap_id, tenant_id, group_id, edge_node_id, epoch, first_offset, last_offset, found_time, reason
    from telemetry.gap
   where tenant_id = platform.tenant_id();
comment on view telemetry.v_gap is 'Gap ledger of the tenant.';

create view telemetry.v_dead_letter as
  select dead_letter_id, tenant_id, topic, reason, payload, bytes_total, received_time
    from telemetry.dead_letter
   where tenant_id = platform.tenant_id();
comment on view telemetry.v_dead_letter is 'Dead letters of the tenant; those of no known tenant are seen by nobody here, only counted in ingest_status.';
