/*
 * err - formats into the error's own buffer, so that reporting a failure never
 * allocates.  Text that does not fit is cut at the end; the front, which says
 * where it happened, stays.
 */
#include "lib/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void err_clear(struct err *e)
{
	if (e) {
		e->kind = ERR_NONE;
		e->sys = 0;
		e->text[0] = '\0';
	}
}

static ERR_PRINTF(4, 0) void err_fill(
	struct err *e, enum err_kind kind, int sys, const char *fmt, va_list ap)
{
	size_t n;

	if (!e)
		return;
	e->kind = kind;
	e->sys = sys;
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	if (!sys)
		return;
	n = strlen(e->text);
	snprintf(e->text + n, sizeof e->text - n, ": %s", strerror(sys));
}

int err_set(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_fill(e, ERR_FAILED, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int err_kind(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_fill(e, kind, 0, fmt, ap);
	va_end(ap);
	return -1;
}

static enum err_kind kind_of_errno(int sys)
{
	switch (sys) {
	case ENOENT:
	case ESRCH:
		return ERR_ABSENT;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	case EBUSY:
	case EEXIST:
		return ERR_BUSY;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case ENOMEM:
		return ERR_LIMIT;
	default:
		return ERR_FAILED;
	}
}

int err_sys(struct err *e, const char *fmt, ...)
{
	int sys = errno;
	va_list ap;

	va_start(ap, fmt);
	err_fill(e, kind_of_errno(sys), sys, fmt, ap);
	va_end(ap);
	return -1;
}

int err_at(struct err *e, const char *fmt, ...)
{
	char where[ERR_TEXT_BYTES];
	size_t n;
	size_t keep;
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	vsnprintf(where, sizeof where, fmt, ap);
	va_end(ap);
	n = strlen(where);
	if (n > sizeof e->text - 3)
		n = sizeof e->text - 3;
	keep = strlen(e->text);
	if (keep > sizeof e->text - n - 3)
		keep = sizeof e->text - n - 3;
	memmove(e->text + n + 2, e->text, keep);
	e->text[n + 2 + keep] = '\0';
	memcpy(e->text, where, n);
	memcpy(e->text + n, ": ", 2);
	return -1;
}

int err_exit(const struct err *e)
{
	return e->kind == ERR_USAGE ? 2 : 1;
}
