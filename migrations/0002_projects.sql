-- Studies and the people in them. A participant is bound to one project by a key that other tables refer to,
-- so that no row can ever join a participant to another project's account.
-- older processes: must stop

create table projects (
  project_id uuid primary key,
  name text not null unique check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

create table participants (
  project_id uuid not null references projects,
  -- Ours: stable and unique in the whole installation, not only in the project.
  participant_id uuid not null unique,
  -- The project's own name for the person.
  participant_identifier text not null check (length(participant_identifier) between 1 and 200),
  inserted_at timestamptz not null default now(),
  primary key (project_id, participant_id),
  unique (project_id, participant_identifier)
);
