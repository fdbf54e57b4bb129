#!/usr/bin/env node
// The package runs on Node 16; the command line, and what it is made of, needs 18. So this file asks before anything else is loaded.

if (Number(process.versions.node.split('.')[0]) < 18) {
  process.stderr.write(`weapp-opendata: the command line needs Node 18 or later, this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  import('./main.js').then(({ main }) => main(process.argv.slice(2)));
}
