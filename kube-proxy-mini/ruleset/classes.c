/*
 * classes - a sorted array of the classes in use; none is ever removed, since
 * a chain without users costs nothing.
 *
 * There is room for every class: about 112 counts of slots, each without and
 * with 16 timeouts, inside and outside.
 */
#include "kube-proxy-mini/ruleset/classes.h"

#include "lib/base/log.h"

#include <string.h>

void classes_reset(struct classes *c)
{
	c->n = 0;
	c->has_warned = false;
	c->counts = (struct ruleset_counts){0, 0};
}

/* Where the class is, or belongs. */
static size_t place(const struct classes *c, uint32_t class)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (c->have[middle] < class)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Once, until the list is reset. */
static void warn_full(struct classes *c)
{
	if (!c->has_warned)
		log_event(LOG_WARN,
			"too many different affinity timeouts: connections to "
			"some Services are refused",
			NULL);
	c->has_warned = true;
}

void classes_need(struct classes *c, uint32_t class)
{
	size_t at = place(c, class);

	if ((at < c->n && c->have[at] == class) || !class_has_chain(class))
		return;
	if (c->n == CLASSES_MAX) {
		warn_full(c);
		return;
	}
	memmove(&c->have[at + 1], &c->have[at],
		(c->n - at) * sizeof(c->have[0]));
	memmove(&c->is_new[at + 1], &c->is_new[at], (c->n - at));
	c->have[at] = class;
	c->is_new[at] = true;
	c->n++;
}

static void need_neighbours(struct classes *c)
{
	uint32_t first[64];
	size_t n = 0;

	for (size_t i = 0; i < c->n && n < 64; i++)
		if (c->is_new[i])
			first[n++] = c->have[i];
	for (size_t i = 0; i < n; i++) {
		classes_need(c, class_neighbour(first[i], false));
		classes_need(c, class_neighbour(first[i], true));
	}
}

bool classes_write(struct classes *c, struct nft *w, const struct ruleset *r,
	const uint32_t *timeouts)
{
	struct ruleset_counts one;
	bool is_any = false;

	need_neighbours(c);
	for (size_t i = 0; i < c->n; i++) {
		uint32_t class = c->have[i];

		if (!c->is_new[i])
			continue;
		ruleset_add_class(w, r, class, timeouts[class_timeout(class)]);
		c->is_new[i] = false;
		one = ruleset_count_class(class);
		c->counts.chains += one.chains;
		c->counts.rules += one.rules;
		is_any = true;
	}
	return is_any;
}

struct ruleset_counts classes_count(const struct classes *c)
{
	return c->counts;
}
