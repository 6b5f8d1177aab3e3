/*
 * buf - every write asks buf_room() for its bytes.  A growing buffer doubles
 * up to its ceiling; small ones are copied and wiped, so that a secret written
 * to one leaves no copies in the heap.
 */
#include "lib/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_BYTES 256
#define BUF_WIPED_BYTES 65536 /* up to this size, old copies are wiped */

struct buf buf_fixed(void *memory, size_t size)
{
	return (struct buf){.p = memory, .cap = size};
}

struct buf buf_growing(size_t max)
{
	return (struct buf){.max = max};
}

void buf_free(struct buf *b)
{
	if (b->max)
		free(b->p);
	*b = (struct buf){.max = b->max};
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_free(b);
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->full = false;
}

/* realloc(), but wipe the old copy if it is small enough to be a secret. */
static char *buf_move(const struct buf *b, size_t cap)
{
	char *p;

	if (b->cap > BUF_WIPED_BYTES)
		return realloc(b->p, cap);
	p = malloc(cap);
	if (!p || !b->p)
		return p;
	memcpy(p, b->p, b->n);
	explicit_bzero(b->p, b->cap);
	free(b->p);
	return p;
}

static bool buf_grow(struct buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : BUF_FIRST_BYTES;
	char *p;

	if (need > b->max)
		return false;
	while (cap < need)
		cap *= 2;
	if (cap > b->max)
		cap = b->max;
	p = buf_move(b, cap);
	if (!p)
		return false;
	b->p = p;
	b->cap = cap;
	return true;
}

void *buf_room(struct buf *b, size_t n)
{
	char *at;

	if (b->full)
		return NULL;
	if (n > SIZE_MAX - b->n ||
		(n > b->cap - b->n && !(b->max && buf_grow(b, b->n + n)))) {
		b->full = true;
		return NULL;
	}
	at = b->p + b->n;
	b->n += n;
	return at;
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
	void *at = n ? buf_room(b, n) : NULL;

	if (at)
		memcpy(at, bytes, n);
}

void buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}

void buf_text(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void buf_byte(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_fill(struct buf *b, char c, size_t n)
{
	void *at = n ? buf_room(b, n) : NULL;

	if (at)
		memset(at, c, n);
}

void buf_vfmt(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	char *at;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0) {
		b->full = true;
		return;
	}
	at = buf_room(b, (size_t)n + 1); /* for vsnprintf's NUL, taken back */
	if (!at)
		return;
	vsnprintf(at, (size_t)n + 1, fmt, ap);
	b->n--;
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(b, fmt, ap);
	va_end(ap);
}

const char *buf_cstr(struct buf *b)
{
	char *at = buf_room(b, 1);

	if (!at)
		return "";
	*at = '\0';
	b->n--;
	return b->p;
}

struct str buf_view(const struct buf *b)
{
	return b->p ? (struct str){b->p, b->n} : (struct str){"", 0};
}

void buf_consume(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (n && b->n > n)
		memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}
