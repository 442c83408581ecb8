-- Access tokens with which a participant's own device calls. A service account gets them; they stop when it or the
-- key behind it is revoked, and when the participant is gone.
-- older processes: may keep running

create table participant_tokens (
  -- SHA-256, as for access_tokens.
  token_digest bytea primary key,
  service_account_id uuid not null references service_accounts,
  key_id uuid not null references service_account_keys,
  project_id uuid not null,
  participant_id uuid not null,
  -- As asked for; which of them mean something is for the code to say.
  scopes text[] not null,
  expires_at timestamptz not null,
  foreign key (project_id, participant_id) references participants on delete cascade
);
create index participant_tokens_by_expiry on participant_tokens (expires_at);
create index participant_tokens_of_participant on participant_tokens (project_id, participant_id);
