/*
 * findings - two lists of texts without duplicates.
 *
 * Many descriptors may lead to the same file, and many processes be in the
 * same state: a text that is equal to one already listed is not added again.
 */
#include "checkpoint-agent/preflight/findings.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES (PATH_MAX + 256)

__attribute__((format(printf, 4, 0))) static void add(struct arena *a,
	const char **list, size_t *n, const char *fmt, va_list ap)
{
	char text[TEXT_BYTES];

	vsnprintf(text, sizeof(text), fmt, ap);
	for (size_t i = 0; i < *n; i++)
		if (strcmp(list[i], text) == 0)
			return;
	if (*n == FINDINGS_MAX)
		return;
	list[*n] = arena_copy(a, str_of(text));
	*n += list[*n] != NULL;
}

void findings_add_obstacle(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f->arena, f->obstacle, &f->obstacle_count, fmt, ap);
	va_end(ap);
}

void findings_add_loss(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f->arena, f->loss, &f->loss_count, fmt, ap);
	va_end(ap);
}
