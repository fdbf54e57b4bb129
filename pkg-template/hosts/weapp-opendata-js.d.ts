// The module as plain JavaScript, a file of its own in the mini-program's folder.
import type { Engine } from '../core/exchange.js';

declare const engine: Engine;
export = engine;
