#!/usr/bin/env node
const major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  console.error(
    `LeadLoop needs Node 22 or newer; this is ${process.versions.node}. Run it through npm (npm start, npx leadloop …), which brings its own.`,
  );
  process.exit(1);
}
await import('../dist/cli/main.js');
