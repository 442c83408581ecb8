-- Servers compare the `aud` of an authorization request letter by letter with the address that they have published.
-- The one spelling of an endpoint has lost its final slash, its default port and the capitals of its host.
-- older processes: may keep running

alter table endpoints
  -- As the directory spells it; null: as base_url.
  add published_url text check (length(published_url) between 1 and 2000),
  -- The directory whose spelling it is, for as long as it lists the endpoint; null: none has been asked yet.
  add published_by text check (length(published_by) between 1 and 110),
  add check (published_url is null or published_by is not null);
