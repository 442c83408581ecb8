# Lists every external account of a project, one line each: number, participant, provider, status.
#
#   TOKEN=... PROJECT=... Rscript examples/list_accounts.R
#   TOKEN=... PROJECT=... Rscript examples/list_accounts.R externalAccountStatuses=unauthorized,error
#
# Needs R 4.1 or newer and the packages httr2 and jsonlite. BASE is where the service is; http://localhost:8080
# when it is not set.

library(httr2)

# Every account that matches the filters, as a list, page after page.
list_accounts <- function(base, project, token, filters = list()) {
  url <- paste0(sub("/+$", "", base), "/api/v1/administration/projects/", project, "/externalAccounts")
  query <- c(filters, list(limit = 100))
  accounts <- list()
  repeat {
    page <- request(url) |>
      req_url_query(!!!query) |>
      req_auth_bearer_token(token) |>
      # The body of a refusal is a problem (RFC 9457); its message says what is wrong.
      req_error(body = function(answer) resp_body_json(answer, check_type = FALSE)$message) |>
      req_perform() |>
      resp_body_json()
    accounts <- c(accounts, page$externalAccounts)
    if (is.null(page$nextPageID)) return(accounts)
    query$nextPageID <- page$nextPageID
  }
}

arguments <- strsplit(commandArgs(trailingOnly = TRUE), "=", fixed = TRUE)
filters <- lapply(arguments, function(parts) paste(parts[-1], collapse = "="))
names(filters) <- vapply(arguments, function(parts) parts[1], "")

accounts <- list_accounts(
  base = Sys.getenv("BASE", "http://localhost:8080"),
  project = Sys.getenv("PROJECT"),
  token = Sys.getenv("TOKEN"),
  filters = filters
)
for (account in accounts) {
  cat(account$id, account$participantIdentifier, account$provider$name, account$status, sep = "\t")
  cat("\n")
}
