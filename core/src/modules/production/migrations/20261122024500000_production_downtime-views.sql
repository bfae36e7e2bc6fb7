-- Up Migration
create view production.v_given_reason with (security_invoker = true) as
select tenant_id, work_unit_id, started_at, ended_at, reason_id, note, given_by, given_time, version
  from production.given_reason;
comment on view production.v_given_reason is
  'What people said machines were down for, for analytics: of the stop that shares time with [started_at, ended_at).';

create view production.v_machine_reason_code with (security_invoker = true) as
select tenant_id, work_unit_id, code, reason_id
  from production.machine_reason_code;
comment on view production.v_machine_reason_code is
  'Which reason a code of a machine (null: of all without a line of their own) means, for analytics.';
