-- Who did what, when, to what. Written in the same transaction as the act; never changed afterwards.
-- older processes: must stop

create table audit_entries (
  entry_id bigint generated always as identity primary key,
  -- Null for acts on the installation. No foreign key: the trail outlives what it describes.
  project_id uuid,
  occurred_at timestamptz not null,
  actor text not null,
  action text not null,
  -- The account it happened to, where there is one.
  account_id integer,
  details jsonb
);

create index audit_entries_of_account on audit_entries (account_id) where account_id is not null;

create function refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise exception 'audit entries are never changed or removed';
end $$;

create trigger audit_entries_are_final before update or delete on audit_entries
  for each row execute function refuse_change_of_audit();
create trigger audit_entries_are_kept before truncate on audit_entries
  for each statement execute function refuse_change_of_audit();
