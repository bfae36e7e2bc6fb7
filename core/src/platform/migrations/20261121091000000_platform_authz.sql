-- Up Migration
create table platform.authz_policy (
  tenant_id uuid primary key,
  -- Moves with every change of the three tables below: what a process holds is compared with it.
  version bigint not null default 0 check (version >= 0),
  -- How rules are matched and combined, in Casbin's notation.
  model text not null default
$model$[request_definition]
r = user, object

[policy_definition]
p = rule, condition, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = eval(p.condition)
$model$ check (length(model) between 1 and 4000),
  updated_time timestamptz not null default now()
);
comment on table platform.authz_policy is
  'Version and model of each tenant''s authorisation policy. A tenant without a row may do nothing.';
call platform.fence('platform.authz_policy');

create table platform.authz_role (
  tenant_id uuid not null,
  role text not null check (role ~ '^[a-z][a-z0-9_]{0,62}$'),
  title text not null check (length(title) between 1 and 200),
  primary key (tenant_id, role)
);
comment on table platform.authz_role is
  'Roles of a tenant that rules are given to. Who has which role is known by identity.';
call platform.fence('platform.authz_role');

create table platform.authz_role_parent (
  tenant_id uuid not null,
  role text not null,
  parent text not null,
  primary key (tenant_id, role, parent),
  foreign key (tenant_id, role) references platform.authz_role on delete cascade,
  foreign key (tenant_id, parent) references platform.authz_role on delete cascade,
  check (role <> parent)
);
comment on table platform.authz_role_parent is
  'A role has every rule of its parents, and of theirs. Longer cycles are refused when the policy is saved.';
create index authz_role_parent_parent on platform.authz_role_parent (tenant_id, parent);
call platform.fence('platform.authz_role_parent');

create table platform.authz_rule (
  tenant_id uuid not null,
  rule_id uuid not null,
  role text not null,
  -- '*' is every object type, every action.
  object_type text not null check (object_type ~ '^(\*|[a-z][a-z0-9_]{0,62})$'),
  action text not null check (action ~ '^(\*|[a-z][a-z0-9_]{0,62})$'),
  effect text not null check (effect in ('allow', 'deny')),
  -- Null: always. The grammar is checked when the policy is saved; what does not parse grants nothing.
  condition text check (octet_length(condition) between 1 and 2000),
  primary key (tenant_id, rule_id),
  foreign key (tenant_id, role) references platform.authz_role on delete cascade,
  constraint authz_rule_said_once unique nulls not distinct
    (tenant_id, role, object_type, action, effect, condition)
);
comment on table platform.authz_rule is
  'What a role may do (allow) or may not (deny, which wins), and under which condition on the user and the object.';
call platform.fence('platform.authz_rule');

-- The version moves by itself, also when an administrator edits the tables by hand.
create function platform.authz_changed() returns trigger
  language plpgsql
  as $$
begin
  insert into platform.authz_policy (tenant_id, version) values (platform.tenant_id(), 1)
  on conflict (tenant_id) do update
     set version = platform.authz_policy.version + 1, updated_time = now();
  -- The channel on which processes wake up to look whether there is news; it says no more than that.
  perform pg_notify('event', 'authz');
  return null;
end
$$;
create trigger authz_changed after insert or update or delete on platform.authz_role
  for each statement execute function platform.authz_changed();
create trigger authz_changed after insert or update or delete on platform.authz_role_parent
  for each statement execute function platform.authz_changed();
create trigger authz_changed after insert or update or delete on platform.authz_rule
  for each statement execute function platform.authz_changed();

-- Every process asks for the tenants it holds, in one statement and without being any of them. It says
-- whether something changed, never what.
create policy version_reader on platform.authz_policy for select to current_user using (true);
create function platform.authz_versions(tenants uuid[]) returns table (tenant_id uuid, version bigint)
  language sql stable security definer set search_path = pg_catalog
  as $$
  select p.tenant_id, p.version from platform.authz_policy p where p.tenant_id = any (tenants)
$$;
