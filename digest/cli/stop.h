/* Signals that ask to stop: SIGINT and SIGTERM.
 *
 * The first lets a send finish what is on the wire, the second, a second
 * later or more, ends it at once. (Some programs that pass a signal on do so
 * twice in one breath.)
 */
#ifndef DIGEST_CLI_STOP_H
#define DIGEST_CLI_STOP_H

/* Watches from here on. The value is 0, 1 or 2, as struct send_watch and
 * struct notices_options want it. */
const volatile int *stop_watch(void);

#endif
