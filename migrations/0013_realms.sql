-- Where a provider's users are known, on each account: thousands of practices share one server and its users, and
-- whoever asks which accounts stand beside each other must not have to read those practices. Walks through the accounts
-- of a project that no planner can take for anything else, and a number for what is known of providers.
-- older processes: may keep running

-- Its endpoint's number; for a provider without one its own, negative.
alter table providers
  add realm integer not null generated always as (coalesce(endpoint_id, -provider_id)) stored,
  add constraint provider_in_one_realm unique (provider_id, realm);

alter table external_accounts add realm integer;
update external_accounts set realm = providers.realm
  from providers where providers.provider_id = external_accounts.provider_id;
alter table external_accounts
  alter realm set not null,
  -- A provider that moves to another endpoint takes its accounts with it.
  add constraint account_in_its_providers_realm
    foreign key (provider_id, realm) references providers (provider_id, realm) on update cascade;

-- Partial, so that it can answer only who has a certain user there, never who is there.
create index external_accounts_by_user_of_realm
  on external_accounts (realm, provider_user_id) where provider_user_id is not null;

-- For writers that do not know it, older releases for example; those who write many accounts say it themselves.
create function fill_realm() returns trigger language plpgsql as $$
begin
  select realm into new.realm from providers where provider_id = new.provider_id;
  return new;
end $$;
create trigger realm_of_account before insert on external_accounts
  for each row when (new.realm is null) execute function fill_realm();

-- Grows with every change of a provider: processes keep what they know of providers for as long as it stands still.
-- Whoever reads it sees every change that it counts, because each change holds its row until the commit.
create table provider_changes (
  only_row boolean primary key default true check (only_row),
  number bigint not null
);
insert into provider_changes (number) values (1);

create function count_provider_change() returns trigger language plpgsql as $$
begin
  update provider_changes set number = number + 1;
  return null;
end $$;
create trigger providers_changed after update or delete on providers
  for each statement execute function count_provider_change();

-- Walks of a project's accounts in ascending order of number, for pages. Each compares whole rows of one index and is
-- planned without the ways that could replace it: what the statistics say, or do not say yet, makes no difference.

-- The next accounts of the whole project.
create function next_accounts(project uuid, after_id integer, max_rows integer)
  returns setof integer language plpgsql stable rows 101
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_incremental_sort = off as $$
begin
  return query
    select a.account_id from external_accounts a
     where (a.project_id, a.account_id) > (project, after_id) and (a.project_id, a.account_id) <= (project, 2147483647)
     order by a.project_id, a.account_id limit max_rows;
end $$;

-- The next accounts of some categories with some statuses, those of each pair in order.
create function next_accounts_of_categories(project uuid, after_id integer, max_rows integer,
                                            categories provider_category[], statuses account_status[])
  returns setof integer language plpgsql stable rows 101
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_incremental_sort = off as $$
begin
  return query
    select walk.account_id
      from unnest(categories) c, unnest(statuses) s,
           lateral (select a.account_id from external_accounts a
                     where (a.project_id, a.category, a.status, a.account_id) > (project, c, s, after_id)
                       and (a.project_id, a.category, a.status, a.account_id) <= (project, c, s, 2147483647)
                     order by a.project_id, a.category, a.status, a.account_id limit max_rows) walk;
end $$;

-- The next accounts at some providers with some statuses. First of each pair only as many as it takes for the pairs to
-- fill a page together: no later one than the last of these is on the page, so that the rest of each pair ends there.
create function next_accounts_at_providers(project uuid, after_id integer, max_rows integer,
                                           wanted integer[], statuses account_status[])
  returns setof integer language plpgsql stable rows 101
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_incremental_sort = off as $$
declare
  pairs integer;
  share integer;
  ids integer[];
  last_id integer := 2147483647;
begin
  -- Providers without accounts in the project end here, at one look into the index.
  wanted := array(
    select w from unnest(wanted) w
      cross join lateral (select 1 from external_accounts a
                           where (a.project_id, a.provider_id) >= (project, w) and (a.project_id, a.provider_id) <= (project, w)
                           order by a.project_id, a.provider_id, a.status, a.account_id limit 1) any_account);
  pairs := cardinality(wanted) * cardinality(statuses);
  if pairs = 0 then return; end if;
  share := ceil(max_rows::numeric / pairs);
  if pairs > 1 then
    ids := array(
      select walk.account_id
        from unnest(wanted) w, unnest(statuses) s,
             lateral (select a.account_id from external_accounts a
                       where (a.project_id, a.provider_id, a.status, a.account_id) > (project, w, s, after_id)
                         and (a.project_id, a.provider_id, a.status, a.account_id) <= (project, w, s, 2147483647)
                       order by a.project_id, a.provider_id, a.status, a.account_id limit share) walk);
    if cardinality(ids) >= max_rows then
      select id into last_id from unnest(ids) id order by id offset max_rows - 1 limit 1;
    end if;
  end if;
  return query
    select walk.account_id
      from unnest(wanted) w, unnest(statuses) s,
           lateral (select a.account_id from external_accounts a
                     where (a.project_id, a.provider_id, a.status, a.account_id) > (project, w, s, after_id)
                       and (a.project_id, a.provider_id, a.status, a.account_id) <= (project, w, s, last_id)
                     order by a.project_id, a.provider_id, a.status, a.account_id limit max_rows) walk;
end $$;
