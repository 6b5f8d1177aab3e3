/*
 * scan - search a sliding window over a stretch of memory.
 *
 * The room holds the current end of a stretch.  Once it is full, every match
 * whose context is complete is reported, and the bytes that can be neither
 * context nor the beginning of a later match are dropped.  After a match the
 * search continues at its end.
 */
#include "checkpoint-agent/inspect/scan.h"

#include <string.h>

void scan_start(struct scan *m, struct str pattern, size_t context,
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

static void report_match(struct scan *m, size_t at)
{
	size_t from = at > m->context ? at - m->context : 0;
	size_t end = at + m->pattern.n + m->context;
	struct str around = {m->room + from, (end < m->n ? end : m->n) - from};

	m->found(m->self, m->address + at, around, at - from);
}

/* Report the matches that begin before `end` and lie within the room. */
static void search_until(struct scan *m, size_t end)
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
		report_match(m, m->searched);
		m->searched += m->pattern.n;
	}
}

/* Report what is left of a stretch; no more context will come. */
static void finish_stretch(struct scan *m)
{
	if (m->n >= m->pattern.n)
		search_until(m, m->n - m->pattern.n + 1);
	m->n = 0;
	m->searched = 0;
}

/* Report matches with complete context and drop what is done with. */
static void slide_room(struct scan *m)
{
	size_t tail = m->pattern.n + m->context, keep;

	if (m->n > tail)
		search_until(m, m->n - tail);
	keep = m->searched > m->context ? m->searched - m->context : 0;
	if (keep > m->n) /* a match ended with the room */
		keep = m->n;
	memmove(m->room, m->room + keep, m->n - keep);
	m->address += keep;
	m->n -= keep;
	m->searched -= keep;
}

void scan_put(struct scan *m, uint64_t address, const void *bytes, size_t n)
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
			slide_room(m);
	}
}

void scan_end(struct scan *m)
{
	finish_stretch(m);
	explicit_bzero(m->room, sizeof(m->room));
}
