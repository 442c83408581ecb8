-- External accounts, their sealed grants, the ledger of granted scopes, and what remains of deleted accounts.
-- older processes: must stop

create type account_status as enum ('unauthorized', 'fetchingData', 'error', 'fetchComplete');

create sequence external_account_numbers as integer;

create table external_accounts (
  account_id integer primary key default nextval('external_account_numbers') check (account_id > 0),
  project_id uuid not null,
  participant_id uuid not null,
  provider_id integer not null,
  category provider_category not null,
  status account_status not null,
  -- Outcome of the last finished fetch; null until the first one finishes. Exports show this one.
  settled_status account_status check (settled_status <> 'fetchingData'),
  -- End of the last finished fetch, whatever its outcome (exports) …
  last_fetch_at timestamptz,
  -- … and of the last successful one (API). The two differ after a failure.
  last_success_at timestamptz,
  connected_at timestamptz not null,
  provider_user_id text check (length(provider_user_id) between 1 and 400),
  -- Grows with every reconnect, so that work begun under an older consent cannot write.
  generation integer not null default 1 check (generation > 0),
  foreign key (project_id, participant_id) references participants,
  foreign key (provider_id, category) references providers (provider_id, category),
  constraint one_account_per_participant_and_provider unique (participant_id, provider_id),
  constraint one_account_per_provider_user unique (project_id, provider_id, provider_user_id),
  constraint settled_when_not_fetching check
    (status = 'fetchingData' or settled_status is not distinct from status),
  -- Pages of the platform crash on a fetchComplete account without a refresh date.
  constraint complete_has_a_success check
    (status <> 'fetchComplete' and settled_status is distinct from 'fetchComplete' or last_success_at is not null),
  constraint fetch_has_an_outcome check (settled_status is not null or last_fetch_at is null),
  constraint fetch_not_before_success check
    (last_success_at is null or last_fetch_at is not null and last_fetch_at >= last_success_at)
);

alter sequence external_account_numbers owned by external_accounts.account_id;

-- One index per shape of the query, each ending in the order of the pages, so that a page costs the same
-- wherever it lies and however rare its rows are.
create index external_accounts_in_order on external_accounts (project_id, account_id);
create index external_accounts_by_category_and_status
  on external_accounts (project_id, category, status, account_id);
create index external_accounts_by_provider_and_status
  on external_accounts (project_id, provider_id, status, account_id);

-- The tokens behind an account, sealed; gone with it.
create table grants (
  account_id integer primary key references external_accounts on delete cascade,
  generation integer not null,
  sealed bytea not null
);

-- The scope ledger: which scopes an account's provider released from when to when. Kept when the account is
-- deleted. That periods of one account never overlap follows from the keys alone: each period but the first
-- names the end of the one before it and begins no earlier, no end is named twice, one period is the first, and
-- one is open at the most.
create table scope_periods (
  account_id integer not null,
  project_id uuid not null,
  participant_id uuid not null,
  provider_id integer not null,
  -- In the provider's own names and order.
  scopes text[] not null,
  began_at timestamptz not null,
  ended_at timestamptz check (ended_at > began_at),
  previous_ended_at timestamptz check (previous_ended_at <= began_at),
  constraint one_end_per_period unique nulls not distinct (account_id, ended_at),
  constraint one_period_after_each unique nulls not distinct (account_id, previous_ended_at),
  constraint follows_a_period_that_ended
    foreign key (account_id, previous_ended_at) references scope_periods (account_id, ended_at)
);

-- Numbers of deleted accounts: an import must not bring one back under another person.
create table deleted_accounts (
  account_id integer primary key,
  project_id uuid not null,
  deleted_at timestamptz not null
);

-- Filters that a next page was given out for. One row per distinct set of filters, none per page.
create table page_filters (
  filter_set integer generated always as identity primary key,
  project_id uuid not null references projects,
  digest bytea not null,
  filters jsonb not null,
  unique (project_id, digest)
);
