/*
 * buf - a buffer to write bytes to; one test at the end tells if all fitted.
 *
 * A buffer either lives in the caller's memory (buf_fixed) or grows on the
 * heap up to a stated ceiling (buf_growing).  A write that does not fit sets
 * `full` and changes nothing else; later writes are ignored, so a whole
 * message can be written before `full` is tested.
 */
#ifndef KEELSON_BASE_BUF_H
#define KEELSON_BASE_BUF_H

#include "lib/base/str.h"

#include <stdarg.h>

struct buf {
	char *p;
	size_t n;   /* bytes written */
	size_t cap; /* bytes that p has room for */
	size_t max; /* ceiling for a growing buffer, 0 for a fixed one */
	bool full;  /* a write did not fit, or memory was out */
};

/* Write into memory[size], which the caller owns. */
struct buf buf_fixed(void *memory, size_t size);

/* Write to the heap, at most max bytes.  Free with buf_free(). */
struct buf buf_growing(size_t max);
void buf_free(struct buf *b);

/* Like buf_free(), but wipe the bytes first: for secrets. */
void buf_wipe(struct buf *b);

/* Empty it; the memory stays. */
void buf_reset(struct buf *b);

void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_text(struct buf *b, const char *text);
void buf_byte(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t n);
void buf_fmt(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vfmt(struct buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* n bytes at the end for the caller to fill in; NULL when full. */
void *buf_room(struct buf *b, size_t n);

/* The text so far with a NUL that is not counted; "" when full. */
const char *buf_cstr(struct buf *b);

/* The bytes written so far. */
struct str buf_view(const struct buf *b);

/* Drop the first n bytes (n at most b->n) and move the rest to the front. */
void buf_consume(struct buf *b, size_t n);

#define AUTO_BUF __attribute__((cleanup(buf_free)))

#endif
