-- A brand is not an endpoint: thousands of practices share one server. Providers refer to the endpoint through
-- which they are connected and to the definition that says how; directories list them and may stop doing so; each
-- project says what it uses. Search has a table of its own, narrow enough to be read whole.
-- older processes: must stop

-- Trigrams of words, for searches with a slip of the pen. Trusted: the database's owner may create it.
create extension if not exists pg_trgm;

create table endpoints (
  endpoint_id integer generated always as identity primary key,
  -- Base address of a FHIR server in its one spelling.
  base_url text not null unique check (length(base_url) between 1 and 1000),
  fhir_version text check (fhir_version in ('DSTU2', 'STU3', 'R4'))
);

alter table providers
  add endpoint_id integer references endpoints,
  -- Name of the file in src/providers/ that says how it is connected; null for those that only an import of
  -- accounts has named.
  add definition text check (length(definition) between 1 and 100),
  -- Other names, as the directory gives them.
  add aliases text[] not null default '{}',
  add city text,
  add state text,
  -- Since when no directory lists it any more. Never deleted: accounts and clients hold its number.
  add retired_at timestamptz;

insert into endpoints (base_url) select distinct endpoint_url from providers where endpoint_url is not null;
update providers set endpoint_id = endpoints.endpoint_id from endpoints where base_url = endpoint_url;
update providers set definition = case category when 'Health Plan' then 'patientAccess' else 'smartOnFhir' end
 where source = 'lantern';
-- The definitions say this now; what stands here is an operator's own decision.
update providers set definition = source_key, enabled = true, message = null where source = 'built-in';
alter table providers drop column endpoint_url;
create index providers_by_endpoint on providers (endpoint_id) where endpoint_id is not null;

-- Which directories list a provider. A directory that comes again without it takes its row away.
create table directory_listings (
  directory text not null check (length(directory) between 1 and 110),
  provider_id integer not null references providers,
  -- By what it is found, as this directory tells it; a search looks for the words of all directories together.
  words text[] not null default '{}',
  primary key (directory, provider_id)
);
create index directory_listings_of_provider on directory_listings (provider_id);
insert into directory_listings (directory, provider_id)
select 'lantern', provider_id from providers where source = 'lantern';

-- What participants find: providers that have a definition and are not retired. Read as a whole by every process,
-- in order; nothing is looked up in it.
create table provider_search (
  provider_id integer primary key references providers,
  category provider_category not null,
  -- Name in the order of lists: without case, accents and signs; names that begin with a digit come last.
  sort_name text collate "C" not null,
  -- Words of name, aliases, keywords and places, in the same form, each once, in order.
  words text[] not null
);
create index provider_search_in_order on provider_search (sort_name, provider_id);

-- Every word of provider_search once, for finding what somebody may have meant.
create table search_words (word text collate "C" primary key);
create index search_words_by_trigram on search_words using gin (word gin_trgm_ops);

-- Grows with every change of what searches find: processes keep answers for as long as it stands still.
create table catalogue_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into catalogue_version (version) values (1);

-- What a project uses. Without a row: everything.
create table project_catalogues (
  project_id uuid primary key references projects,
  categories provider_category[] not null,
  -- Whether a provider that project_providers does not name may be connected.
  others_allowed boolean not null
);

create table project_providers (
  project_id uuid not null references projects,
  provider_id integer not null references providers,
  allowed boolean not null,
  -- Why not, fit for a participant. The exact word Unavailable makes clients leave the provider out.
  message text check (length(message) between 1 and 500),
  primary key (project_id, provider_id),
  check (not allowed or message is null)
);

-- Providers that are shown before any search, by the place that asks. Null project: for all without their own.
create table featured_providers (
  project_id uuid references projects,
  context text not null check (length(context) <= 100),
  position integer not null check (position > 0),
  provider_id integer not null references providers,
  unique nulls not distinct (project_id, context, position),
  unique nulls not distinct (project_id, context, provider_id)
);

-- Logos as they are served: PNG, made by us from what an operator or a directory gave.
create table provider_logos (
  provider_id integer primary key references providers,
  png bytea not null check (length(png) <= 1000000),
  -- SHA-256 of the image: its ETag.
  digest bytea not null check (length(digest) = 32),
  -- SHA-256 of what it was made from, so that the same source is not converted again.
  source_digest bytea not null check (length(source_digest) = 32)
);
