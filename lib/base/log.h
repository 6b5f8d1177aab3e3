/*
 * log - one line for each event: `level msg="..." key=value key=value`.
 *
 * Lines go to standard error, each by one write(2), and begin with the time
 * (RFC 3339) unless log_plain() was called, which is for commands that people
 * run.  Values are quoted when they need it and control bytes are escaped, so
 * that input cannot forge a line.  Log an error once, where it is handled.
 * Never log a secret.
 */
#ifndef KEELSON_BASE_LOG_H
#define KEELSON_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Drop events above this level.  The default is LOG_INFO. */
void log_set_level(enum log_level level);
bool log_wants(enum log_level level);

/* Leave out the time. */
void log_plain(void);

/*
 * Log an event.  After msg come pairs (const char *key, const char *value) and
 * NULL: log_event(LOG_INFO, "listening", "address", a, NULL).
 */
void log_event(enum log_level level, const char *msg, ...)
	__attribute__((sentinel));

#endif
