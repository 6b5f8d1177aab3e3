/*
 * str - a view of bytes that other code owns: pointer and length.
 *
 * Input is always a str, and no function expects a final NUL unless it takes
 * a const char *.  Numbers are parsed strictly: no signs unless noted, no
 * blanks, nothing outside the range.
 */
#ifndef KEELSON_BASE_STR_H
#define KEELSON_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;
	size_t n;
};

/* A view of a string literal, usable in initialisers. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})

/* For printf: "%.*s", STR_ARG(s). Views beyond INT_MAX are cut. */
#define STR_ARG(s) ((int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n)), (s).p

/* A view of a NUL-terminated string; NULL gives the empty view. */
struct str str_of(const char *s);

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *b);
bool str_has_prefix(struct str s, struct str prefix);
bool str_has_suffix(struct str s, struct str suffix);
bool str_ieq(struct str a, struct str b); /* ASCII letters of either case */

/* -1, 0 or 1; bytes are unsigned, and a prefix sorts first. */
int str_cmp(struct str a, struct str b);

/* The position of the first c, or s.n when there is none. */
size_t str_find(struct str s, char c);

/* At most n bytes of s from byte `at`; empty when that is out of range. */
struct str str_sub(struct str s, size_t at, size_t n);

/* s without spaces, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);

/*
 * Take the part of *s before the first c, and move *s behind that c.  Without
 * a c, the whole rest is taken and *s becomes { NULL, 0 }; the next call then
 * returns false: `while (str_cut(&s, ',', &part))` sees every part, also empty
 * ones.
 */
bool str_cut(struct str *s, char c, struct str *part);

/* What follows the last '/': "c" of "a/b/c" and of "c", "" of "a/". */
struct str str_base_name(struct str path);

/* A decimal number within [min, max]; only digits, at least one. 0 or -1. */
int str_u64(struct str s, uint64_t min, uint64_t max, uint64_t *out);

/* The same with an optional leading '-'. 0 or -1. */
int str_i64(struct str s, int64_t min, int64_t max, int64_t *out);

/* Lower-case hex of n bytes into out[2n + 1]. */
void str_hex(const void *bytes, size_t n, char *out);

/* 2n hex digits of either case into n bytes. 0 or -1. */
int str_unhex(struct str s, void *out, size_t n);

/*
 * Copy into out[size] with a final NUL.  -1 when it does not fit or contains a
 * NUL; out is then the empty string.
 */
int str_copy(struct str s, char *out, size_t size);

/* Equality, in a time that depends on the lengths only. */
bool str_same_secret(struct str a, struct str b);

#endif
