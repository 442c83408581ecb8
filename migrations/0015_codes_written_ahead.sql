-- An authorization code is written down, sealed, before it is sent: what a process that dies with it may have begun at
-- the provider is then known, and can be ended.
-- older processes: may keep running

alter table connect_attempts
  -- When a code that was sent, and of which nobody has said what came of it, is presented again. Null: none is out.
  add code_due_at timestamptz;
create index connect_attempts_by_code on connect_attempts (code_due_at) where code_due_at is not null;

-- Whoever deletes an account ends its journeys; a code that is out is kept until it is known what came of it.
create or replace function void_connect_attempts() returns trigger language plpgsql as $$
begin
  with ended as (
    update connect_attempts
       set phase = 'ended', outcome = 'account-deleted',
           key_id = case when code_due_at is null then null else key_id end,
           wrapped_key = case when code_due_at is null then null else wrapped_key end,
           secrets = case when code_due_at is null then null else secrets end,
           server = case when code_due_at is null then null else server end
     where participant_id = old.participant_id and provider_id = old.provider_id and phase <> 'ended'
    returning project_id, participant_id, provider_id
  )
  insert into audit_entries (project_id, occurred_at, actor, action, details)
  select project_id, now(), 'participant:' || participant_id, 'external-account.connect-ended',
         jsonb_build_object('providerID', provider_id, 'outcome', 'account-deleted')
    from ended;
  return old;
end $$;
