-- Journeys of participants who connect a provider, what they may return to, what discovery found, and grants that
-- have to be given back.
-- older processes: may keep running

-- Where a journey may end: an origin (https://study.example.org) or the scheme of an app (myapp:).
create table redirect_targets (
  project_id uuid not null references projects,
  target text not null check (length(target) between 1 and 300),
  primary key (project_id, target)
);

-- What a study demands of clients that connect. Without a row: everything that is safe.
create table connect_policies (
  project_id uuid primary key references projects,
  -- Clients from before verifiers (the JavaScript SDK up to 5.0.0, the iOS kit 2.0.0).
  allow_without_verifier boolean not null default false,
  -- Whether a link may be opened from anywhere, not only from a page of a redirect target.
  allow_from_anywhere boolean not null default false
);

create type connect_phase as enum ('made', 'opened', 'authorizing', 'exchanging', 'ended');

create table connect_attempts (
  attempt_id uuid primary key,
  project_id uuid not null,
  participant_id uuid not null,
  provider_id integer not null references providers,
  phase connect_phase not null default 'made',
  -- SHA-256 of the secret in the one-time address, of the browser's cookie, and of the state.
  link_digest bytea not null unique check (length(link_digest) = 32),
  browser_digest bytea check (length(browser_digest) = 32),
  state_digest bytea unique check (length(state_digest) = 32),
  -- SHA-256 of the client's verifier, base64url; null for a client that has none.
  verifier_hash text check (length(verifier_hash) = 43),
  -- As the client gave it, with its placeholder.
  final_redirect text check (length(final_redirect) <= 4000),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- Of the authorization request: what was asked, of which server, and what the answer has to be checked with.
  asked_scopes text[],
  server jsonb,
  redirect_uri text,
  key_id text references sealing_keys,
  wrapped_key bytea,
  secrets bytea,
  -- How it ended: `connected`, or the code of what went wrong.
  outcome text check (length(outcome) <= 60),
  account_id integer,
  foreign key (project_id, participant_id) references participants on delete cascade,
  check ((phase = 'ended') = (outcome is not null)),
  check (phase not in ('authorizing', 'exchanging') or browser_digest is not null and redirect_uri is not null)
);
create index connect_attempts_by_expiry on connect_attempts (expires_at);
create index connect_attempts_of_participant on connect_attempts (participant_id, provider_id);
create index connect_attempts_by_key on connect_attempts (key_id) where key_id is not null;
create trigger refuse_retired_sealing_key before insert or update of key_id on connect_attempts
  for each row execute function refuse_retired_sealing_key();

-- Whoever deletes an account wants nothing that was begun before to bring it back.
create function void_connect_attempts() returns trigger language plpgsql as $$
begin
  update connect_attempts
     set phase = 'ended', outcome = 'account-deleted', key_id = null, wrapped_key = null, secrets = null, server = null
   where participant_id = old.participant_id and provider_id = old.provider_id and phase <> 'ended';
  return old;
end $$;
create trigger account_deletion_voids_connect_attempts after delete on external_accounts
  for each row execute function void_connect_attempts();

-- What a FHIR server last said about itself. A server whose codes and tokens would suddenly go to another host is
-- not believed until an operator has looked.
create table server_configurations (
  base_url text primary key check (length(base_url) between 1 and 1000),
  facts jsonb not null,
  etag text check (length(etag) <= 200),
  read_at timestamptz not null,
  -- A configuration with other hosts, waiting for an operator.
  proposed jsonb,
  proposed_at timestamptz
);

-- An account whose provider has a successor that the participant has connected: no more fetches, data kept.
alter table external_accounts
  add replaced_by integer,
  add replaced_at timestamptz,
  add constraint replaced_when_and_by_what check ((replaced_by is null) = (replaced_at is null));

-- Whether it was ever connected here, so that its provider_user_id is our own registration's name for the person. An
-- import may know her by another name.
alter table external_accounts add connected_here boolean not null default false;

-- The same constraint with the provider in front: who else lives on a grant is asked without knowing the project.
alter table external_accounts
  drop constraint one_account_per_provider_user,
  add constraint one_account_per_provider_user unique (provider_id, provider_user_id, project_id);
create index providers_by_successor on providers (successor_id) where successor_id is not null;

-- Whether the person who connected acts for the participant (a parent, a caregiver). Null: the provider does not say.
alter table external_accounts add is_proxy boolean;

-- Grants to give back at the provider, sealed as they were (place: project, account:ID, generation, version), for a day
-- at the most. They outlive their accounts.
create table revocations (
  revocation_id uuid primary key,
  project_id uuid not null references projects,
  account_id integer not null,
  generation integer not null,
  version integer not null,
  participant_id uuid not null,
  provider_id integer not null references providers,
  provider_user_id text,
  key_id text not null references sealing_keys,
  wrapped_key bytea not null,
  access_token bytea not null,
  refresh_token bytea,
  access_expires_at timestamptz,
  created_at timestamptz not null,
  due_at timestamptz not null,
  tries integer not null default 0,
  expires_at timestamptz not null
);
create index revocations_by_due on revocations (due_at);
create index revocations_by_key on revocations (key_id);
create trigger refuse_retired_sealing_key before insert or update of key_id on revocations
  for each row execute function refuse_retired_sealing_key();
