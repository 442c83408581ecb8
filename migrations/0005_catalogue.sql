-- Providers: the organisations that can be connected. Makers of devices have the numbers that clients of the
-- platform look for; all others are numbered from a sequence that starts above them. A number is never reused.
-- older processes: must stop

create type provider_category as enum ('Provider', 'Health Plan', 'Device Manufacturer');

create sequence provider_numbers as integer start 100000 minvalue 100000;

create table providers (
  provider_id integer primary key default nextval('provider_numbers') check (provider_id > 0),
  name text not null check (length(name) between 1 and 300),
  category provider_category not null,
  enabled boolean not null default true,
  -- Why it is not enabled, fit for a participant.
  message text,
  managing_organization text,
  successor_id integer references providers check (successor_id <> provider_id),
  -- Between scopes in the Data Scopes export; the API always uses a space.
  scope_separator text not null default ' ',
  endpoint_url text,
  postal_code text,
  -- Where the row came from and its name there, so that an import run twice changes nothing.
  source text not null,
  source_key text,
  unique (source, source_key),
  -- Lets an account carry its provider's category and be sure that it is the provider's.
  unique (provider_id, category)
);

create index providers_by_name on providers (name);
create index providers_by_endpoint on providers (endpoint_url) where endpoint_url is not null;

insert into providers (provider_id, name, category, source, source_key, scope_separator) values
  (49369, 'Google Health', 'Device Manufacturer', 'built-in', 'googleHealth', ' '),
  (6327, 'Garmin', 'Device Manufacturer', 'built-in', 'garmin', ', '),
  (5691, 'Dexcom', 'Device Manufacturer', 'built-in', 'dexcom', ' '),
  (1466, 'Omron', 'Device Manufacturer', 'built-in', 'omron', ' '),
  (45417, 'Oura', 'Device Manufacturer', 'built-in', 'oura', ' ');

-- The maker switched its interface off in 2026; people consent anew with the successor.
insert into providers (provider_id, name, category, source, source_key, enabled, message, successor_id) values
  (564, 'Fitbit', 'Device Manufacturer', 'built-in', 'fitbit', false,
   'Fitbit now shares data through Google Health. Please connect Google Health instead.', 49369);
