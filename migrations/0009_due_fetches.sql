-- When the next fetch of an account is due, on the account itself. Null: none is planned, which is so for accounts
-- that an import brought without a grant, and for those that lost their authorization.
-- older processes: may keep running

alter table external_accounts add next_fetch_at timestamptz;

create index external_accounts_due on external_accounts (next_fetch_at) where next_fetch_at is not null;
