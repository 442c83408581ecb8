-- What was asked for stands beside what was granted, so that nothing is fetched that nobody asked for, and a page can
-- tell a participant what she left out. A journey remembers what was granted for the page on which it ends.
-- older processes: may keep running

alter table scope_periods
  -- In the provider's names: what the study asked for, by request, registration or on the provider's own page. Null
  -- where it was not written down: imports, and what was connected before this column.
  add asked_scopes text[];

alter table connect_attempts
  -- In the provider's names and order; null unless the provider told it.
  add granted_scopes text[];
