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

create or replace function next_accounts_of_categories(project uuid, after_id integer, max_rows integer,
                                                       categories provider_category[], statuses account_status[])
  returns setof integer language plpgsql stable rows 101
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_incremental_sort = off as $$
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
