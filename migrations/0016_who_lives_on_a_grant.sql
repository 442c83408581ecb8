-- Who else lives on a grant is found out for each one that is given back, and for each code that is presented again: by
-- the person and her realm, and by the few codes that are being exchanged, whatever the planner believes of the tables.
-- older processes: may keep running

-- Journeys of the last minutes may be many, those of which the code is out at this moment are few.
create index connect_attempts_exchanging on connect_attempts (provider_id) where phase = 'exchanging';

-- The realm of a provider is where its users are known (migration 0013). Each look goes through one index, and is
-- planned without the ways that could replace it. Before 18 a way that is switched off costs so much in the planner's
-- eyes that each call would be compiled first (jit), for half a second.
create function who_lives_on_grant(of_provider integer, of_user text, of_participant uuid,
                                   waits_for_strangers boolean, at timestamptz,
                                   out same boolean, out journey boolean, out exchange boolean,
                                   out own text, out newer text[])
  returns record language plpgsql stable
  set jit = off set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_hashjoin = off
  set enable_mergejoin = off set enable_material = off set enable_memoize = off as $$
declare
  shared integer;
  successors integer[];
begin
  select definition, realm into own, shared from providers where provider_id = of_provider;

  -- Her own accounts there, unless the provider has told two names of her; then whoever has the grant's name, in any study.
  same := exists (select from external_accounts a
                   where a.participant_id = of_participant and a.realm = shared and a.replaced_at is null
                     and (of_user is null or a.provider_user_id is null or a.provider_user_id = of_user)
                     and exists (select from grants where grants.account_id = a.account_id));
  if not same and of_user is not null then
    same := exists (select from external_accounts a
                     where a.realm = shared and a.provider_user_id = of_user and a.replaced_at is null
                       and exists (select from grants where grants.account_id = a.account_id));
  end if;

  journey := exists (select from connect_attempts c
                      where c.participant_id = of_participant and c.phase in ('authorizing', 'exchanging')
                        and c.expires_at > at
                        and (select realm from providers where provider_id = c.provider_id) = shared);
  exchange := waits_for_strangers
              and exists (select from connect_attempts c
                           where c.phase = 'exchanging' and c.expires_at > at
                             and (select realm from providers where provider_id = c.provider_id) = shared);

  -- Successors that know us as the same application are told apart by whoever asks, who knows our credentials.
  newer := '{}';
  with recursive chain (provider_id) as (
    select successor_id from providers where provider_id = of_provider and successor_id is not null
    union
    select p.successor_id from chain join providers p on p.provider_id = chain.provider_id
     where p.successor_id is not null
  )
  select array(select provider_id from chain) into successors;
  if cardinality(successors) > 0 then
    newer := array(select (select definition from providers where provider_id = a.provider_id)
                     from external_accounts a
                    where a.participant_id = of_participant and a.provider_id = any (successors)
                      and a.replaced_at is null
                      and exists (select from grants where grants.account_id = a.account_id));
  end if;
end $$;

-- For after a call that may have ended a grant: accounts that live on it say so themselves when they are fetched.
create function fetch_sharing_soon(of_provider integer, of_user text, of_participant uuid, at timestamptz)
  returns void language plpgsql
  set jit = off set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  shared integer := (select realm from providers where provider_id = of_provider);
begin
  update external_accounts a set next_fetch_at = at
   where a.participant_id = of_participant and a.realm = shared and a.replaced_at is null
     and (of_user is null or a.provider_user_id is null or a.provider_user_id = of_user)
     and (a.next_fetch_at is null or a.next_fetch_at > at)
     and exists (select from grants where grants.account_id = a.account_id);
  if of_user is not null then
    update external_accounts a set next_fetch_at = at
     where a.realm = shared and a.provider_user_id = of_user and a.replaced_at is null
       and (a.next_fetch_at is null or a.next_fetch_at > at)
       and exists (select from grants where grants.account_id = a.account_id);
  end if;
end $$;
