/*
 * memscan - see memscan.h.
 *
 * The room holds a stretch of memory.  When it is full the part that was
 * searched goes, except what may be context or the beginning of a match.
 * Matches do not overlap: behind one the search goes on at its end.
 */
#include "checkpoint-agent/memscan.h"

#include <string.h>

void memscan_start(struct memscan *m, struct str pattern, size_t context,
	void (*found)(
		void *self, uint64_t address, struct str around, size_t before),
	void *self)
{
	m->pattern = pattern;
	m->context = context;
	m->found = found;
	m->self = self;
	m->address = 0;
	m->n = 0;
	m->searched = 0;
}

static void tell(struct memscan *m, size_t at)
{
	size_t from = at > m->context ? at - m->context : 0;
	size_t end = at + m->pattern.n + m->context;
	struct str around = {m->room + from, (end < m->n ? end : m->n) - from};

	m->found(m->self, m->address + at, around, at - from);
}

/* Matches that begin before `end`; all of them lie within the room. */
static void search(struct memscan *m, size_t end)
{
	while (m->searched < end) {
		size_t left = end + m->pattern.n - 1 - m->searched;
		const char *from = m->room + m->searched;
		const char *hit =
			memmem(from, left, m->pattern.p, m->pattern.n);

		if (!hit) {
			m->searched = end;
			return;
		}
		m->searched += (size_t)(hit - from);
		tell(m, m->searched);
		m->searched += m->pattern.n;
	}
}

/* The stretch is at its end: no more context comes. */
static void finish_stretch(struct memscan *m)
{
	if (m->n >= m->pattern.n)
		search(m, m->n - m->pattern.n + 1);
	m->n = 0;
	m->searched = 0;
}

/* Search what has its context behind it, and make room. */
static void make_room(struct memscan *m)
{
	size_t behind = m->pattern.n + m->context, keep;

	if (m->n > behind)
		search(m, m->n - behind);
	keep = m->searched > m->context ? m->searched - m->context : 0;
	if (keep > m->n) /* a match went on to the very end */
		keep = m->n;
	memmove(m->room, m->room + keep, m->n - keep);
	m->address += keep;
	m->n -= keep;
	m->searched -= keep;
}

void memscan_put(
	struct memscan *m, uint64_t address, const void *bytes, size_t n)
{
	const char *p = bytes;

	if (m->n && address != m->address + m->n)
		finish_stretch(m);
	if (m->n == 0)
		m->address = address;
	while (n) {
		size_t part = sizeof(m->room) - m->n;

		if (part > n)
			part = n;
		memcpy(m->room + m->n, p, part);
		m->n += part;
		p += part;
		n -= part;
		if (m->n == sizeof(m->room))
			make_room(m);
	}
}

void memscan_end(struct memscan *m)
{
	finish_stretch(m);
	explicit_bzero(m->room, sizeof(m->room));
}
