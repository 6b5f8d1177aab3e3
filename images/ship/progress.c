/* progress - at most ten times a second. */
#include "images/ship/progress.h"

#include "lib/base/shown.h"
#include "lib/net/loop.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define PROGRESS_EACH_MS    100
#define PROGRESS_LINE_BYTES 1024
#define CLEAR_LINE          "\r\033[K"

void progress_start(struct progress *p, bool is_quiet)
{
	*p = (struct progress){.is_quiet = is_quiet,
		.is_terminal = isatty(STDERR_FILENO) == 1,
		.began_ms = loop_now_ms()};
}

void progress_expect(struct progress *p, uint64_t total_bytes)
{
	p->total_bytes = total_bytes;
}

static void draw_bar(struct progress *p, uint64_t now_ms)
{
	double done = (double)p->done_bytes, total = (double)p->total_bytes;
	double seconds = (double)(now_ms - p->began_ms) / 1000;
	double left = done > 0 ? seconds * (total - done) / done : 0;

	fprintf(stderr, CLEAR_LINE "%3.0f%%  %.1f of %.1f MB",
		total > 0 ? 100 * done / total : 100, done / 1e6, total / 1e6);
	if (seconds > 1)
		fprintf(stderr, "  %.0f s left", left);
	fflush(stderr);
}

void progress_add(struct progress *p, uint64_t bytes)
{
	uint64_t now_ms = loop_now_ms();

	p->done_bytes += bytes;
	if (p->is_quiet || !p->is_terminal ||
		now_ms - p->shown_ms < PROGRESS_EACH_MS)
		return;
	p->shown_ms = now_ms;
	draw_bar(p, now_ms);
}

void progress_undo(struct progress *p, uint64_t bytes)
{
	p->done_bytes -= bytes < p->done_bytes ? bytes : p->done_bytes;
}

static void ERR_PRINTF(2, 0)
	print_line(struct progress *p, const char *fmt, va_list ap)
{
	char text[PROGRESS_LINE_BYTES];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (p->is_terminal)
		fputs(CLEAR_LINE, stderr);
	shown_line(stderr, "%s", text);
}

void progress_tell(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	if (p->is_quiet || p->is_terminal)
		return;
	va_start(ap, fmt);
	print_line(p, fmt, ap);
	va_end(ap);
}

void progress_warn(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(p, fmt, ap);
	va_end(ap);
}

void progress_end(struct progress *p)
{
	if (!p->is_quiet && p->is_terminal)
		fputs(CLEAR_LINE, stderr);
}
