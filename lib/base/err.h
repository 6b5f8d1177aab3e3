/*
 * err - what went wrong, told once, in words a person can act on.
 *
 * The function that knows fills the error with err_set() or err_sys(); each
 * caller that can say where it was puts that in front with err_at().  All of
 * them return -1, so `return err_set(e, ...)` is the usual last word.  Passing
 * a null error is allowed: the caller then only learns that it failed.
 */
#ifndef KEELSON_BASE_ERR_H
#define KEELSON_BASE_ERR_H

#include <stddef.h>

#define ERR_TEXT_BYTES 1024

/*
 * What kind of failure it is, for callers that answer differently by kind
 * (an HTTP status, an exit code).  ERR_FAILED unless said otherwise.
 */
enum err_kind {
	ERR_NONE,
	ERR_FAILED,  /* anything that has no kind of its own */
	ERR_USAGE,   /* the person's command line or configuration: exit 2 */
	ERR_INPUT,   /* bytes from outside that break their format */
	ERR_ABSENT,  /* the thing named does not exist */
	ERR_DENIED,  /* not allowed */
	ERR_BUSY,    /* somebody else is at it */
	ERR_TIMEOUT, /* took longer than allowed */
	ERR_LIMIT,   /* larger than a stated limit, or no room */
};

struct err {
	enum err_kind kind;
	int sys; /* errno of the failed call, 0 when there was none */
	char text[ERR_TEXT_BYTES];
};

#define ERR_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Forget a former failure. */
void err_clear(struct err *e);

/* Say what failed. Kind: ERR_FAILED. Always -1. */
int err_set(struct err *e, const char *fmt, ...) ERR_PRINTF(2, 3);

/* The same, of a stated kind. Always -1. */
int err_kind(struct err *e, enum err_kind kind, const char *fmt, ...)
	ERR_PRINTF(3, 4);

/* Say what failed, with the text of errno behind ": ". Always -1. */
int err_sys(struct err *e, const char *fmt, ...) ERR_PRINTF(2, 3);

/* Put "where: " in front of what is already said. Always -1. */
int err_at(struct err *e, const char *fmt, ...) ERR_PRINTF(2, 3);

/* The exit code that belongs to this failure: 2 for usage, else 1. */
int err_exit(const struct err *e);

#endif
