-- What a study says of its participants (the platform's participants API), and of itself to their pages. Whoever is in
-- the register takes part, unless a client says otherwise: people who move in have enrolled already.
-- older processes: may keep running

alter table participants
  -- Texts by the platform's names; what is not known is not there.
  add demographics jsonb not null default '{}' check (jsonb_typeof(demographics) = 'object'),
  add custom_fields jsonb not null default '{}' check (jsonb_typeof(custom_fields) = 'object'),
  add invitation_status text check (invitation_status in ('pending', 'declined', 'cancelled', 'approved', 'notInvited')),
  -- Null: has not enrolled (yet).
  add enrolled_at timestamptz default now(),
  add withdrawn_at timestamptz,
  -- Test or withdrawn participants, whom no export shows.
  add excluded_from_export boolean not null default false;
update participants set enrolled_at = inserted_at;

-- Lists are in the order in which people came, so that somebody new moves no page.
create index participants_in_order on participants (project_id, inserted_at, participant_id);

create table project_profiles (
  project_id uuid primary key references projects,
  code text check (length(code) <= 200),
  type text check (length(type) <= 200),
  description text check (length(description) <= 5000),
  support_email text check (length(support_email) <= 320),
  support_phone text check (length(support_phone) <= 100),
  learn_more_link text check (length(learn_more_link) <= 2000),
  learn_more_title text check (length(learn_more_title) <= 300),
  organization_id uuid,
  organization_name text check (length(organization_name) between 1 and 300),
  organization_description text check (length(organization_description) <= 5000),
  organization_color text check (organization_color ~ '^#[0-9a-f]{6}$'),
  logo bytea check (length(logo) <= 1000000),
  -- SHA-256 of the image: its ETag.
  logo_digest bytea check (length(logo_digest) = 32),
  check ((logo is null) = (logo_digest is null))
);

-- Which journey a browser waits in, for answers of providers that leave out the state.
create index connect_attempts_of_browser on connect_attempts (browser_digest) where phase = 'authorizing';
