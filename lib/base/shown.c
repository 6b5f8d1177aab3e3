/*
 * shown - byte by byte; C1 characters are two bytes in UTF-8, C2 80 to C2 9F.
 *
 * A usual line needs no memory: it is formatted on the stack and written
 * without a copy.
 */
#include "lib/base/shown.h"

#include <stdarg.h>

#define TEXT_MAX_BYTES  (1u << 20)
#define USUAL_MAX_BYTES 4096

static bool has_lost;

/* What stands for the first character, which is `*taken` bytes long. */
static char shown_first(struct str rest, size_t *taken)
{
	unsigned char c = (unsigned char)rest.p[0];
	bool is_c1 = c == 0xc2 && rest.n > 1 &&
		     (unsigned char)rest.p[1] >= 0x80 &&
		     (unsigned char)rest.p[1] < 0xa0;

	*taken = is_c1 ? 2 : 1;
	return is_c1 || c < 0x20 || c == 0x7f ? '?' : rest.p[0];
}

void shown_put(struct buf *b, struct str text)
{
	size_t taken;

	for (size_t i = 0; i < text.n; i += taken)
		buf_byte(b, shown_first(str_sub(text, i, text.n), &taken));
}

static void write_shown(FILE *to, struct str text)
{
	size_t taken;

	for (size_t i = 0; i < text.n; i += taken)
		putc(shown_first(str_sub(text, i, text.n), &taken), to);
}

/* Text that does not fit into the usual room, as far as there is memory. */
__attribute__((format(printf, 2, 0))) static void write_long(
	FILE *to, const char *fmt, va_list ap)
{
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX_BYTES);

	buf_vfmt(&text, fmt, ap);
	write_shown(to, buf_view(&text));
	if (!text.full)
		return;
	has_lost = true;
	fputs("... (too long)", to);
}

__attribute__((format(printf, 2, 0))) static void write_text(
	FILE *to, const char *fmt, va_list ap)
{
	char text[USUAL_MAX_BYTES];
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	if (n >= 0 && (size_t)n < sizeof(text))
		write_shown(to, (struct str){text, (size_t)n});
	else
		write_long(to, fmt, again);
	va_end(again);
}

void shown_part(FILE *to, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_text(to, fmt, ap);
	va_end(ap);
}

void shown_line(FILE *to, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_text(to, fmt, ap);
	va_end(ap);
	putc('\n', to);
}

bool shown_has_lost(void)
{
	return has_lost;
}
