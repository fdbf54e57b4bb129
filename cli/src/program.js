// The commands and their options, as the argument parser is told of them.

import { createRequire } from 'node:module';

import { Command } from 'commander';

import { commands } from './commands/index.js';
import { between, oneOf, several } from './values.js';

/** @typedef {(name: string, options: any, values: string[]) => Promise<void>} Run */

/** Columns of a line of help; Chinese has no spaces to break a line at, so there the terminal does it. */
const widths = { en: Math.min(process.stdout.columns ?? 100, 120), zh: 10_000 };

/**
 * @param {import('./texts/index.js').Language} language
 * @param {import('./texts/index.js').Texts} texts
 * @param {Run} run
 */
export function makeProgram(language, texts, run) {
  const { version } = createRequire(import.meta.url)('../package.json');
  const titles = new Map([['Usage:', texts.usage], ['Options:', texts.options], ['Commands:', texts.commands], ['Arguments:', texts.arguments]]);

  /** @param {Command} command */
  const dress = (command) => command
    .helpOption('-h, --help', texts.help)
    .helpCommand(false)
    .configureHelp({ helpWidth: widths[language], styleTitle: (title) => titles.get(title) ?? title })
    // What is wrong is said by `wrong` in main.js: the parser's own texts repeat what was given.
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .allowExcessArguments(false);

  /** @param {Command} command */
  const common = (command) => command
    .option('--json', texts.json)
    .option('--no-color', texts.color)
    .option('--lang <language>', texts.lang, oneOf(['en', 'zh']));

  const program = dress(new Command('weapp-opendata'))
    .description(texts.about)
    .usage(texts.subcommand)
    .version(version, '-V, --version', texts.version)
    // What stands after a command is that command's.
    .enablePositionalOptions()
    .addHelpText('after', `\n${texts.exitCodes}`);
  common(program);
  /** Those of a command, and what stood before it. @param {any} options */
  const together = (options) => ({ ...program.opts(), ...options, color: options.color && program.opts().color });

  for (const [name, definition] of Object.entries(commands)) {
    const command = dress(program.command(name)).description(/** @type {Record<string, string>} */ (texts)[name]);
    const { values } = definition;
    if (values) command.argument(values.name, texts[values.text]).option('-i, --input <file>', texts.input);
    else command.argument('[file]', texts.file);
    if (definition.keyed) {
      command
        .option('--session-key-env <name>', texts.sessionKeyEnv, several)
        .option('--session-key-prompt', texts.sessionKeyPrompt)
        .option('--session-key <key>', texts.sessionKey, several)
        .addHelpText('after', `\n${texts.keysRule}`);
    }
    definition.options(command, texts);
    command
      .option('--ndjson', texts.ndjson)
      .option('--jobs <number>', texts.jobs, between(1, 64))
      .option('--no-progress', texts.progress);
    common(command).action((given, options) => {
      const { input, ...rest } = together(options);
      return values ? run(name, { ...rest, file: input }, given) : run(name, { ...rest, file: given }, []);
    });
  }

  common(dress(program.command('playground')).description(texts.playground)
    .option('--port <number>', texts.port, between(0, 65535))
    .option('--host <address>', texts.host))
    .action((options) => run('playground', together(options), []));
  return program;
}
