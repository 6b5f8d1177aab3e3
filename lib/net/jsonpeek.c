/*
 * jsonpeek - a state machine over single bytes.
 *
 * It keeps the names of the members around the current place; a string value
 * whose names are a wanted path is copied.
 */
#include "lib/net/jsonpeek.h"

#include <string.h>

void jsonpeek_start(struct jsonpeek *p, const struct jsonpeek_wants *wants)
{
	*p = (struct jsonpeek){.wants = wants, .want = -1};
}

struct str jsonpeek_text(const struct jsonpeek *p, size_t want)
{
	return (struct str){p->found[want].bytes, p->found[want].n};
}

static bool is_path(const struct jsonpeek *p, const char *const *path)
{
	for (size_t i = 0; i < JSONPEEK_DEPTH; i++) {
		if (path[i] == NULL)
			return i == p->depth;
		if (i >= p->depth || strcmp(path[i], p->key[i]) != 0)
			return false;
	}
	return p->depth == JSONPEEK_DEPTH;
}

/* The index of the wanted text that begins here, or -1. */
static int find_want(const struct jsonpeek *p)
{
	for (int i = 0; i < JSONPEEK_WANTS; i++)
		if (is_path(p, p->wants->path[i]))
			return i;
	return -1;
}

static void begin_string(struct jsonpeek *p)
{
	p->is_in_string = true;
	p->taken = 0;
	p->want = p->is_key ? -1 : find_want(p);
}

/* A name that is too long is stored as "", which matches no path. */
static void end_string(struct jsonpeek *p)
{
	p->is_in_string = false;
	if (p->want >= 0 && p->taken <= JSONPEEK_TEXT_BYTES)
		p->found[p->want].n = p->taken;
	else if (p->is_key && p->depth > 0 && p->depth <= JSONPEEK_DEPTH)
		p->key[p->depth - 1]
		      [p->taken <= JSONPEEK_KEY_BYTES ? p->taken : 0] = '\0';
}

static void keep_byte(struct jsonpeek *p, char c)
{
	size_t at = p->taken++;

	if (p->want >= 0 && at < JSONPEEK_TEXT_BYTES)
		p->found[p->want].bytes[at] = c;
	else if (p->is_key && p->depth > 0 && p->depth <= JSONPEEK_DEPTH &&
		 at < JSONPEEK_KEY_BYTES)
		p->key[p->depth - 1][at] = c;
}

static void string_byte(struct jsonpeek *p, char c)
{
	if (!p->is_escaped && c == '"') {
		end_string(p);
		return;
	}
	p->is_escaped = !p->is_escaped && c == '\\';
	keep_byte(p, c);
}

/* A list clears the name at its depth: its elements have none. */
static void outer_byte(struct jsonpeek *p, char c)
{
	switch (c) {
	case '"':
		begin_string(p);
		break;
	case '{':
	case '[':
		if (p->depth < JSONPEEK_DEPTH)
			p->key[p->depth][0] = '\0';
		p->depth++;
		p->is_key = c == '{';
		break;
	case '}':
	case ']':
		p->depth -= p->depth > 0;
		break;
	case ',':
		p->is_key = true;
		break;
	case ':':
		p->is_key = false;
		break;
	default:
		break;
	}
}

void jsonpeek_take(struct jsonpeek *p, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (p->is_in_string)
			string_byte(p, bytes.p[i]);
		else
			outer_byte(p, bytes.p[i]);
}
