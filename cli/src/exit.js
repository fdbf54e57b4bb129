// The exit codes.

export const OK = 0;
/** A record failed, a signature does not match, a payload does not open. */
export const FAILED = 1;
/** The command line is wrong. */
export const USAGE = 2;
/** Ended by a signal: this and its number, as shells have it. */
export const SIGNALLED = 128;
/** Ctrl-C. */
export const INTERRUPTED = 130;
/** A fault of this program: the number that sysexits.h has for it. */
export const FAULT = 70;
