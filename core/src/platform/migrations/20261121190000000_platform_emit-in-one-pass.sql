-- Up Migration
-- Every command and every batch of ingest ends here, holding the log's lock: what it costs is what
-- the installation can append. The events are unpacked once into typed columns (ten `->>` each took
-- half of it), and streams without versions, which are most events, do not touch the versions' table.
create or replace function platform.emit(events jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  last_position bigint;
  refused record;
begin
  if jsonb_array_length(events) = 0 then
    return null;
  end if;
  perform pg_advisory_xact_lock(4711, 1);

  if events @? '$[*].streamVersion ? (@ != null)' then
    -- Versions of one stream inside a batch must follow each other; the first must follow the stored one.
    with asked as (
      select e."tenantId" as tenant_id, e.stream,
             min(e."streamVersion") as first, max(e."streamVersion") as last, count(*) as n
        from jsonb_to_recordset(events) as e ("tenantId" uuid, stream text, "streamVersion" integer)
       where e."streamVersion" is not null
       group by 1, 2
    )
    select a.* into refused
      from asked a left join platform.stream s using (tenant_id, stream)
     where a.first <> coalesce(s.version, 0) + 1 or a.last <> a.first + a.n - 1
     limit 1;
    if found then
      raise exception 'stream % is not at version %', refused.stream, refused.first - 1
        using errcode = 'MW001', hint = 'Load the stream again and decide anew.';
    end if;

    insert into platform.stream (tenant_id, stream, version)
    select e."tenantId", e.stream, max(e."streamVersion")
      from jsonb_to_recordset(events) as e ("tenantId" uuid, stream text, "streamVersion" integer)
     where e."streamVersion" is not null
     group by 1, 2
    on conflict (tenant_id, stream) do update set version = excluded.version;
  end if;

  -- A function in `from` gives its rows in the order of the array, and an insert of one scan keeps it.
  insert into platform.event
    (position, tenant_id, stream, stream_version, type, type_version, payload, actor, trace)
  select nextval('platform.event_position'), e."tenantId", e.stream, e."streamVersion", e.type,
         e."typeVersion", e.payload, e.actor, e.trace
    from jsonb_to_recordset(events) as e
           ("tenantId" uuid, stream text, "streamVersion" integer, type text, "typeVersion" smallint,
            payload jsonb, actor jsonb, trace text);

  last_position := currval('platform.event_position');
  perform pg_notify('event', last_position::text);
  return last_position;
end
$$;
