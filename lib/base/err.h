/*
 * err - what went wrong, in words that a person can act on.
 *
 * The function that detects a failure fills in the error with err_set() or
 * err_sys(); each caller that can say where it happened prepends that with
 * err_at().  All of them return -1, for `return err_set(e, ...)`.  The error
 * may be NULL: the caller then learns only that the call failed.
 */
#ifndef KEELSON_BASE_ERR_H
#define KEELSON_BASE_ERR_H

#include <stddef.h>

#define ERR_TEXT_BYTES 1024

/*
 * The kind of a failure, for callers that treat kinds differently (an HTTP
 * status, an exit code).  ERR_FAILED unless a function says otherwise.
 */
enum err_kind {
	ERR_NONE,
	ERR_FAILED,  /* no other kind applies */
	ERR_USAGE,   /* wrong command line or configuration: exit 2 */
	ERR_INPUT,   /* malformed input */
	ERR_ABSENT,  /* the object named does not exist */
	ERR_DENIED,  /* not allowed */
	ERR_BUSY,    /* in use, or it exists already */
	ERR_TIMEOUT, /* took longer than allowed */
	ERR_LIMIT,   /* beyond a limit, or out of memory or space */
};

struct err {
	enum err_kind kind;
	int sys; /* errno of the failed call, 0 when there was none */
	char text[ERR_TEXT_BYTES];
};

#define ERR_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Forget an earlier failure. */
void err_clear(struct err *e);

/* Say what failed.  Kind: ERR_FAILED.  Always -1. */
int err_set(struct err *e, const char *fmt, ...) ERR_PRINTF(2, 3);

/* The same with a kind.  Always -1. */
int err_kind(struct err *e, enum err_kind kind, const char *fmt, ...)
	ERR_PRINTF(3, 4);

/* Say what failed; append ": " and the text of errno.  Always -1. */
int err_sys(struct err *e, const char *fmt, ...) ERR_PRINTF(2, 3);

/* Prepend "where: " to the text.  Always -1. */
int err_at(struct err *e, const char *fmt, ...) ERR_PRINTF(2, 3);

/* The exit code for this failure: 2 for ERR_USAGE, else 1. */
int err_exit(const struct err *e);

#endif
