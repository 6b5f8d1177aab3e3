/*
 * numbers - gives numbers out, and reserves hashed ones among the claims of
 * addresses, where they appear as elements of the sticky maps.
 */
#include "kube-proxy-mini/plan/numbers.h"

#include <assert.h>
#include <string.h>

#define STICKY_BIT 0x80000000u /* groups with affinity have it, others not */

/*
 * The last ones of the table; they are always there, so that no Service's
 * timeouts take the room away for the others': these get the next longer one.
 */
static const uint32_t usual_s[NUMBERS_USUAL] = {
	60, 300, 900, 1800, 3600, 10800, 43200, 86400};

static_assert(1 + NUMBERS_FIRST_COME + NUMBERS_USUAL == CLASS_TIMEOUTS_MAX,
	"every index has a timeout");

void numbers_reset_timeouts(struct numbers *n)
{
	n->n_timeouts = 0;
	memset(n->timeouts, 0, sizeof(n->timeouts));
	memcpy(&n->timeouts[1 + NUMBERS_FIRST_COME], usual_s, sizeof(usual_s));
}

uint32_t numbers_timeout(struct numbers *n, uint32_t seconds)
{
	if (!seconds)
		return 0;
	for (uint32_t i = 1; i < CLASS_TIMEOUTS_MAX; i++)
		if (n->timeouts[i] == seconds)
			return i;
	if (n->n_timeouts < NUMBERS_FIRST_COME) {
		n->timeouts[++n->n_timeouts] = seconds;
		return n->n_timeouts;
	}
	for (uint32_t i = 1 + NUMBERS_FIRST_COME; i < CLASS_TIMEOUTS_MAX; i++)
		if (n->timeouts[i] >= seconds)
			return i;
	return CLASS_TIMEOUTS_MAX - 1;
}

struct elem numbers_key(enum ruleset_set set, uint8_t family, uint32_t number)
{
	struct elem el = {.set = (uint8_t)set, .family = family};

	memcpy(el.ip, &number, sizeof(number));
	return el;
}

/* An id must also differ from all others of this Service, old and new. */
static bool is_id_free(const struct numbers_for *f,
	const struct plan_endpoints *v, const struct record_group *g,
	uint32_t id)
{
	struct elem key = numbers_key(RULESET_STICKY_ENDPOINTS, g->family, id);

	if (!id)
		return false;
	switch (claims_reserve(f->numbers->taken, &key, f->entry)) {
	case CLAIMS_OF_ANOTHER:
		return false;
	case CLAIMS_RESERVED:
	case CLAIMS_NO_MEMORY:
		return true;
	case CLAIMS_OURS_ALREADY:
		break;
	}
	for (size_t i = 0; i < v->n; i++)
		if (v->list[i].id == id)
			return false;
	return !record_has_id(f->was, g->family, id) &&
	       !record_has_id(f->next, g->family, id);
}

uint32_t numbers_id(const struct numbers_for *f, const struct plan_endpoints *v,
	const struct record_group *g, const struct plan_endpoint *p)
{
	struct {
		uint32_t group, port;
		uint8_t ip[16];
	} what = {.group = g->id, .port = p->port};
	uint32_t id;

	memcpy(what.ip, p->ip, sizeof(what.ip));
	id = index_hash(&what, sizeof(what));
	while (!is_id_free(f, v, g, id))
		id++;
	return id;
}

/* The groups of a draft are not sorted yet. */
static bool is_in_draft(const struct record *r, uint8_t family, uint32_t id)
{
	for (uint32_t i = 0; i < r->n_groups; i++)
		if (r->groups[i].id == id && r->groups[i].family == family)
			return true;
	return false;
}

static bool is_group_free(
	const struct numbers_for *f, const struct record_group *g, uint32_t id)
{
	struct elem key = numbers_key(RULESET_STICKY, g->family, id);

	switch (claims_reserve(f->numbers->taken, &key, f->entry)) {
	case CLAIMS_OF_ANOTHER:
		return false;
	case CLAIMS_RESERVED:
		return true;
	case CLAIMS_NO_MEMORY:
	case CLAIMS_OURS_ALREADY:
		break;
	}
	return !record_has_group(f->was, g->family, id) &&
	       !is_in_draft(f->next, g->family, id);
}

static uint32_t sticky_group(
	const struct numbers_for *f, const struct record_group *g)
{
	uint32_t what[] = {
		index_hash(f->entry->name, f->entry->node.key_len),
		index_hash(g->port_name.p, g->port_name.n),
		g->proto,
		g->view,
		g->family,
	};
	uint32_t id = index_hash(what, sizeof(what)) | STICKY_BIT;

	while (!is_group_free(f, g, id))
		id = (id + 1) | STICKY_BIT;
	return id;
}

uint32_t numbers_group(
	const struct numbers_for *f, const struct record_group *g)
{
	if (g->affinity_s)
		return sticky_group(f, g);
	return ++f->numbers->group % STICKY_BIT;
}

uint32_t numbers_list(struct numbers *n)
{
	if (++n->list == 0)
		n->list = 1;
	return n->list;
}
