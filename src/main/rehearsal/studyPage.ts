/** The page of the study's site. What it shows comes from the service; the script sets it as text. */
export const studyPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Your data – rehearsal</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/style.css" />
    <script src="/page.js" type="module"></script>
  </head>
  <body>
    <header>
      <div class="inside">
        <p class="study" id="study">Your study</p>
        <p class="who">Signed in as <span id="participant">…</span></p>
      </div>
    </header>
    <main class="inside">
      <p class="note">
        This page plays the web site of a study, so that you can rehearse as a participant. Pages that say SANDBOX are
        played by this computer: their people and data are invented. Providers that you have set up yourself are real.
      </p>
      <noscript><p class="notice bad">This page needs JavaScript.</p></noscript>
      <div id="notice" class="notice" role="status" tabindex="-1" hidden></div>

      <section aria-labelledby="accounts-title">
        <div class="head">
          <h1 id="accounts-title">Your connected accounts</h1>
          <button id="reload" type="button" class="quiet">Reload</button>
        </div>
        <ul id="accounts" class="cards" aria-busy="true"></ul>
        <p id="no-accounts" class="empty" hidden>
          Nothing is connected yet. Find a device, a hospital or a health plan below.
        </p>
      </section>

      <section aria-labelledby="search-title">
        <h2 id="search-title">Connect an account</h2>
        <form id="search" role="search">
          <label for="words">Name of a device, hospital, practice or health plan</label>
          <div class="field">
            <input id="words" name="words" type="search" autocomplete="off" spellcheck="false" maxlength="200" />
            <button type="submit">Search</button>
          </div>
        </form>
        <p class="ideas">For example
          <button type="button" class="link">Garmin</button>
          <button type="button" class="link">Oura</button>
          <button type="button" class="link">Cedar Hollow</button>
          <button type="button" class="link">Lake Wexford</button>
          <button type="button" class="link">Harborlight</button>
        </p>
        <p id="found" role="status"></p>
        <ul id="providers" class="cards"></ul>
        <p><button id="more" type="button" class="quiet" hidden>Show more</button></p>
      </section>
    </main>

    <dialog id="confirm" aria-labelledby="confirm-title">
      <form method="dialog">
        <h2 id="confirm-title">Delete this account?</h2>
        <p id="confirm-text"></p>
        <div class="actions">
          <button value="delete" class="danger">Delete</button>
          <button value="keep" class="quiet" autofocus>Keep</button>
        </div>
      </form>
    </dialog>

    <template id="account">
      <li class="card">
        <img alt="" width="48" height="48" />
        <div class="what">
          <h3></h3>
          <p class="status"></p>
        </div>
        <dl></dl>
        <div class="actions">
          <button type="button" class="reconnect" hidden>Reconnect</button>
          <button type="button" class="refresh quiet">Refresh</button>
          <button type="button" class="delete quiet">Delete</button>
        </div>
      </li>
    </template>
    <template id="provider">
      <li class="card">
        <img alt="" width="48" height="48" />
        <div class="what">
          <h3></h3>
          <p class="status"></p>
        </div>
        <div class="actions"><button type="button" class="connect">Connect</button></div>
      </li>
    </template>
  </body>
</html>
`;
