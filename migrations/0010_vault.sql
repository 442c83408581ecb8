-- Key-encryption keys by name (the keys themselves are never here), and grants sealed under data keys that they wrap.
-- No release has stored a grant so far, so the table is made anew.
-- older processes: must stop

create table sealing_keys (
  key_id text primary key check (length(key_id) between 1 and 100),
  -- A known text wrapped with the key: a process that has another key of this name does not open it, and does not start.
  canary bytea not null,
  -- One key is active at the most: what is sealed now is sealed with it.
  active boolean not null default false,
  created_at timestamptz not null,
  -- Empty while the key is being handed out to all processes.
  activated_at timestamptz,
  -- From then on nothing is sealed with it any more, and nothing in this database needs it.
  retired_at timestamptz,
  check (not active or activated_at is not null),
  check (not active or retired_at is null)
);
create unique index sealing_keys_one_active on sealing_keys (active) where active;
-- One rotation at a time.
create unique index sealing_keys_one_to_come on sealing_keys ((true)) where activated_at is null and retired_at is null;

-- Times a data key was wrapped with it, counted ahead in blocks: its nonces are random, and must stay far from
-- repeating. A table of its own, because whoever stores what is sealed locks the key's row until the commit.
create table sealing_key_wraps (
  key_id text primary key references sealing_keys on delete cascade,
  wraps bigint not null check (wraps >= 0)
);

-- Processes that serve, and the keys that each can use, so that no key is made active before all of them have it.
create table key_holders (
  process_id uuid primary key,
  -- For people: host and process number.
  name text not null check (length(name) between 1 and 300),
  key_ids text[] not null,
  seen_at timestamptz not null
);

-- Every table with sealed values has a trigger of this name. A writer who sealed with a key and then took long must
-- not store what nobody will be able to open: the lock lets a key be retired before or after the writer's
-- transaction, never in the middle.
create function refuse_retired_sealing_key() returns trigger language plpgsql as $$
begin
  if new.key_id is not null then
    perform from sealing_keys where key_id = new.key_id and retired_at is null for share;
    if not found then
      raise exception 'The sealing key is retired or unknown.'
        using errcode = 'check_violation', constraint = 'sealing_key_not_retired', table = tg_table_name;
    end if;
  end if;
  return new;
end $$;

drop table grants;
create table grants (
  account_id integer primary key references external_accounts on delete cascade,
  generation integer not null check (generation > 0),
  -- Grows with every refresh of the tokens.
  version integer not null check (version > 0),
  key_id text not null references sealing_keys,
  wrapped_key bytea not null,
  access_token bytea not null,
  refresh_token bytea,
  access_expires_at timestamptz,
  refresh_expires_at timestamptz,
  -- A fixed end of the consent, whatever is refreshed.
  grant_ends_at timestamptz
);
create index grants_by_key on grants (key_id);
create trigger refuse_retired_sealing_key before insert or update of key_id on grants
  for each row execute function refuse_retired_sealing_key();
