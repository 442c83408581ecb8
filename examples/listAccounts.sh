#!/bin/sh
# Lists every external account of a project, one page of JSON a line. Needs curl and sed.
#
#   TOKEN=… PROJECT=… sh examples/listAccounts.sh
#   TOKEN=… PROJECT=… sh examples/listAccounts.sh externalAccountStatuses=unauthorized,error providerNames=Garmin
#
# BASE is where the service is; http://localhost:8080 when it is not set.
set -eu

: "${TOKEN:?must hold an access token}"
: "${PROJECT:?must hold the ID of the project}"
url="${BASE:-http://localhost:8080}/api/v1/administration/projects/$PROJECT/externalAccounts"

# Each argument is a filter, name=value. curl encodes the value.
for filter; do
  set -- "$@" --data-urlencode "$filter"
  shift
done

next=
while :; do
  page=$(curl --silent --show-error --fail-with-body --get "$url" \
    --header "Authorization: Bearer $TOKEN" \
    --data limit=100 ${next:+--data "nextPageID=$next"} "$@") || {
    printf '%s\n' "$page" >&2
    exit 1
  }
  printf '%s\n' "$page"
  # nextPageID is the last member of the answer, and absent from the last page.
  next=$(printf '%s' "$page" | sed -n 's/.*,"nextPageID":"\([0-9a-f-]*\)"}$/\1/p')
  [ -n "$next" ] || break
done
