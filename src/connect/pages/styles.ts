/** The looks of our pages: the device's own font, its light or dark colours, and large things to tap. */
export const pageStyle = `:root {
  color-scheme: light dark;
  --ink: #1b2733; --quiet: #51606f; --paper: #ffffff; --ground: #eef2f5; --line: #c9d3dc;
  --accent: #0b6e5f; --accent-ink: #ffffff; --warn: #fff4d6; --warn-line: #d9a400;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eef3; --quiet: #a9b7c4; --paper: #17212b; --ground: #0d141b; --line: #33424f;
    --accent: #5fd0bd; --accent-ink: #06231e; --warn: #3a3016; --warn-line: #b58a1a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif; }
main {
  max-width: 34rem; margin: 6vh auto; padding: 2rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 0.75rem;
}
@media (max-width: 36rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0; padding: 1.25rem; } }
h1 { display: flex; align-items: center; gap: 0.75rem; margin: 0.5rem 0 1rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
main > :last-child { margin-bottom: 0; }
h1 img { flex: none; border-radius: 0.5rem; }
h2 { margin: 0 0 0.5rem; font-size: 1.25rem; }
.study { margin: 0; color: var(--quiet); }
ul { padding-left: 1.25rem; }
li { margin: 0.25rem 0; }
.needed { padding: 0 0.4rem; border: 1px solid var(--line); border-radius: 0.5rem; color: var(--quiet); font-size: 0.8125rem; }
.warning { padding: 0.75rem 1rem; background: var(--warn); border-left: 0.25rem solid var(--warn-line); border-radius: 0.25rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1.5rem 0 0; }
button, .button {
  min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 1px solid var(--accent); border-radius: 0.5rem;
  background: var(--accent); color: var(--accent-ink); font: inherit; font-weight: 600; text-decoration: none; text-wrap: balance; cursor: pointer;
}
button.quiet { background: transparent; color: var(--accent); }
button:disabled { opacity: 0.55; cursor: progress; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
h1:focus-visible { outline: none; }
[hidden] { display: none !important; }
`;

/** For the empty window that the platform's SDK opens while it asks for the address to go to. */
export const loadingStyle = `html { color-scheme: light dark; }
body { margin: 0; }
#fragment-redirect-content { height: 100vh; display: grid; place-items: center; }
#fragment-redirect-content::after { content: 'Loading …'; font: 1.0625rem/1.5 system-ui, sans-serif; opacity: 0.7; }
`;
