/*
 * log - formats a line in a buffer on the stack and writes it at once, so that
 * lines of several processes do not mix.  A longer line is cut.
 */
#include "lib/base/log.h"

#include "lib/base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_BYTES 4096

static enum log_level level_now = LOG_INFO;
static bool is_plain;

void log_set_level(enum log_level level)
{
	level_now = level;
}

bool log_wants(enum log_level level)
{
	return level <= level_now;
}

void log_plain(void)
{
	is_plain = true;
}

static bool is_bare(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (*s <= ' ' || *s == '"' || *s == '\\' || *s == '=' ||
			*s == 0x7f)
			return false;
	return true;
}

static void put_quoted(struct buf *b, const char *s)
{
	buf_byte(b, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			buf_fmt(b, "\\%c", c);
		else if (c == '\n')
			buf_text(b, "\\n");
		else if (c < ' ' || c == 0x7f)
			buf_fmt(b, "\\x%02x", c);
		else
			buf_byte(b, (char)c);
	}
	buf_byte(b, '"');
}

static void put_time(struct buf *b)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	buf_fmt(b, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		now.tv_nsec / 1000000);
}

void log_event(enum log_level level, const char *msg, ...)
{
	static const char *const name[] = {"error", "warn", "info", "debug"};
	char line[LOG_LINE_BYTES];
	struct buf b = buf_fixed(line, sizeof line - 1);
	int keep = errno;
	const char *key;
	va_list ap;

	if (!log_wants(level))
		return;
	if (!is_plain)
		put_time(&b);
	buf_fmt(&b, "%s msg=", name[level]);
	put_quoted(&b, msg);
	va_start(ap, msg);
	while ((key = va_arg(ap, const char *)) != NULL) {
		const char *value = va_arg(ap, const char *);

		buf_fmt(&b, " %s=", key);
		if (is_bare(value ? value : ""))
			buf_text(&b, value);
		else
			put_quoted(&b, value ? value : "");
	}
	va_end(ap);
	line[b.n] = '\n';
	if (write(STDERR_FILENO, line, b.n + 1) < 0)
		errno = 0; /* there is nowhere to report it */
	errno = keep;
}
