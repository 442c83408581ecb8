-- Walks that stop at their last account on every release of PostgreSQL: before 18, a comparison of whole rows found the
-- place to begin and then read on to the end of the project. They compare single columns now. What keeps the planner
-- from another index is an order that only the walk's own index has.
-- older processes: may keep running

-- No account has no number, so that this is ascending order of number as before; but to the planner it is an order of
-- its own, and neither the primary key nor another index has it.
drop index external_accounts_by_category_and_status;
create index external_accounts_by_category_and_status
  on external_accounts (project_id, category, status, account_id nulls first);
drop index external_accounts_by_provider_and_status;
create index external_accounts_by_provider_and_status
  on external_accounts (project_id, provider_id, status, account_id nulls first);

-- One plan for all values. Whatever does not come out of an index in order would have to be sorted, which is all that
-- needs to be forbidden.
create or replace function next_accounts(project uuid, after_id integer, max_rows integer)
  returns setof integer language plpgsql stable rows 101
  set jit = off set enable_sort = off set enable_incremental_sort = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select a.account_id from external_accounts a
     where (a.project_id, a.account_id) > (project, after_id) and (a.project_id, a.account_id) <= (project, 2147483647)
     order by a.project_id, a.account_id limit max_rows;
end $$;

create or replace function next_accounts_of_categories(project uuid, after_id integer, max_rows integer,
                                                       categories provider_category[], statuses account_status[])
  returns setof integer language plpgsql stable rows 101
  set jit = off set enable_sort = off set enable_incremental_sort = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select walk.account_id
      from unnest(categories) c, unnest(statuses) s,
           lateral (select a.account_id from external_accounts a
                     where a.project_id = project and a.category = c and a.status = s and a.account_id > after_id
                     order by a.account_id nulls first limit max_rows) walk;
end $$;

-- First of each pair only as many as it takes for the pairs to fill a page together: no later one than the last of
-- these is on the page, so that the rest of each pair ends there.
create or replace function next_accounts_at_providers(project uuid, after_id integer, max_rows integer,
                                                      wanted integer[], statuses account_status[])
  returns setof integer language plpgsql stable rows 101
  set jit = off set enable_sort = off set enable_incremental_sort = off set plan_cache_mode = force_generic_plan as $$
declare
  pairs integer;
  share integer;
  ids integer[];
  last_id integer := 2147483647;
begin
  -- Providers without accounts in the project end here, at one look into the index.
  wanted := array(
    select w from unnest(wanted) w
      cross join lateral (select 1 from external_accounts a where a.project_id = project and a.provider_id = w
                           order by a.status, a.account_id nulls first limit 1) any_account);
  pairs := cardinality(wanted) * cardinality(statuses);
  if pairs = 0 then return; end if;
  share := ceil(max_rows::numeric / pairs);
  if pairs > 1 then
    ids := array(
      select walk.account_id
        from unnest(wanted) w, unnest(statuses) s,
             lateral (select a.account_id from external_accounts a
                       where a.project_id = project and a.provider_id = w and a.status = s and a.account_id > after_id
                       order by a.account_id nulls first limit share) walk);
    if cardinality(ids) >= max_rows then
      select id into last_id from unnest(ids) id order by id offset max_rows - 1 limit 1;
    end if;
  end if;
  return query
    select walk.account_id
      from unnest(wanted) w, unnest(statuses) s,
           lateral (select a.account_id from external_accounts a
                     where a.project_id = project and a.provider_id = w and a.status = s
                       and a.account_id > after_id and a.account_id <= last_id
                     order by a.account_id nulls first limit max_rows) walk;
end $$;

-- What a page shows of some accounts, in any order: each table is looked at once, by all its numbers together, and put
-- together in memory. `beside` has the numbers of other providers in the same realm that the participant has connected,
-- each after a space; null is none. Scopes are those of device makers alone. `is true` keeps indexes of whole projects out.
create function accounts_on_page(project uuid, ids integer[])
  returns table (account_id integer, participant_id uuid, participant_identifier text, provider_id integer, beside text,
                 status account_status, last_success_at timestamptz, connected_at timestamptz, provider_user_id text,
                 scopes text[])
  language plpgsql stable rows 100
  set jit = off set enable_seqscan = off set enable_bitmapscan = off set enable_nestloop = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  if cardinality(ids) = 0 then return; end if;
  return query
    with page as materialized (
      select * from external_accounts a where a.account_id = any (ids) and (a.project_id = project) is true)
    select a.account_id, a.participant_id, person.participant_identifier, a.provider_id, other.beside, a.status,
           a.last_success_at, a.connected_at, a.provider_user_id, granted.scopes
      from page a
      join (select p.participant_id, p.participant_identifier from participants p
             where p.participant_id = any (array(select participant_id from page)) and (p.project_id = project) is true) person
        on person.participant_id = a.participant_id
      left join (select period.account_id, period.scopes from scope_periods period
                  where period.account_id = any (array(select account_id from page where category = 'Device Manufacturer'))
                    and period.ended_at is null) granted
        on granted.account_id = a.account_id
      left join (select own.account_id, string_agg(' ' || b.provider_id, '') as beside
                   from page own
                   join external_accounts b
                     on b.participant_id = own.participant_id and b.realm = own.realm and b.account_id <> own.account_id
                  where b.participant_id = any (array(select participant_id from page where realm > 0))
                  group by own.account_id) other
        on other.account_id = a.account_id;
end $$;
