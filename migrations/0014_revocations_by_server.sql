-- Grants that wait to be given back are claimed by index, in lanes of one server each, so that what one call costs does
-- not grow with how many wait. Whoever else lives on a grant is found by the person's name first: an endpoint may have
-- thousands of organisations. Journeys that a deletion voids leave their audit row.
-- older processes: may keep running

alter table revocations
  -- The server that is called: minus the number of the provider's endpoint, or the number of a provider without one.
  add lane integer,
  -- Whether a process is calling; if it dies, due_at is the end of its claim.
  add claimed boolean not null default false;

-- Not by those that insert: older processes do not know of lanes.
create function find_revocation_lane() returns trigger language plpgsql as $$
begin
  new.lane := (select coalesce(-endpoint_id, provider_id) from providers where provider_id = new.provider_id);
  return new;
end $$;
create trigger revocations_have_a_lane before insert on revocations
  for each row execute function find_revocation_lane();
update revocations set lane = (select coalesce(-endpoint_id, p.provider_id) from providers p
                                where p.provider_id = revocations.provider_id);
alter table revocations alter lane set not null;

-- What has not had its turn ends with a lifetime of its own; a day is counted from the first try.
update revocations set expires_at = created_at + interval '30 days' where tries = 0;

drop index revocations_by_due;
create index revocations_of_first_turn on revocations (lane, due_at) where tries = 0;
create index revocations_to_try_again on revocations (lane, due_at) where tries > 0;
create index revocations_claimed on revocations (lane, due_at) where claimed;
create index revocations_by_expiry on revocations (expires_at);

-- The same constraint with the person in front.
alter table external_accounts
  drop constraint one_account_per_provider_user,
  add constraint one_account_per_provider_user unique (provider_user_id, provider_id, project_id);

create or replace function void_connect_attempts() returns trigger language plpgsql as $$
begin
  with ended as (
    update connect_attempts
       set phase = 'ended', outcome = 'account-deleted', key_id = null, wrapped_key = null, secrets = null, server = null
     where participant_id = old.participant_id and provider_id = old.provider_id and phase <> 'ended'
    returning project_id, participant_id, provider_id
  )
  insert into audit_entries (project_id, occurred_at, actor, action, details)
  select project_id, now(), 'participant:' || participant_id, 'external-account.connect-ended',
         jsonb_build_object('providerID', provider_id, 'outcome', 'account-deleted')
    from ended;
  return old;
end $$;
