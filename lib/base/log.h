/*
 * log - one event, one line: `level msg="..." key=value key=value`.
 *
 * Lines go to standard error, one write(2) each, with an RFC 3339 time in
 * front unless log_plain() was called (for commands that people run).  Values
 * are quoted when they need it; control bytes are escaped, so that nothing
 * from outside can forge a line.  An error is logged once, where it is
 * handled.  Secrets are never given to these functions.
 */
#ifndef KEELSON_BASE_LOG_H
#define KEELSON_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped. Default LOG_INFO. */
void log_set_level(enum log_level level);
bool log_wants(enum log_level level);

/* No time in front. */
void log_plain(void);

/*
 * Say an event. Behind msg come pairs (const char *key, const char *value),
 * ended by NULL: log_event(LOG_INFO, "listening", "address", a, NULL).
 */
void log_event(enum log_level level, const char *msg, ...)
	__attribute__((sentinel));

#endif
