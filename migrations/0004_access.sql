-- Who may call: service accounts with up to two live public keys, the tokens issued to them, the assertions
-- already spent, and the hourly request counts.
-- older processes: must stop

create table service_accounts (
  service_account_id uuid primary key,
  project_id uuid not null references projects,
  -- The whole name a client writes into iss and sub; it alone finds the account, so it is unique everywhere.
  name text not null unique check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table service_account_keys (
  key_id uuid primary key,
  service_account_id uuid not null references service_accounts,
  -- Two live keys at a time, so that a key can be replaced without an outage.
  slot smallint not null check (slot in (1, 2)),
  -- SubjectPublicKeyInfo, PEM (RFC 7468): the one stored form, whatever form it came in.
  public_key text not null,
  -- RFC 7638 thumbprint, base64url: how people tell keys apart.
  thumbprint text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create unique index service_account_keys_two_live
  on service_account_keys (service_account_id, slot) where revoked_at is null;

-- Spent jti values (RFC 7523 section 3, item 7), as SHA-256, kept until the assertion could no longer be accepted.
create table spent_assertions (
  service_account_id uuid not null references service_accounts,
  jti_digest bytea not null,
  expires_at timestamptz not null,
  primary key (service_account_id, jti_digest)
);
create index spent_assertions_by_expiry on spent_assertions (expires_at);

-- Access tokens as SHA-256: a copy of this table opens nothing.
create table access_tokens (
  token_digest bytea primary key,
  service_account_id uuid not null references service_accounts,
  key_id uuid not null references service_account_keys,
  project_id uuid not null references projects,
  expires_at timestamptz not null
);
create index access_tokens_by_expiry on access_tokens (expires_at);

-- Requests handed out to processes in the current hour. Unlogged: after a crash the hour starts anew.
create unlogged table rate_limit_windows (
  caller text primary key,
  window_began_at timestamptz not null,
  handed_out integer not null,
  -- Size of the last block: how a process learns what it was given, in the statement that gives it.
  last_block integer not null
);
create index rate_limit_windows_by_age on rate_limit_windows (window_began_at);
