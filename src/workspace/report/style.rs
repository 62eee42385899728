//! How the report looks, on paper and on screens, light and dark.

pub(super) const CSS: &str = "
:root { color-scheme: light dark; --ink: #1c2030; --weak: #5d6475; --line: #d9dce4; --ground: #fff; --candidate: #b4630a;
  --production: #2463c8; --good: #1b7a43; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf2; --weak: #a2a9ba; --line: #353a4a; --ground: #14161d;
  --candidate: #f0a03c; --production: #6ea2ff; --good: #59c585; --bad: #ff7b72; } }
@media print { :root { --ink: #000; --weak: #444; --line: #bbb; --ground: #fff; --candidate: #b4630a; --production: #2463c8;
  --good: #1b7a43; --bad: #b3261e; } section, figure, tr { break-inside: avoid; } body { margin: 0; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 60rem; margin: 2rem auto;
  padding: 0 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p { margin: .4rem 0; } table + table, figure + table { margin-top: 1.2rem; } .weak, figcaption, th { color: var(--weak); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } th { text-align: left; font-weight: 600; }
th, td { padding: .28rem .6rem .28rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
.verdict { display: inline-block; font-weight: 700; border: 2px solid; border-radius: .4rem; padding: .1rem .6rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .candidate { color: var(--candidate); }
.production { color: var(--production); } .baseline { color: var(--weak); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; } figure { margin: 0; }
figcaption { font-size: .85rem; } figcaption b { color: var(--ink); } svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--weak); font: 11px system-ui, sans-serif; } svg .name { fill: var(--ink); }
svg .axis { stroke: var(--line); fill: none; } svg .zero { stroke: var(--weak); stroke-dasharray: 3 3; }
svg .candidate { stroke: var(--candidate); fill: none; } svg .production { stroke: var(--production); fill: none; }
svg .baseline { stroke: var(--weak); fill: none; }
svg .good, svg .bad, svg .same { stroke-width: 2; } svg .good { stroke: var(--good); fill: var(--good); }
svg .bad { stroke: var(--bad); fill: var(--bad); } svg .same { stroke: var(--weak); fill: var(--weak); }
svg polyline { stroke-width: 1.8; }
";
