/** The looks of the study's page, on purpose others than those of the service's own pages. */
export const studyStyle = `:root {
  color-scheme: light dark;
  --ink: #1f2430; --quiet: #596273; --paper: #ffffff; --ground: #f4f2ee; --line: #dcd8d0; --head: #27374d;
  --accent: #2b5fa8; --accent-ink: #ffffff; --good: #1a7048; --bad: #b3261e; --waiting: #80590a;
  --good-ground: #e3f4ea; --bad-ground: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e9ecf2; --quiet: #a6b0c0; --paper: #1b212b; --ground: #11151b; --line: #343d4b; --head: #1a2433;
    --accent: #8fb8f5; --accent-ink: #0a1d38; --good: #74d3a0; --bad: #ff9d94; --waiting: #e8bf67;
    --good-ground: #14301f; --bad-ground: #3a1815;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
.inside { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem; }
header { background: var(--head); color: #fff; }
header .inside { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; padding-block: 1rem; }
header p { margin: 0; }
.study { font-size: 1.125rem; font-weight: 650; }
.who { opacity: 0.85; }
main { padding-block: 1.25rem 4rem !important; }
section { margin-top: 2rem; }
h1, h2 { margin: 0; font-size: 1.375rem; line-height: 1.25; }
h3 { margin: 0; font-size: 1.0625rem; line-height: 1.35; }
.head { display: flex; align-items: center; justify-content: space-between; gap: 1rem; }
.note { margin: 0; color: var(--quiet); font-size: 0.9375rem; }
.notice { margin-top: 1rem; padding: 0.75rem 1rem; border-radius: 0.5rem; border: 1px solid var(--line); background: var(--paper); }
.notice.good { background: var(--good-ground); border-color: var(--good); color: var(--good); font-weight: 600; }
.notice.bad { background: var(--bad-ground); border-color: var(--bad); color: var(--bad); font-weight: 600; }
.cards { display: grid; gap: 0.75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.card {
  display: grid; grid-template-columns: 3rem 1fr auto; gap: 0.25rem 1rem; align-items: start; padding: 1rem;
  background: var(--paper); border: 1px solid var(--line); border-radius: 0.75rem;
}
.card img { border-radius: 0.5rem; }
.card .status { margin: 0.125rem 0 0; color: var(--quiet); font-size: 0.9375rem; }
.card .status.good { color: var(--good); }
.card .status.bad { color: var(--bad); }
.card .status.waiting { color: var(--waiting); }
.card .actions { grid-area: 1 / 3; justify-content: flex-end; }
.card dl { grid-column: 2 / -1; }
.cards:empty { display: none; }
.what { min-width: 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 0.375rem 0 0; font-size: 0.9375rem; }
dt { color: var(--quiet); }
dd { margin: 0; }
.scopes { display: flex; flex-wrap: wrap; gap: 0.375rem; margin: 0; padding: 0; list-style: none; }
dd, .scopes li { overflow-wrap: anywhere; }
.scopes li { padding: 0 0.5rem; border: 1px solid var(--line); border-radius: 0.375rem; font: 0.8125rem/1.6 ui-monospace, monospace; }
.empty { margin: 1rem 0 0; padding: 1.25rem; border: 1px dashed var(--line); border-radius: 0.75rem; color: var(--quiet); }
form label { display: block; margin: 0.75rem 0 0.25rem; }
.field { display: flex; gap: 0.5rem; }
input[type=search] {
  flex: 1; min-width: 0; min-height: 2.75rem; padding: 0.5rem 0.75rem; border: 1px solid var(--quiet); border-radius: 0.5rem;
  background: var(--paper); color: inherit; font: inherit;
}
.ideas { display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.875rem; margin: 0.5rem 0 0; color: var(--quiet); }
#found { margin: 0.75rem 0 0; color: var(--quiet); }
#found:empty { display: none; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }
button {
  min-height: 2.75rem; padding: 0.375rem 1rem; border: 1px solid var(--accent); border-radius: 0.5rem;
  background: var(--accent); color: var(--accent-ink); font: inherit; font-weight: 600; cursor: pointer;
}
button.quiet { background: transparent; color: var(--accent); border-color: var(--line); }
button.danger { background: var(--bad); border-color: var(--bad); color: var(--paper); }
button.link { padding: 0.375rem 0; border-color: transparent; background: transparent; color: var(--accent); text-decoration: underline; }
button:disabled { opacity: 0.55; cursor: progress; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.notice:focus-visible { outline: none; }
dialog { max-width: 26rem; padding: 1.5rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--paper); color: var(--ink); }
dialog::backdrop { background: rgb(0 0 0 / 0.5); }
dialog .actions { margin-top: 1.25rem; }
[hidden] { display: none !important; }
@media (max-width: 36rem) {
  h1, h2 { font-size: 1.1875rem; }
  .card { grid-template-columns: 3rem 1fr; }
  .card .actions { grid-area: auto / 1 / auto / -1; justify-content: flex-start; margin-top: 0.5rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.375rem; }
}
`;
