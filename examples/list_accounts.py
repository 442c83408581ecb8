"""Lists every external account of a project, one line each: number, participant, provider, status.

Needs Python 3.8 or newer and nothing else.

    TOKEN=... PROJECT=... python3 examples/list_accounts.py
    TOKEN=... PROJECT=... python3 examples/list_accounts.py externalAccountStatuses=unauthorized,error

BASE is where the service is; http://localhost:8080 when it is not set.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request


def list_accounts(base, project, token, filters):
    """Yields every account that matches the filters, page after page."""
    url = f"{base.rstrip('/')}/api/v1/administration/projects/{project}/externalAccounts"
    query = {**filters, "limit": 100}
    while True:
        request = urllib.request.Request(
            f"{url}?{urllib.parse.urlencode(query)}",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            page = json.load(answer)
        yield from page["externalAccounts"]
        if "nextPageID" not in page:
            return
        query["nextPageID"] = page["nextPageID"]


def main():
    filters = dict(argument.split("=", 1) for argument in sys.argv[1:])
    accounts = list_accounts(
        os.environ.get("BASE", "http://localhost:8080"),
        os.environ["PROJECT"],
        os.environ["TOKEN"],
        filters,
    )
    try:
        for account in accounts:
            print(
                account["id"],
                account["participantIdentifier"],
                account["provider"]["name"],
                account["status"],
                sep="\t",
            )
    except urllib.error.HTTPError as error:
        # The body is a problem (RFC 9457); its message says what is wrong.
        sys.exit(json.load(error).get("message", str(error)))


if __name__ == "__main__":
    main()
