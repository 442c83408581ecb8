-- What belongs to the installation as a whole: the root of its non-credential keys (page bookmarks, pseudonyms
-- of addresses in the rate limiter). Not a vault: nothing that opens an account is derived from it.
-- older processes: must stop

create table installation (
  only_row boolean primary key default true check (only_row),
  root_key bytea not null check (length(root_key) = 32),
  created_at timestamptz not null default now()
);

-- gen_random_uuid draws from the operating system's cryptographic source; two of them carry 244 random bits.
insert into installation (root_key)
values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
